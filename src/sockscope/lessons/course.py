"""A course: a folder with one folder for each lesson, in the order of their names."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from .lesson import Lesson, LessonError
from .loader import STRUCTURE, load

CONTENT: Final = Path(__file__).parent / "content"
"""The course that comes with sockscope."""


@dataclass(frozen=True, slots=True)
class Course:
    """The lessons that can be used, and what is wrong with the others, one line each."""

    folder: Path
    lessons: tuple[Lesson, ...]
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name for its progress that no other folder's course has."""
        if self.folder.resolve() == CONTENT:
            return "course"
        path = str(self.folder.resolve())
        return f"course-{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"

    def after(self, lesson: Lesson) -> Lesson | None:
        """The lesson that follows; None after the last one."""
        index = self.lessons.index(lesson) + 1
        return self.lessons[index] if index < len(self.lessons) else None

    def find(self, name: str) -> Lesson:
        """The lesson of this name or number.  Raises LessonError where there is not just one."""
        found = [lesson for lesson in self.lessons if lesson.name == name]
        found = found or [lesson for lesson in self.lessons if _is_meant(name, lesson.name)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(lesson.name for lesson in found or self.lessons)
        raise LessonError(
            f"{name!r} is {'more than one' if found else 'no'} lesson: there are {names}"
        )


def _is_meant(name: str, full: str) -> bool:
    number, _, rest = full.partition("-")
    if name.isdecimal() and number.isdecimal():
        return int(name) == int(number)
    return bool(name) and (full.startswith(name) or rest.startswith(name))


def load_course(folder: Path = CONTENT) -> Course:
    """The course in ``folder``; a lesson that cannot be used is a problem, not an error.

    Raises LessonError where there is no course at all.
    """
    try:
        folders = sorted(f for f in folder.iterdir() if (f / STRUCTURE).exists())
    except OSError as error:
        raise LessonError(f"{folder}: {(error.strerror or str(error)).lower()}") from None
    if not folders:
        raise LessonError(f"{folder}: no lesson here: a lesson is a folder with {STRUCTURE}")
    lessons, problems = [], []
    for one in folders:
        try:
            lessons.append(load(one))
        except LessonError as error:
            problems.append(str(error))
    return Course(folder, tuple(lessons), tuple(problems))
