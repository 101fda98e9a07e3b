"""``sockscope demo``: conversations that play themselves."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError
from .replay import add_exports, requested, write_exports
from .screen import need_terminal, show

if TYPE_CHECKING:
    from ..export.command import Request
    from ..lessons.lesson import Lesson
    from ..tui.app import StageApp
    from .parsing import Commands


def add(commands: Commands) -> None:
    demo = commands.add_parser("demo", help="watch a conversation that plays itself")
    demo.add_argument("name", nargs="?", metavar="NAME", help="its name or number; none lists them")
    add_exports(demo)
    demo.set_defaults(perform=perform, headless=False)


def perform(options: argparse.Namespace) -> int:
    from ..demos.catalog import find
    from ..lessons.lesson import LessonError
    from ..tracer.programs import ProgramError

    try:
        demo = find(options.name) if options.name is not None else None
        request = requested(options, demo.title if demo else "")
        if demo is None:
            return _list(request)
        return _play(demo) if request is None else _write(demo, request)
    except (LessonError, ProgramError) as error:
        raise UserError(str(error)) from None


def _list(request: Request | None) -> int:
    if request is not None:
        raise UserError("which demo?  `sockscope demo` lists them")
    from ..demos.catalog import demos

    for demo in demos().lessons:
        print(f"{demo.name:<20} {demo.summary}")
    return 0


def _write(demo: Lesson, request: Request) -> int:
    import asyncio

    from ..demos.showing import take

    taken = asyncio.run(take(demo))

    def make_app(theme: str) -> StageApp:
        from ..tui.demo_app import DemoApp

        return DemoApp(demo, taken, theme=theme)

    return write_exports(taken.events, request, make_app)


def _play(demo: Lesson) -> int:
    need_terminal("add --ladder - for plain text")
    from ..tui.demo_app import DemoApp

    return show(DemoApp(demo))
