"""The course that comes with sockscope: the kernel agrees with every lesson."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sockscope.lessons.course import CONTENT, load_course
from sockscope.lessons.lesson import Lesson
from sockscope.lessons.verify import verify

PAGE = Path(__file__).parent.parent.parent / "docs" / "statements.md"
ROWS = re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
LESSONS = load_course().lessons


def test_nothing_is_wrong_with_any_folder() -> None:
    assert load_course().problems == ()
    assert len(LESSONS) == 18
    assert {lesson.folder.parent for lesson in LESSONS} == {CONTENT}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
async def test_the_kernel_agrees(lesson: Lesson) -> None:
    assert await verify(lesson, runs=2) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_lesson_asks_explains_and_ends_well(lesson: Lesson) -> None:
    assert lesson.recap
    assert lesson.reading
    assert lesson.goals
    for step in lesson.steps:
        assert step.before
        assert step.after
        assert step.claims or step.question
        assert step.question is None or step.question.hints


def test_every_statement_has_a_step_that_proves_it() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 13))
    course = load_course()
    for _, places in ROWS:
        steps = re.findall(r"(\d+) “(.+?)”", places)
        assert steps
        for number, title in steps:
            step = next(s for s in course.find(number).steps if s.title == title)
            assert step.claims or step.question
