"""One check from the first run to the verdict."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context

from ..tracer.programs import Program
from .compare import Expected, NotDeterministicError, learn
from .outcome import Outcome
from .plans import KINDS, WHOLE, Plan
from .report import BROKEN, HELD, UNSURE, Verdict
from .running import Ran, run
from .search import Exchanged, Shrinker, Try, tell, to_try


class NothingToCutError(ValueError):
    """No program received anything in a run without a cut; the message is one line."""


Progress = Callable[[int], None]
Run = Callable[[Sequence[Program], Plan], Ran]


def check(
    programs: Sequence[Program],
    *,
    budget: int,
    seed: int = 0,
    ignore: re.Pattern[str] | None = None,
    jobs: int = 1,
    only: Plan | None = None,
    progress: Progress = lambda _: None,
    run: Run = run,
    kinds: Set[str] = KINDS,
) -> Verdict:
    """Run ``programs`` under up to ``budget`` plans of these ``kinds``, or under ``only`` one.

    A KeyboardInterrupt ends it with what is known by then.  Raises NothingToCutError.
    """
    again = partial(run, programs)
    try:
        one, other = again(Plan(WHOLE)), again(Plan(WHOLE))
        expected = learn(one.outcome, other.outcome, ignore=ignore)
    except NotDeterministicError as error:
        return Verdict(UNSURE, 2, reason=str(error))
    except KeyboardInterrupt:
        return Verdict(HELD, 0, interrupted=True)
    if one.outcome.hang:
        return Verdict(BROKEN, 2, reason=f"it hangs: {one.outcome.hang}")
    if not any(octets for streams in one.received.values() for octets in streams):
        raise NothingToCutError(_why_nothing(one.outcome))
    if only is not None:
        return _one(expected, only, again(only))
    whole = Exchanged.in_run(one)
    wanted = to_try(whole, seed, budget, kinds)
    return _search(again, expected, wanted, whole, jobs, progress)


def _why_nothing(outcome: Outcome) -> str:
    """That nothing was received, and what the programs that failed say last."""
    failed = [
        f"{ended.name} ends with status {ended.status}: {ended.err.strip().rpartition(chr(10))[2]}"
        for ended in outcome.programs
        if ended.status
    ]
    return "; ".join(["no program received a byte, so there is nothing to cut", *failed])


def _one(expected: Expected, plan: Plan, ran: Ran) -> Verdict:
    broken = tell(expected, plan, ran)
    return Verdict(HELD if broken is None else BROKEN, 1, broken)


def _search(
    again: Try,
    expected: Expected,
    wanted: Iterator[Plan],
    exchanged: Exchanged,
    jobs: int,
    progress: Progress,
) -> Verdict:
    tried = 0
    try:
        for plan, ran in _runs(again, wanted, jobs):
            tried += 1
            progress(tried)
            if tell(expected, plan, ran) is None:
                continue
            # A clock may have gone on since the whole runs: one more shows what that changes.
            whole = again(Plan(WHOLE)).outcome
            expected = learn(*expected.wholes, whole, ignore=expected.ignore)
            broken = tell(expected, plan, ran) and tell(expected, plan, again(plan))
            if broken is not None:
                return _smallest(tried, Shrinker(expected, exchanged, again, broken))
    except NotDeterministicError as error:
        return Verdict(UNSURE, tried, reason=str(error))
    except KeyboardInterrupt:
        return Verdict(HELD, tried, interrupted=True)
    return Verdict(HELD, tried)


def _smallest(tried: int, shrinker: Shrinker) -> Verdict:
    try:
        shrinker.shrink()
    except KeyboardInterrupt:
        return Verdict(BROKEN, tried, shrinker.best, interrupted=True)
    return Verdict(BROKEN, tried, shrinker.best)


def _runs(again: Try, wanted: Iterator[Plan], jobs: int) -> Iterator[tuple[Plan, Ran]]:
    if jobs == 1:
        for plan in wanted:
            yield plan, again(plan)
        return
    ignoring = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all that are in the terminal
    with ProcessPoolExecutor(jobs, get_context("spawn"), signal.signal, ignoring) as pool:
        while some := list(islice(wanted, jobs * 2)):
            yield from zip(some, pool.map(again, some), strict=True)
