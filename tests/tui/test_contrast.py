"""What is really drawn can be read: every text of every screen, 4.5 : 1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import conversation
import pytest
from exploring import exploring
from learning import learning, lesson
from rich.segment import Segment
from scripted import ScriptedDriver
from test_themes import contrast_of
from textual.app import App
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from sockscope.lessons.course import load_course
from sockscope.lessons.progress import FINISHED, Journal, Record
from sockscope.trace.history import History
from sockscope.tui.app import StageApp
from sockscope.tui.lesson_list import LessonList
from sockscope.tui.themes import THEMES

SCREENS: dict[str, Sequence[str]] = {
    "now": [],
    "past": ["left"],
    "beginning": ["home"],
    "kernel": ["tab", "tab"],
    "bytes": ["x", "tab", "tab", "tab"],
    "timeline": ["tab", "tab", "tab", "tab", "up"],
    "help": ["question_mark"],
    "inspection": ["i"],
    "question": ["g"],
    "wrong-answer": ["g", "x", "enter"],
    "refusal": ["1"],
    "palette": ["ctrl+p"],
}
EXPLORED: dict[str, Sequence[str]] = {
    "explorer": ["s"],
    "form": ["s", "B"],
    "form-mistaken": ["s", "B", "x"],
    "options": ["s", "O"],
    "blocked": ["s", "b", "l", "a"],
    "wrong-call": ["s", "b", "l", "r"],
    "not-now": ["minus", "2", "minus", "s"],
    "filtered": ["s", "slash", "x", "enter"],
}
LEARNED: dict[str, Sequence[str]] = {
    "question": [],
    "hint": ["h"],
    "wrong": ["n"],
    "line": ["s", "space", "enter"],
    "hands-on": ["x", "1"],
}
LIVE = {"begun": [], "stepped": ["1"], "fragment": ["f"], "signal": ["k"]}
FIRST_SHAPE, LAST_SHAPE = "\u2500", "\u259f"
"""Box drawing and blocks: borders, bars, scrollbars.  They are never alone in what they mean."""


def is_text(text: str) -> bool:
    return any(not c.isspace() and not FIRST_SHAPE <= c <= LAST_SHAPE for c in text)


def drawn(app: App[Any]) -> Iterator[tuple[str, Segment]]:
    """Every piece of text in sight, with the widget that draws it."""
    for widget in app.screen.walk_children():
        if widget.display and widget.outer_size.area and widget.region.overlaps(app.screen.region):
            for strip in widget.render_lines(widget.outer_size.region):
                for segment in strip:
                    if segment.style is not None and is_text(segment.text):
                        yield str(widget), segment


def poor(app: App[Any]) -> list[str]:
    found = []
    for widget, segment in drawn(app):
        assert segment.style is not None
        fore, back = segment.style.color, segment.style.bgcolor
        if fore is None or back is None or not fore.triplet or not back.triplet:
            continue
        ratio = contrast_of(Color(*fore.triplet), Color(*back.triplet))
        if ratio < 4.5:
            found.append(f"{ratio:.2f} {segment.text!r} {fore.name} on {back.name} in {widget}")
    return found


async def show(pilot: Pilot[None], keys: Sequence[str]) -> None:
    await pilot.pause()
    for key in keys:
        await pilot.press(key)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("screen", [*SCREENS, *LIVE])
async def test_all_that_is_drawn_has_contrast(
    screen: str, theme: Theme, size: tuple[int, int]
) -> None:
    if screen in LIVE:
        app = StageApp(make_driver=ScriptedDriver, theme=theme.name)
    else:
        app = StageApp(History(conversation.partial().events), theme=theme.name)
    async with app.run_test(size=size, notifications=True) as pilot:
        await show(pilot, (SCREENS | LIVE)[screen])
        assert len(list(drawn(app))) > 2
        assert not poor(app)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("screen", EXPLORED)
async def test_all_of_the_explorer_has_contrast(
    screen: str, theme: Theme, size: tuple[int, int]
) -> None:
    async with exploring(*size, theme=theme.name) as explored:
        await explored.press(*EXPLORED[screen])
        assert not poor(explored.app)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("screen", LEARNED)
async def test_all_of_a_lesson_has_contrast(
    screen: str, theme: Theme, size: tuple[int, int], tmp_path: Path
) -> None:
    async with learning(lesson("6"), tmp_path, size, theme.name) as learner:
        await learner.press(*LEARNED[screen])
        assert not poor(learner.app)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_the_list_of_lessons_has_contrast(theme: Theme, tmp_path: Path) -> None:
    journal = Journal("course", tmp_path)
    journal.write(Record(event=FINISHED, lesson=lesson("1").name))
    app = LessonList(load_course(), journal, theme.name)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not poor(app)
        await pilot.press("r")
        assert not poor(app)
