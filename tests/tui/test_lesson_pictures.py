"""Lessons as pictures of real calls: ``screenshots/test_lesson_pictures/``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from learning import Learner, lesson
from textual.pilot import Pilot

from sockscope.lessons.course import load_course
from sockscope.lessons.progress import BEGAN, FINISHED, Journal, Record
from sockscope.lessons.sitting import RECAP
from sockscope.tui.lesson_app import LessonApp
from sockscope.tui.lesson_list import LessonList
from sockscope.tui.themes import DARK, LIGHT

Compare = Callable[..., bool]
Doing = Callable[[Learner], Awaitable[None]]

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


async def question(learner: Learner) -> None:
    """The first question."""


async def hint(learner: Learner) -> None:
    """With a hint."""
    await learner.press("h")


async def right(learner: Learner) -> None:
    """Two steps on, and guessed rightly."""
    await learner.guess("yes")
    await learner.press("space")
    await learner.guess(learner.question.reference)


async def wrong(learner: Learner) -> None:
    """A wrong guess."""
    await learner.guess("no")


async def choice(learner: Learner) -> None:
    """A question with options."""
    while not learner.question.options:
        await learner.press("s", "space")
    await learner.read()


async def depends(learner: Learner) -> None:
    """Two runs, side by side."""
    while not learner.question.may_depend:
        await learner.press("s")
        await learner.read()
        await learner.press("space")
    await learner.read()
    await learner.press("d")


async def typing(learner: Learner) -> None:
    """The line for an answer."""
    await learner.press("s", "space", "enter")


async def exploring(learner: Learner) -> None:
    """The programs in the learner's hands."""
    await learner.press("x", "1")


async def recap(learner: Learner) -> None:
    """The end."""
    while learner.sitting.phase != RECAP:
        await learner.read()
        await learner.press("s" if learner.sitting.question else "space")


MOMENTS: dict[str, Doing] = {
    "question": question,
    "hint": hint,
    "right": right,
    "wrong": wrong,
    "choice": choice,
    "depends": depends,
    "typing": typing,
    "exploring": exploring,
    "recap": recap,
}


def opened(app: LessonApp, doing: Doing) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        learner = Learner(app, pilot)
        await learner.settled()
        await doing(learner)
        await learner.settled()

    return run


def app_of(folder: Path, theme: str = DARK.name) -> LessonApp:
    return LessonApp(lesson("6"), Journal("course", folder), stable=True, theme=theme)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_lesson(snap_compare: Compare, tmp_path: Path, moment: str, size: str) -> None:
    app = app_of(tmp_path)
    run = opened(app, MOMENTS[moment])
    assert snap_compare(app, terminal_size=SIZES[size], run_before=run)


def test_light(snap_compare: Compare, tmp_path: Path) -> None:
    app = app_of(tmp_path, LIGHT.name)
    assert snap_compare(app, terminal_size=SIZES["80x24"], run_before=opened(app, wrong))


@pytest.mark.parametrize("size", SIZES)
def test_list(snap_compare: Compare, tmp_path: Path, size: str) -> None:
    course, journal = load_course(), Journal("course", tmp_path)
    for known in course.lessons[:4]:
        journal.write(Record(event=FINISHED, lesson=known.name))
    journal.write(Record(event=BEGAN, lesson=course.lessons[4].name))
    assert snap_compare(LessonList(course, journal), terminal_size=SIZES[size])
