"""A ladder diagram as plain text, for a README file, a mail or a bug report.

Two processes stand at the two sides of it, and their calls beside their lifelines.  More
than two have their lifelines side by side, and the calls stand to the right of them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..trace import events as e
from ..trace.words import FOLD, plain_text, short_name
from .story import RESET, Crossing, Rung, Story, story

GAP = 20
"""Columns between the lifelines of two processes."""

LANE = 14
"""Columns from one lifeline to the next where there are more."""

MAX_TEXT = 52
"""Columns for a call beside its lifeline."""


def ladder(events: Iterable[e.Event]) -> str:
    """The diagram, with a line end after each line; empty where nothing was called."""
    told = story(events)
    if not told.rungs:
        return ""
    lines = _pair(told) if len(told.procs) == 2 else _lanes(told)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + FOLD


def _name(proc: str, width: int) -> str:
    return plain_text(short_name(proc, width - 1), width - 1)


# -- two processes ---------------------------------------------------------------


def _pair(told: Story) -> Iterator[str]:
    left, right = told.procs
    texts = [_short(rung.text) for rung in told.rungs if rung.proc == left]
    width = max(map(len, [*texts, _name(left, MAX_TEXT)]))
    margin = " " * (width + 1)
    yield f"{_name(left, MAX_TEXT):>{width}} │{'':{GAP}}│ {_name(right, MAX_TEXT)}"
    for rung in told.rungs:
        middle = _arrow(rung.crossing, GAP, rightward=rung.proc == left)
        if rung.proc == left:
            yield f"{_short(rung.text):>{width}} │{middle}│"
        else:
            yield f"{margin}│{middle}│ {_short(rung.text)}"


def _arrow(crossing: Crossing | None, width: int, *, rightward: bool) -> str:
    """A line with its label in the middle and its head where it arrives."""
    if crossing is None:
        return " " * width
    label = f" {crossing.label} "[: width - 4]
    shaft = f"{label:─^{width - 1}}"
    head = "╳" if crossing.kind == RESET else "▶" if rightward else "◀"
    return shaft + head if rightward else head + shaft


# -- any number of processes -----------------------------------------------------


def _lanes(told: Story) -> Iterator[str]:
    places = {proc: number for number, proc in enumerate(told.procs)}
    yield "".join(f"{_name(proc, LANE):{LANE}}" for proc in told.procs)
    for rung in told.rungs:
        text = f"{plain_text(rung.proc, LANE)}: {_short(rung.text)}"
        yield f"{_lanes_of(rung, places)} {text}"


def _lanes_of(rung: Rung, places: dict[str, int]) -> str:
    cells = [*("│" if at % LANE == 0 else " " for at in range(LANE * len(places)))]
    here = places[rung.proc] * LANE
    cells[here] = "●"
    crossing = rung.crossing
    if crossing is not None and crossing.target in places:
        there = places[crossing.target] * LANE
        _draw(cells, here, there, crossing)
    return "".join(cells)


def _draw(cells: list[str], here: int, there: int, crossing: Crossing) -> None:
    if here == there:
        return
    rightward = here < there
    low, high = min(here, there), max(here, there)
    for at in range(low + 1, high):
        cells[at] = "┼" if cells[at] == "│" else "─"
    label = f" {crossing.label} "[: LANE - 4]
    start = low + 1 + (LANE - 2 - len(label)) // 2
    cells[start : start + len(label)] = label
    head = "╳" if crossing.kind == RESET else "▶" if rightward else "◀"
    cells[there - 1 if rightward else there + 1] = head
