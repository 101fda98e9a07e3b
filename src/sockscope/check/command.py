"""One check from the first run to the verdict."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Protocol

from ..tracer.programs import Program
from . import tracebacks
from .bounds import Bounds, at_first, later
from .compare import Expected, NotDeterministicError, learn
from .differing import Difference
from .outcome import NothingToCutError, Outcome, last_words
from .plans import KINDS, WHOLE, Plan
from .reach import Reach, missing, reasons, why_not
from .report import BROKEN, HELD, INTERRUPTED, UNSURE, Verdict
from .running import Ran, run
from .search import Broken, Exchanged, Shrinker, Try, tell, to_try

Progress = Callable[[int], None]


class Run(Protocol):
    """One run of the programs under a plan."""

    def __call__(self, programs: Sequence[Program], plan: Plan, bounds: Bounds) -> Ran: ...


WHOLES, AGAIN = 3, 2
"""Runs without a cut, and of the plan, that have to agree before anything is called broken."""


def check(
    programs: Sequence[Program],
    *,
    budget: int,
    seed: int = 0,
    ignore: re.Pattern[str] | None = None,
    jobs: int = 1,
    only: Plan | None = None,
    timeout: float | None = None,
    progress: Progress = lambda _: None,
    run: Run = run,
    kinds: Set[str] = KINDS,
) -> Verdict:
    """Run ``programs`` under up to ``budget`` plans of these ``kinds``, or under ``only`` one.

    No run takes longer than ``timeout`` seconds (``bounds`` says what it is by default).
    A KeyboardInterrupt ends it with what is known by then.  Raises NothingToCutError.
    """
    try:
        one = run(programs, Plan(WHOLE), at_first(timeout))
        if one.is_late:
            return _broken_uncut(one, 1)
        other = run(programs, Plan(WHOLE), later(timeout, one.seconds, one.quiet))
        if all(any(_wrong_uncut(whole.outcome)) for whole in (one, other)):
            return _broken_uncut(one, 2)
        expected = learn(one.outcome, other.outcome, ignore=ignore)
    except NotDeterministicError as error:
        return Verdict(UNSURE, 2, reason=str(error), hint=error.hint)
    except KeyboardInterrupt:
        return Verdict(INTERRUPTED, 0, interrupted=True)
    if not any(octets for streams in one.received.values() for octets in streams):
        raise NothingToCutError(_why_nothing(one))
    seconds, quiet = max(one.seconds, other.seconds), max(one.quiet, other.quiet)
    again = partial(run, programs, bounds=later(timeout, seconds, quiet))
    if only is not None:
        return _one(again, expected, only)
    whole = Exchanged.in_run(one)
    wanted = to_try(whole, seed, budget, kinds)
    reach = Reach(one)
    verdict = _search(again, expected, wanted, whole, jobs, progress, reach)
    return replace(
        verdict,
        reached=tuple(sorted(reach.reached)),
        missed={} if verdict.interrupted else reach.missed(),
        varies=tuple(expected.varying),
    )


def _broken_uncut(whole: Ran, tried: int) -> Verdict:
    wrong = tuple(_wrong_uncut(whole.outcome))
    return Verdict(BROKEN, tried, Broken(Plan(WHOLE), whole, wrong), "; ".join(map(str, wrong)))


def _wrong_uncut(outcome: Outcome) -> Iterator[Difference]:
    """What is wrong with a run of which nothing was cut."""
    if outcome.hang:
        yield Difference(f"it hangs: {outcome.hang}")
        return
    for ended in outcome.programs:
        if ended.status == 1 and (failure := tracebacks.failure(ended.name, ended.err)):
            yield failure


def _why_nothing(whole: Ran) -> str:
    """That nothing was received, why, and what the programs that failed say last."""
    missed = {name: why for name in whole.received if (why := why_not(name, whole))}
    failed = [
        f"{ended.name} ends with status {ended.status}" + last_words(ended.err)
        for ended in whole.outcome.programs
        if ended.status
    ]
    nothing = "no program received a byte of a stream, so there is nothing to cut"
    return "; ".join([nothing, *reasons(missed), *failed])


def _one(again: Try, expected: Expected, plan: Plan) -> Verdict:
    try:
        ran = again(plan)
        broken = tell(expected, plan, ran)
        if broken is not None:
            _, broken = _confirmed(again, expected, broken)
    except NotDeterministicError as error:
        return Verdict(UNSURE, 1, reason=str(error), hint=error.hint)
    except KeyboardInterrupt:
        return Verdict(INTERRUPTED, 0, interrupted=True)
    if broken is not None:
        return Verdict(BROKEN, 1, broken)
    if none := missing(plan, ran):
        raise NothingToCutError(none)
    return Verdict(HELD, 1)


def _confirmed(again: Try, expected: Expected, broken: Broken) -> tuple[Expected, Broken | None]:
    """What is expected after more runs without a cut, and what still breaks each time.

    Two runs may agree by luck, or before a clock went on.  Raises NotDeterministicError.
    """
    for _ in range(WHOLES):
        whole = again(Plan(WHOLE)).outcome
        expected = learn(*expected.wholes, whole, ignore=expected.ignore)
    found = tell(expected, broken.plan, broken.ran)
    for _ in range(AGAIN):
        found = found and tell(expected, broken.plan, again(broken.plan))
    return expected, found


def _search(
    again: Try,
    expected: Expected,
    wanted: Iterator[Plan],
    exchanged: Exchanged,
    jobs: int,
    progress: Progress,
    reach: Reach,
) -> Verdict:
    tried = 0
    try:
        for plan, ran in _runs(again, wanted, jobs):
            tried += 1
            progress(tried)
            reach.add(plan, ran)
            broken = tell(expected, plan, ran)
            if broken is not None:
                expected, broken = _confirmed(again, expected, broken)
            if broken is not None:
                return _smallest(again, tried, expected, exchanged, broken)
    except NotDeterministicError as error:
        return Verdict(UNSURE, tried, reason=str(error), hint=error.hint)
    except KeyboardInterrupt:
        return Verdict(INTERRUPTED, tried, interrupted=True)
    return Verdict(HELD, tried)


def _smallest(
    again: Try, tried: int, expected: Expected, exchanged: Exchanged, broken: Broken
) -> Verdict:
    """The smallest plan that breaks them each time."""
    shrinker = Shrinker(expected, exchanged, again, broken)
    try:
        shrinker.shrink()
        smallest = shrinker.best
        for _ in range(AGAIN if smallest is not broken else 0):
            smallest = tell(expected, smallest.plan, again(smallest.plan)) or broken
    except KeyboardInterrupt:
        return Verdict(BROKEN, tried, shrinker.best, interrupted=True)
    return Verdict(BROKEN, tried, smallest)


def _runs(again: Try, wanted: Iterator[Plan], jobs: int) -> Iterator[tuple[Plan, Ran]]:
    if jobs == 1:
        for plan in wanted:
            yield plan, again(plan)
        return
    ignoring = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all that are in the terminal
    with ProcessPoolExecutor(jobs, get_context("spawn"), signal.signal, ignoring) as pool:
        while some := list(islice(wanted, jobs * 2)):
            yield from zip(some, pool.map(again, some), strict=True)
