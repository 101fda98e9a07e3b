"""``sockscope replay``: a saved trace, on the stage or out of the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UserError, reason
from .output import add_flags, check_flags, read_trace, text_sink
from .screen import need_terminal, show

if TYPE_CHECKING:
    from ..export.command import MakeApp, Request
    from ..trace.events import Event
    from .parsing import Commands


def add(commands: Commands) -> None:
    replay = commands.add_parser("replay", help="open a saved trace")
    replay.add_argument("trace", metavar="TRACE", help="a file that --trace or the key s wrote")
    add_exports(replay, at="the position at which the stage opens, or that a picture shows")
    add_flags(replay)
    replay.set_defaults(perform=perform)


def add_exports(
    command: argparse.ArgumentParser, at: str = "the position that a picture shows"
) -> None:
    from ..export.command import FORMS, THEMES

    exports = command.add_argument_group("write FILE (- is standard output) instead of a screen")
    for form, purpose in FORMS.items():
        exports.add_argument(f"--{form}", metavar="FILE", help=purpose)
    exports.add_argument("--at", type=int, metavar="N", help=at)
    exports.add_argument("--size", type=_size, metavar="COLUMNSxLINES", help="of a picture")
    exports.add_argument("--theme", choices=THEMES, help="of a picture")


def _size(text: str) -> tuple[int, int]:
    columns, _, lines = text.partition("x")
    if not (columns.isdecimal() and lines.isdecimal()):
        raise argparse.ArgumentTypeError(f"should be as in 120x40, is {text!r}")
    if not (40 <= int(columns) <= 400 and 12 <= int(lines) <= 200):
        raise argparse.ArgumentTypeError(f"should be from 40x12 to 400x200, is {text!r}")
    return int(columns), int(lines)


def perform(options: argparse.Namespace) -> int:
    check_flags(options)
    request = requested(options, Path(options.trace).name, opens_at=True)
    events = read_trace(options.trace)
    if request is not None:
        return write_exports(events, request)
    if not options.headless:
        return _show_stage(events, options.trace, options.at)
    from ..tracer import headless

    headless.replay(events, text_sink(options))
    return 0


def requested(options: argparse.Namespace, title: str, *, opens_at: bool = False) -> Request | None:
    """What is to be written instead of shown; ``opens_at`` where --at is for the stage, too.

    Raises UserError where flags do not go together.
    """
    from ..export.command import FORMS, ON_STAGE, Request

    paths = {form: getattr(options, form) for form in FORMS if getattr(options, form) is not None}
    given = {name: getattr(options, name) for name in ("at", "size", "theme")}
    looks = {name: value for name, value in given.items() if value is not None}
    opens = opens_at and not paths and not options.headless
    astray = [name for name in looks if not (opens and name == "at")]
    if astray and not ON_STAGE & paths.keys():
        also = ", or with the stage" if opens_at and astray[0] == "at" else ""
        raise UserError(f"--{astray[0]} goes with --svg, --png or --cast{also}")
    if paths and options.headless:
        raise UserError(f"--{next(iter(paths))} shows no screen by itself: leave --headless out")
    if list(paths.values()).count("-") > 1:
        raise UserError("only one thing can be written to standard output")
    return Request(paths, title=title, **looks) if paths else None


def write_exports(
    events: Sequence[Event], request: Request, make_app: MakeApp | None = None
) -> int:
    from ..export.command import ExportError, write

    try:
        write(events, request, make_app)
    except ExportError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write {error.filename or 'a file'}: {reason(error)}") from None
    return 0


def _show_stage(events: Sequence[Event], path: str, at: int | None) -> int:
    from ..export.command import ExportError, check_position
    from ..tui.recent import remember
    from ..tui.replaying import app_for

    app = app_for(events, title=path)
    if at is not None:
        _, count = app.place(0)
        try:
            check_position(at, count)
        except ExportError as error:
            raise UserError(str(error)) from None
        app.go_to(at)
    need_terminal()
    remember(Path(path))
    return show(app)
