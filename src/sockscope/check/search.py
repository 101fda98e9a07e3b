"""Tries one plan after another until one breaks the programs, and makes that one small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..trace.names import RECEIVES
from .compare import Expected, differences
from .outcome import moved
from .plans import DIES, ONE_CUT, RANDOM, TWO_CUTS, Plan, Received, marks, plans
from .running import Ran

Try = Callable[[Plan], Ran]

MOST_TRIES = 80
"""Runs that making a plan smaller may take."""


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


def received(names: Sequence[str], ran: Ran) -> Received:
    """What each program received in a run."""
    return {
        name: moved([event for event in ran.events if event.proc == name], RECEIVES)
        for name in names
    }


def to_try(names: Sequence[str], whole: Ran, seed: int, budget: int) -> Iterator[Plan]:
    """The plans of a check, ``budget`` of them at most."""
    sent = {ended.name: sum(map(len, ended.sent)) for ended in whole.outcome.programs}
    return islice(plans(received(names, whole), sent, seed), budget)


# -- smaller -----------------------------------------------------------------------


Cut = tuple[str, int]


class Shrinker:
    """Makes a broken plan smaller: the fewest cuts, and the latest of those."""

    def __init__(self, expected: Expected, streams: Received, run: Try) -> None:
        self._expected = expected
        self._streams = streams
        self._run = run
        self._left = MOST_TRIES

    def smallest(self, broken: Broken) -> Broken:
        """One that breaks the programs with as few cuts as were found to do it."""
        if broken.plan.dies or broken.plan.sends or broken.plan.held:
            return broken
        cuts = list(self._cuts(broken.plan))
        best = self._try(cuts) or broken
        return self._latest(self._fewest(best, cuts))

    def _cuts(self, plan: Plan) -> Iterator[Cut]:
        for name, streams in self._streams.items():
            longest = max(map(len, streams), default=0)
            if plan.every:
                yield from ((name, at) for at in range(plan.every, longest, plan.every))
            else:
                yield from ((name, at) for at in plan.cuts.get(name, ()))

    def _fewest(self, best: Broken, cuts: list[Cut]) -> Broken:
        """Zeller's ddmin over the cuts."""
        parts = 2
        while len(cuts) >= 2 and self._left > 0:
            size = max(1, len(cuts) // parts)
            chunks = [cuts[at : at + size] for at in range(0, len(cuts), size)]
            rests = [[cut for cut in cuts if cut not in chunk] for chunk in chunks]
            for fewer in (*chunks, *(rests if parts > 2 else ())):
                smaller = self._try(fewer)
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
        cuts = [(name, at) for name, ats in best.plan.cuts.items() for at in ats]
        if not 1 <= len(cuts) <= 2:
            return best
        name, at = cuts[-1]
        likely = {mark for stream in self._streams.get(name, ()) for mark in marks(stream)}
        for later in sorted((mark for mark in likely if mark > at), reverse=True)[:12]:
            found = self._try([*cuts[:-1], (name, later)])
            if found is not None:
                return found
        return best

    def _try(self, cuts: Iterable[Cut]) -> Broken | None:
        if self._left <= 0:
            return None
        self._left -= 1
        plan = with_cuts(cuts)
        return tell(self._expected, plan, self._run(plan)) if plan.count else None


def with_cuts(cuts: Iterable[Cut]) -> Plan:
    """The plan that makes these cuts and no others."""
    by_name: dict[str, tuple[int, ...]] = {}
    for name, at in sorted(set(cuts)):
        by_name[name] = (*by_name.get(name, ()), at)
    count = sum(map(len, by_name.values()))
    return Plan({1: ONE_CUT, 2: TWO_CUTS}.get(count, RANDOM), by_name)
