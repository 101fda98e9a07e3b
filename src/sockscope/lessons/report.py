"""Progress as text: the list of lessons, and what a teacher can collect."""

from __future__ import annotations

from collections.abc import Iterator

from ..trace.words import plain_text
from .course import Course
from .progress import BEGUN, DONE, NEW, UNTOUCHED, Progress

MARKS = {NEW: " ", BEGUN: "~", DONE: "x"}


def listing(course: Course, progress: Progress) -> Iterator[str]:
    """One line for each lesson: whether it is done, its name, its title, its minutes."""
    width = max(len(lesson.name) for lesson in course.lessons)
    for lesson in course.lessons:
        mark = MARKS[progress.get(lesson.name, UNTOUCHED).status]
        title = plain_text(lesson.title)
        yield f"[{mark}] {lesson.name:<{width}}  {title} ({lesson.minutes} min)"


def report(course: Course, progress: Progress) -> Iterator[str]:
    """Every prediction beside what the kernel then did."""
    for lesson in course.lessons:
        own = progress.get(lesson.name, UNTOUCHED)
        right = sum(p.predicted == p.happened for p in own.predictions)
        yield (
            f"{lesson.name}: {own.status}, {len(own.passed)} of {len(lesson.steps)} steps, "
            f"{right} of {len(own.predictions)} predictions right"
        )
        for record in own.predictions:
            mark = "right" if record.predicted == record.happened else "wrong"
            yield plain_text(
                f"  {record.time}  {record.step}: predicted {record.predicted}, "
                f"happened {record.happened}: {mark}"
            )
