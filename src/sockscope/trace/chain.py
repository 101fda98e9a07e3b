"""Who waits for whom, told as a chain: one thing because of another, to what may end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from .events import Wait
from .words import plain_text, seconds_text

MOST: Final = 12
"""Blocked calls that are told of."""

REASONS: Final = 3
"""Reasons of one call that are told of."""

Chain = tuple[Wait, ...]
"""Blocked calls, each of which waits for the program of the next."""


def sentences(waits: Sequence[Wait]) -> list[str]:
    """What each blocked call waits for, a sentence for each chain; rings come first."""
    told: list[str] = []
    left = MOST
    links = Links(waits)
    for chain in links.chains():
        if left <= 0:
            break
        told.append(_sentence(chain[:left], links))
        left -= len(chain)
    if len(waits) > MOST:
        told.append(f"and {len(waits) - MOST} more calls are blocked")
    return told


def verdict(waits: Sequence[Wait], deadlock: Sequence[str]) -> str:
    """In a few words: who is in a deadlock, or what may still end the waits."""
    if deadlock:
        return f"deadlock: {_who_waits(waits, deadlock)}"
    if not waits:
        return ""
    blocked = {wait.proc for wait in waits}
    targets = [reason.on for wait in waits for reason in wait.reasons]
    ends = [
        f"{plain_text(name, 40)} can go on"
        for name in dict.fromkeys(targets)
        if name is not None and name not in blocked
    ]
    ends += ["somebody outside may end it"] if None in targets else []
    ends += ["a timeout will end it"] if any(w.timeout is not None for w in waits) else []
    return "no deadlock: " + (", or ".join(ends) or "another thread can go on")


def _who_waits(waits: Sequence[Wait], deadlock: Sequence[str]) -> str:
    rings = [ring for ring in Links(waits).rings() if ring[0].proc in deadlock]
    ring = list(dict.fromkeys(wait.proc for wait in rings[0])) if rings else list(deadlock)
    others = [name for name in deadlock if name not in ring]
    if len(ring) == 1:
        told = f"{plain_text(ring[0], 40)} waits for itself"
    else:
        told = f"{_listed(ring)} wait for each other"
    return told + (f", and {_listed(others)} for them" if others else "")


class Links:
    """Which blocked call each blocked call waits for in the first place."""

    def __init__(self, waits: Sequence[Wait]) -> None:
        self.waits = waits
        self._first: dict[str, Wait] = {}
        self._many: set[str] = set()
        for wait in waits:
            if self._first.setdefault(wait.proc, wait) is not wait:
                self._many.add(wait.proc)

    def has_many(self, proc: str) -> bool:
        """Whether several calls of a process are blocked."""
        return proc in self._many

    def after(self, wait: Wait) -> Wait | None:
        """The call that it waits for; None where something else may end it."""
        if wait.timeout is not None or any(reason.on is None for reason in wait.reasons):
            return None
        targets = (self._first.get(reason.on or "") for reason in wait.reasons)
        return next((target for target in targets if target is not None), None)

    def rings(self) -> list[Chain]:
        """The calls that wait for each other, from the first that is blocked on."""
        found: list[Chain] = []
        places = {id(wait): place for place, wait in enumerate(self.waits)}
        seen: dict[int, int] = {}
        for number, start in enumerate(self.waits):
            path: list[Wait] = []
            wait: Wait | None = start
            while wait is not None and id(wait) not in seen:
                seen[id(wait)] = number
                path.append(wait)
                wait = self.after(wait)
            if wait is not None and seen[id(wait)] == number:
                ring = path[[id(one) for one in path].index(id(wait)) :]
                first = ring.index(min(ring, key=lambda one: places[id(one)]))
                found.append((*ring[first:], *ring[:first]))
        return found

    def chains(self) -> Iterator[Chain]:
        """Every blocked call once: the rings, and then what leads to them or elsewhere."""
        told: set[int] = set()
        for ring in self.rings():
            told.update(map(id, ring))
            yield ring
        awaited = {id(self.after(wait)) for wait in self.waits}
        for start in sorted(self.waits, key=lambda wait: id(wait) in awaited):
            path: list[Wait] = []
            wait: Wait | None = start
            while wait is not None and id(wait) not in told:
                told.add(id(wait))
                path.append(wait)
                wait = self.after(wait)
            if path:
                yield tuple(path)


def _sentence(chain: Chain, links: Links) -> str:
    told = ", because ".join(words(wait, links.has_many(wait.proc)) for wait in chain)
    closing = links.after(chain[-1]) is chain[0]
    return told + (_together(chain) if closing else "")


def words(wait: Wait, has_many: bool = False) -> str:
    """Where a call is blocked, why, and what else may end it."""
    place = f" at line {wait.line}" if wait.line else ""
    thread = f" ({plain_text(wait.thread, 40)})" if has_many and wait.thread else ""
    who = f"{plain_text(wait.proc, 40)}{thread}"
    return f"{who} is blocked in {plain_text(wait.name, 40)}(){place}: {why(wait)}{_end(wait)}"


def why(wait: Wait) -> str:
    """All that a call waits for."""
    reasons = list(dict.fromkeys(reason.why for reason in wait.reasons))
    more = [f"{len(reasons) - REASONS} things more"] if len(reasons) > REASONS else []
    return " and ".join([*(plain_text(text) for text in reasons[:REASONS]), *more])


def _end(wait: Wait) -> str:
    """What ends it that is no process of the session."""
    timeout = "" if wait.timeout is None else f"its timeout of {seconds_text(wait.timeout)}"
    if all(reason.on is not None for reason in wait.reasons):
        return f" ({timeout} ends it)" if timeout else ""
    return " (somebody outside may end it" + (f", and {timeout} does)" if timeout else ")")


def _together(ring: Chain) -> str:
    names = list(dict.fromkeys(wait.proc for wait in ring))
    if len(names) == 1:
        return ""
    how = "" if len(names) == 2 else " in a ring"
    return f"; so {_listed(names)} wait for each other{how}"


def _listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = [plain_text(name, 40) for name in names]
    return f"{', '.join(most)} and {last}" if most else last
