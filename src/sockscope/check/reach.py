"""Whose bytes the runs of a check have cut, and why those of others never were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..trace import events as e
from ..trace.names import RECEIVES, SENDS
from .conversations import returned_calls
from .outcome import families
from .plans import Plan, steps
from .running import Ran
from .witness import moves

TLS = "it reads them through TLS, of which OpenSSL makes the calls (--relay cuts what comes to it)"
DATAGRAMS = "they are datagrams, of which the rest would be lost"
EDGE = "epoll(7) watches its sockets edge-triggered, and would not tell of what is left"
WAITALL = "its calls wait for all of them (MSG_WAITALL)"
UNSEEN = (
    "it was not seen to receive any; os.read(), a raw _socket and children that are not Python"
    " are not seen (--relay cuts what comes to it)"
)


class Reach:
    """The programs whose bytes were ``reached``: cut where ``whole``, a run uncut, has none."""

    def __init__(self, whole: Ran) -> None:
        self.reached: set[str] = set()
        self._aimed_at: set[str] = set()
        self._whole = whole
        self._natural = _ends(whole, RECEIVES)

    def add(self, plan: Plan, ran: Ran) -> None:
        """Note what one run has cut."""
        aimed = set(ran.received) if plan.every else {name for name, at in plan.cuts.items() if at}
        self._aimed_at |= aimed
        ends = _ends(ran, RECEIVES)
        for name in aimed - self.reached:
            new = ends.get(name, set()) - self._natural.get(name, set())
            if not ran.events or any(_has_cut(plan, name, at) for at in new):
                self.reached.add(name)

    def missed(self) -> dict[str, str]:
        """Whose bytes were never cut, and why."""
        found = {}
        for name in sorted(self._aimed_at - self.reached):
            longest = max(map(len, self._whole.received.get(name, ())), default=0)
            could_be = set(range(1, longest)) - self._natural.get(name, set())
            if could_be or longest == 0:
                found[name] = why_not(name, self._whole)
        return {name: why for name, why in found.items() if why}


def missing(plan: Plan, ran: Ran) -> str:
    """What of ``plan`` there was no place for in a run; empty where all was done."""
    sent = {ended.name: ended.sent for ended in ran.outcome.programs}
    for cuts, streams, names, what in (
        (plan.cuts, ran.received, RECEIVES, "receives"),
        (plan.shorts, sent, SENDS, "sends"),
    ):
        for name, at in cuts.items():
            longest = max(map(len, streams.get(name, ())), default=0)
            if at and max(at) >= longest:
                return f"{name} {what} {longest} bytes: none is cut after byte {max(at)}"
            if ran.events and not set(at) <= _ends(ran, names)[name]:
                return f"no call with which {name} {what} could be cut"
    if plan.held and not any(octets for name in plan.held for octets in ran.received[name]):
        return f"nothing comes to {' and '.join(plan.held)} that could lie together"
    if plan.dies is not None:
        name, end = plan.dies
        count = sum(map(len, sent[name]))
        if not (_was_killed(name, ran) if ran.events else count >= end):
            return f"{name} sends {count} bytes: it does not die after {end}"
    return ""


def _was_killed(name: str, ran: Ran) -> bool:
    """Whether a program, or a child of it, ended by a signal."""
    roots = families(ran.events)
    return any(
        isinstance(event, e.ProcessExited) and event.signal and roots.get(event.proc or "") == name
        for event in ran.events
    )


def _ends(ran: Ran, names: frozenset[str]) -> dict[str, set[int]]:
    """How far into a stream the calls of each program reach."""
    roots = families(ran.events)
    found: dict[str, set[int]] = defaultdict(set)
    for call in moves(ran.events, names):
        if call.data:
            found[roots.get(call.proc, "")].add(call.end)
    return found


def _has_cut(plan: Plan, name: str, at: int) -> bool:
    """Whether a plan cuts what a program receives at this offset."""
    if plan.every:
        return at in steps(at - 1, at + 1, plan.every, plan.then)
    return at in plan.cuts.get(name, ())


def why_not(name: str, whole: Ran) -> str:
    """Why no call of a program was cut; empty where it had nothing to cut."""
    roots = families(whole.events)
    ends = [
        (call.name, end)
        for call, end, _ in returned_calls(whole.events)
        if roots.get(call.proc or "") == name
    ]
    calls = {called for called, _ in ends}
    if any(called.startswith("ssl.") for called in calls):
        return TLS
    if any(len(octets) > 1 for octets in whole.received.get(name, ())):
        return EDGE if "epoll_wait" in calls else WAITALL
    if any(called in RECEIVES and end.data for called, end in ends):
        return DATAGRAMS if not any(whole.received.get(name, ())) else ""
    is_sent_to = any(len(o) > 1 for p in whole.outcome.programs if p.name != name for o in p.sent)
    return UNSEEN if is_sent_to else ""


def reasons(missed: Mapping[str, str]) -> list[str]:
    """The same in words, one line each."""
    return [f"{name}'s bytes were never cut: {why}" for name, why in missed.items()]
