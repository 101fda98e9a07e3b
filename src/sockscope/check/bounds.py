"""How long a run may take, and how long it may be quiet before it counts as over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 20.0
"""Seconds that a run without a cut may take, where nobody says otherwise."""

LEAST: Final = 10.0
"""Seconds that any run may take, where nobody says otherwise."""

TIMES: Final = 10.0
"""As many times as long as a run without a cut may one with cuts take."""

WATCH: Final = 1.0
"""Seconds for which those who sleep for a time are watched, to see whether they do anything."""

FLOOR: Final = 0.05
"""Seconds for which they are watched at least, once they were found to do nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most ``seconds`` of a run, and the ``quiet`` after which only the clock goes on.

    Threads that sleep until the clock wakes them may still act, and may not: what a whole run
    showed of them tells how long to wait.
    """

    seconds: float
    quiet: float


WHOLE_RUN: Final = Bounds(LONGEST, WATCH)


def too_long(bounds: Bounds, names: Iterable[str]) -> str:
    """Says who has not come to an end in time."""
    return f"after {bounds.seconds:.3g} s these still run: {', '.join(names)}"


def at_first(timeout: float | None) -> Bounds:
    """The bounds of the first run of a check."""
    return Bounds(timeout or LONGEST, WATCH)


def later(timeout: float | None, seconds: float, quiet: float) -> Bounds:
    """Those of the runs that follow one of so many seconds, with such a quiet time in it."""
    return Bounds(timeout or max(LEAST, TIMES * seconds), 2 * quiet)
