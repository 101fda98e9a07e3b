"""The demos that come with sockscope."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ..lessons.course import Course, load_course
from ..lessons.lesson import Lesson, LessonError

CONTENT: Final = Path(__file__).parent / "content"
"""One folder for each demo, in the format of a lesson whose steps ask nothing."""


def demos() -> Course:
    """All of them.  Raises LessonError where they are not there."""
    return load_course(CONTENT)


def find(name: str) -> Lesson:
    """The demo of this name or number.  Raises LessonError where there is not just one."""
    try:
        return demos().find(name)
    except LessonError as error:
        raise LessonError(str(error).replace(" lesson: ", " demo: ")) from None
