"""``sockscope lesson``: the guided course."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError
from .screen import need_terminal

if TYPE_CHECKING:
    from ..lessons.course import Course
    from .parsing import Commands


def add(commands: Commands) -> None:
    lesson = commands.add_parser("lesson", help="guided lessons that the kernel grades")
    lesson.add_argument("name", nargs="?", metavar="NAME", help="its name, or its number")
    lesson.add_argument("--course", metavar="DIR", help="a course of your own")
    does = lesson.add_mutually_exclusive_group()
    does.add_argument("--list", action="store_true", help="the lessons, and what is done")
    does.add_argument("--verify", action="store_true", help="play NAME or all without a screen")
    does.add_argument("--report", action="store_true", help="each prediction and what happened")
    does.add_argument("--reset", action="store_true", help="forget the progress of NAME or all")
    lesson.set_defaults(perform=perform)


def perform(options: argparse.Namespace) -> int:
    from ..lessons import command
    from ..lessons.lesson import LessonError

    try:
        if options.verify:
            return command.verify(options.course, options.name)
        if options.report:
            return command.report(options.course)
        if options.reset:
            return command.reset(options.course, options.name)
        if options.list:
            return command.list_all(options.course)
        return _learn(command.open_course(options.course), options.name)
    except LessonError as error:
        raise UserError(str(error)) from None


def _learn(course: Course, name: str | None) -> int:
    """The list, a lesson, the list again: until the learner leaves."""
    chosen = course.find(name) if name is not None else None
    need_terminal("add --list for plain text")
    from ..lessons.progress import Journal
    from ..tui.lesson_app import LessonApp
    from ..tui.lesson_list import LessonList

    journal = Journal(course.key)
    while True:
        if chosen is None:
            picked = LessonList(course, journal).run()
            if picked is None:
                return 0
            chosen = course.find(picked)
        app = LessonApp(chosen, journal)
        app.run()
        if app.return_code not in (0, LessonApp.NEXT):
            return app.return_code or 0
        goes_on = app.return_code == LessonApp.NEXT
        chosen = course.after(chosen) if goes_on else None
