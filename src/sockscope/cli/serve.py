"""``sockscope serve``: the same app on a page."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError, reason
from .parsing import seconds

if TYPE_CHECKING:
    from .parsing import Commands

SHOWN = ("run", "explore", "demo", "replay", "lesson")
"""The commands that have a screen."""


def add(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="the same on a page for browsers on this machine")
    serve.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="the command that each visitor gets, such as `demo 2`; without any, `run`",
    )
    serve.add_argument("--port", type=_whole, default=8000, metavar="N", help="8000 without it")
    serve.add_argument("--visitors", type=_whole, default=20, metavar="N", help="20 at most")
    serve.add_argument(
        "--idle", type=seconds, default=900.0, metavar="SECONDS", help="after 900 a session ends"
    )
    serve.set_defaults(perform=perform)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"should be a number from 1 to 65535, is {text!r}")
    return int(text)


def perform(options: argparse.Namespace) -> int:
    words = options.words or ["run"]
    if words[0] not in SHOWN:
        raise UserError(f"{words[0]!r} has no screen to serve: there are {', '.join(SHOWN)}")
    try:
        from ..serve.page import Page
    except ImportError:
        raise UserError(
            "a page needs the package textual-serve: pip install 'sockscope[serve]'"
        ) from None
    page = Page(words, port=options.port, visitors=options.visitors, idle=options.idle)
    try:
        page.serve()
    except OSError as error:
        raise UserError(f"cannot listen at port {options.port}: {reason(error)}") from None
    return 0
