"""What ``sockscope lesson`` does without a screen; each function gives the exit status."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from ..trace.words import plain_text
from . import report as text
from .course import CONTENT, Course, load_course
from .progress import RESET, Journal, Record
from .verify import verify as verify_one

DISAGREES = 1
"""Exit status where a lesson is unsound or cannot be used."""


def open_course(folder: str | None) -> Course:
    """The course in ``folder``, or the one that comes with sockscope.  Raises LessonError."""
    return load_course(Path(folder) if folder is not None else CONTENT)


def list_all(folder: str | None) -> int:
    """Write the lessons, and whether they are done."""
    course = open_course(folder)
    journal = Journal(course.key)
    for line in text.listing(course, journal.progress()):
        print(line)
    return _complain(*course.problems, journal.problem)


def report(folder: str | None) -> int:
    """Write each prediction beside what happened."""
    course = open_course(folder)
    journal = Journal(course.key)
    for line in text.report(course, journal.progress()):
        print(line)
    return _complain(*course.problems, journal.problem)


def reset(folder: str | None, name: str | None) -> int:
    """Begin anew with one lesson, or with all."""
    course = open_course(folder)
    lesson = course.find(name).name if name is not None else ""
    journal = Journal(course.key)
    journal.write(Record(event=RESET, lesson=lesson))
    if journal.problem is None:
        print(f"forgotten: {lesson or 'all lessons'}")
    return _complain(journal.problem)


def verify(folder: str | None, name: str | None) -> int:
    """Play one lesson or all, and write what is wrong with them."""
    course = open_course(folder)
    lessons = course.lessons if name is None else (course.find(name),)
    if folder is not None:
        print("The programs of this course run as you, like any others.", file=sys.stderr)
    status = _complain(*course.problems) if name is None else 0
    for lesson in lessons:
        began = time.monotonic()
        problems = asyncio.run(verify_one(lesson))
        mark = "NO " if problems else "yes"
        print(f"{mark}  {lesson.name} ({time.monotonic() - began:.1f} s)", flush=True)
        status = max(status, _complain(*problems))
    return status


def _complain(*problems: str | None) -> int:
    """Write what is wrong, one line each; gives the exit status that it amounts to."""
    wrong = [problem for problem in problems if problem is not None]
    for problem in wrong:
        print(f"sockscope: {plain_text(problem, 400)}", file=sys.stderr)
    return DISAGREES if wrong else 0
