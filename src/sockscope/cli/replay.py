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
    add_exports(replay)
    add_flags(replay)
    replay.set_defaults(perform=perform)


def add_exports(command: argparse.ArgumentParser) -> None:
    from ..export.command import FORMS, THEMES

    exports = command.add_argument_group("write FILE (- is standard output) instead of a screen")
    for form, purpose in FORMS.items():
        exports.add_argument(f"--{form}", metavar="FILE", help=purpose)
    exports.add_argument("--at", type=int, metavar="N", help="the position that a picture shows")
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
    request = requested(options, Path(options.trace).name)
    events = read_trace(options.trace)
    if request is not None:
        return write_exports(events, request)
    if not options.headless:
        return _show_stage(events, options.trace)
    from ..tracer import headless

    headless.replay(events, text_sink(options))
    return 0


def requested(options: argparse.Namespace, title: str) -> Request | None:
    """What is to be written instead of shown.  Raises UserError where flags do not go together."""
    from ..export.command import FORMS, ON_STAGE, Request

    paths = {form: getattr(options, form) for form in FORMS if getattr(options, form) is not None}
    given = {name: getattr(options, name) for name in ("at", "size", "theme")}
    looks = {name: value for name, value in given.items() if value is not None}
    if looks and not ON_STAGE & paths.keys():
        raise UserError(f"--{next(iter(looks))} goes with --svg, --png or --cast")
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


def _show_stage(events: Sequence[Event], path: str) -> int:
    need_terminal()
    from ..tui.recent import remember
    from ..tui.replaying import app_for

    remember(Path(path))
    return show(app_for(events, title=path))
