"""Tries one plan after another until one breaks the programs, and makes that one small."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice

from .compare import Expected, differences
from .differing import Difference
from .plans import DIES, ONE_CUT, RANDOM, TWO_CUTS, Plan, Streams, ends, marks, plans, steps
from .running import Ran

Try = Callable[[Plan], Ran]

MOST_TRIES = 80
"""Runs that making a plan smaller may take."""

LATER = 12
"""Runs, of those, that look for a later place."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A plan that broke the programs, what it came to, and how that differs."""

    plan: Plan
    ran: Ran
    differences: tuple[Difference, ...]


def tell(expected: Expected, plan: Plan, ran: Ran) -> Broken | None:
    """Whether a run came to something else than it should.

    Where a peer dies, the other may say what it likes, but has to come to an end.
    """
    if plan.kind == DIES:
        hang = ran.outcome.hang
        found = [Difference(f"it hangs: {hang}")] if hang else []
    else:
        found = list(differences(expected, ran.outcome))
    return Broken(plan, ran, tuple(found)) if found else None


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What each program received and sent in a whole run."""

    received: Streams
    sent: Streams

    @classmethod
    def in_run(cls, ran: Ran) -> Exchanged:
        """What was exchanged in ``ran``."""
        sent = {ended.name: ended.sent for ended in ran.outcome.programs}
        return cls(ran.received, sent)


def to_try(whole: Exchanged, seed: int, budget: int, kinds: Set[str]) -> Iterator[Plan]:
    """The plans of a check that are of these ``kinds``, ``budget`` of them at most."""
    wanted = (plan for plan in plans(whole.received, whole.sent, seed) if plan.kind in kinds)
    return islice(wanted, budget)


# -- smaller -----------------------------------------------------------------------


IN, OUT = "in", "out"
Cut = tuple[str, str, int]
"""Whether in what a program receives or sends, its name, and an offset."""


class Shrinker:
    """Makes a broken plan smaller: the fewest cuts, and the latest of those.

    ``best`` is the smallest so far.
    """

    def __init__(self, expected: Expected, whole: Exchanged, run: Try, broken: Broken) -> None:
        self.best = broken
        self._expected = expected
        self._streams = {IN: whole.received, OUT: whole.sent}
        self._run = run
        self._left = MOST_TRIES

    def shrink(self) -> None:
        """Look for the smallest plan that breaks the programs."""
        plan = self.best.plan
        if plan.dies is not None:
            self._later_death(*plan.dies)
        elif not plan.held:
            cuts = list(self._cuts(plan))
            if self._breaks(with_cuts(cuts)):
                self._fewer(cuts)
                self._later()

    def _cuts(self, plan: Plan) -> Iterator[Cut]:
        for way, every, cuts in ((IN, plan.every, plan.cuts), (OUT, plan.sends, plan.shorts)):
            for name, streams in self._streams[way].items():
                longest = max(map(len, streams), default=0)
                at = steps(0, longest, every, plan.then) if every else cuts.get(name, ())
                yield from ((way, name, offset) for offset in at)

    def _fewer(self, cuts: list[Cut]) -> None:
        """Zeller's ddmin over the cuts."""
        parts = 2
        while len(cuts) >= 2 and self._left > 0:
            size = max(1, len(cuts) // parts)
            chunks = [cuts[at : at + size] for at in range(0, len(cuts), size)]
            rests = ([*cuts[:at], *cuts[at + size :]] for at in range(0, len(cuts), size))
            for fewer in (*chunks, *(rests if parts > 2 else ())):
                if self._breaks(with_cuts(fewer)):
                    cuts, parts = fewer, 2
                    break
            else:
                if size == 1:
                    break
                parts = min(len(cuts), parts * 2)

    def _later(self) -> None:
        """Move the last of few cuts to as late a place as a few tries find."""
        cuts = list(self._cuts(self.best.plan))
        if not 1 <= len(cuts) <= 2:
            return
        way, name, at = cuts[-1]
        likely = {mark for stream in self._streams[way].get(name, ()) for mark in marks(stream)}
        rest = cuts[:-1]
        any(self._breaks(with_cuts([*rest, (way, name, mark)])) for mark in _after(at, likely))

    def _later_death(self, name: str, at: int) -> None:
        likely = ends(b"".join(self._streams[OUT][name]))
        any(self._breaks(Plan(DIES, dies=(name, end))) for end in _after(at, likely))

    def _breaks(self, plan: Plan) -> bool:
        """Whether this plan breaks the programs too; then it is the best so far."""
        if self._left <= 0 or not (plan.count or plan.dies):
            return False
        self._left -= 1
        broken = tell(self._expected, plan, self._run(plan))
        self.best = broken or self.best
        return broken is not None


def _after(at: int, likely: Iterable[int]) -> list[int]:
    """A few of the places after ``at``, the last first."""
    return sorted((place for place in likely if place > at), reverse=True)[:LATER]


def with_cuts(cuts: Iterable[Cut]) -> Plan:
    """The plan that makes these cuts and no others."""
    by_way: dict[str, dict[str, list[int]]] = {IN: defaultdict(list), OUT: defaultdict(list)}
    for way, name, at in sorted(set(cuts)):
        by_way[way][name].append(at)
    cuts_in, cuts_out = ({name: tuple(at) for name, at in by_way[way].items()} for way in (IN, OUT))
    plan = Plan(RANDOM, cuts_in, cuts_out)
    return replace(plan, kind={1: ONE_CUT, 2: TWO_CUTS}.get(plan.count, RANDOM))
