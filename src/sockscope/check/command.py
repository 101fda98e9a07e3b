"""One check from the first run to the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context

from ..tracer.programs import Program
from .compare import Expected, NotDeterministicError, learn
from .plans import WHOLE, Plan
from .report import BROKEN, HELD, UNSURE, Verdict
from .running import Ran, run
from .search import Shrinker, received, tell, to_try

Progress = Callable[[int], None]


def check(
    programs: Sequence[Program],
    *,
    budget: int,
    seed: int = 0,
    ignore: re.Pattern[str] | None = None,
    jobs: int = 1,
    only: Plan | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """Run ``programs`` under up to ``budget`` plans, or under ``only`` one.

    A KeyboardInterrupt ends it with what is known by then.
    """
    names = [program.name for program in programs]
    one, other = run(programs, Plan(WHOLE)), run(programs, Plan(WHOLE))
    try:
        expected = learn(one.outcome, other.outcome, ignore)
    except NotDeterministicError as error:
        return Verdict(UNSURE, 2, reason=str(error))
    if one.outcome.hang:
        return Verdict(BROKEN, 2, reason=f"it hangs: {one.outcome.hang}")
    wanted = iter([only]) if only else to_try(names, one, seed, budget)
    shrinker = Shrinker(expected, received(names, one), partial(run, programs))
    return _search(programs, expected, wanted, shrinker, jobs, progress)


def _search(
    programs: Sequence[Program],
    expected: Expected,
    wanted: Iterator[Plan],
    shrinker: Shrinker,
    jobs: int,
    progress: Progress,
) -> Verdict:
    tried = 0
    try:
        for plan, ran in _runs(programs, wanted, jobs):
            tried += 1
            progress(tried)
            broken = tell(expected, plan, ran)
            if broken is not None:
                return Verdict(BROKEN, tried, shrinker.smallest(broken))
    except KeyboardInterrupt:
        return Verdict(HELD, tried, interrupted=True)
    return Verdict(HELD, tried)


def _runs(
    programs: Sequence[Program], wanted: Iterator[Plan], jobs: int
) -> Iterator[tuple[Plan, Ran]]:
    if jobs == 1:
        for plan in wanted:
            yield plan, run(programs, plan)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        while some := list(islice(wanted, jobs * 2)):
            yield from zip(some, pool.map(partial(run, programs), some), strict=True)
