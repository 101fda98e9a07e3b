"""Tries one plan after another until one breaks the programs, and makes that one small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from ..trace.names import RECEIVES
from .compare import Expected, differences
from .outcome import moved
from .plans import DIES, ONE_CUT, RANDOM, TWO_CUTS, Plan, Streams, ends, marks, plans
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
    differences: tuple[str, ...]


def tell(expected: Expected, plan: Plan, ran: Ran) -> Broken | None:
    """Whether a run came to something else than it should.

    Where a peer dies, the other may say what it likes, but has to come to an end.
    """
    if plan.kind == DIES:
        found = [f"it hangs: {ran.outcome.hang}"] if ran.outcome.hang else []
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
        own = {name: [event for event in ran.events if event.proc == name] for name in sent}
        return cls({name: moved(events, RECEIVES) for name, events in own.items()}, sent)


def to_try(whole: Exchanged, seed: int, budget: int) -> Iterator[Plan]:
    """The plans of a check, ``budget`` of them at most."""
    return islice(plans(whole.received, whole.sent, seed), budget)


# -- smaller -----------------------------------------------------------------------


IN, OUT = "in", "out"
Cut = tuple[str, str, int]
"""Whether in what a program receives or sends, its name, and an offset."""


class Shrinker:
    """Makes a broken plan smaller: the fewest cuts, and the latest of those."""

    def __init__(self, expected: Expected, whole: Exchanged, run: Try) -> None:
        self._expected = expected
        self._streams = {IN: whole.received, OUT: whole.sent}
        self._run = run
        self._left = MOST_TRIES

    def smallest(self, broken: Broken) -> Broken:
        """One that breaks the programs with as few cuts as were found to do it."""
        if broken.plan.dies is not None:
            return self._latest_death(broken, *broken.plan.dies)
        if broken.plan.held:
            return broken
        cuts = list(self._cuts(broken.plan))
        best = self._try(with_cuts(cuts))
        return self._latest(self._fewest(best, cuts)) if best is not None else broken

    def _cuts(self, plan: Plan) -> Iterator[Cut]:
        for way, every, cuts in ((IN, plan.every, plan.cuts), (OUT, plan.sends, plan.shorts)):
            for name, streams in self._streams[way].items():
                longest = max(map(len, streams), default=0)
                at = range(every, longest, every) if every else cuts.get(name, ())
                yield from ((way, name, offset) for offset in at)

    def _fewest(self, best: Broken, cuts: list[Cut]) -> Broken:
        """Zeller's ddmin over the cuts."""
        parts = 2
        while len(cuts) >= 2 and self._left > 0:
            size = max(1, len(cuts) // parts)
            chunks = [cuts[at : at + size] for at in range(0, len(cuts), size)]
            rests = [[cut for cut in cuts if cut not in chunk] for chunk in chunks]
            for fewer in (*chunks, *(rests if parts > 2 else ())):
                smaller = self._try(with_cuts(fewer))
                if smaller is not None:
                    best, cuts, parts = smaller, fewer, 2
                    break
            else:
                if size == 1:
                    break
                parts = min(len(cuts), parts * 2)
        return best

    def _latest(self, best: Broken) -> Broken:
        """The same number of cuts, the last of them as late as a few tries find."""
        cuts = list(self._cuts(best.plan))
        if not 1 <= len(cuts) <= 2:
            return best
        way, name, at = cuts[-1]
        likely = {mark for stream in self._streams[way].get(name, ()) for mark in marks(stream)}
        later = sorted((mark for mark in likely if mark > at), reverse=True)[:LATER]
        plans = (with_cuts([*cuts[:-1], (way, name, mark)]) for mark in later)
        return self._first(plans) or best

    def _latest_death(self, best: Broken, name: str, at: int) -> Broken:
        likely = ends(b"".join(self._streams[OUT][name]))
        later = sorted((end for end in likely if end > at), reverse=True)[:LATER]
        return self._first(Plan(DIES, dies=(name, end)) for end in later) or best

    def _first(self, plans: Iterable[Plan]) -> Broken | None:
        return next(filter(None, map(self._try, plans)), None)

    def _try(self, plan: Plan) -> Broken | None:
        if self._left <= 0 or not (plan.count or plan.dies):
            return None
        self._left -= 1
        return tell(self._expected, plan, self._run(plan))


def with_cuts(cuts: Iterable[Cut]) -> Plan:
    """The plan that makes these cuts and no others."""
    by_way: dict[str, dict[str, tuple[int, ...]]] = {IN: {}, OUT: {}}
    for way, name, at in sorted(set(cuts)):
        by_way[way][name] = (*by_way[way].get(name, ()), at)
    plan = Plan(RANDOM, by_way[IN], by_way[OUT])
    return replace(plan, kind={1: ONE_CUT, 2: TWO_CUTS}.get(plan.count, RANDOM))
