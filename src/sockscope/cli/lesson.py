"""``sockscope lesson``: the guided course."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError

if TYPE_CHECKING:
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
        return command.list_all(options.course)
    except LessonError as error:
        raise UserError(str(error)) from None
