"""``sockscope`` alone: the home screen, and back to it after whatever was chosen there."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from .errors import UserError
from .screen import need_terminal

SIGNALLED = 128
"""Exit statuses from here on say that a signal ended the app."""


def perform(_options: argparse.Namespace, command: Callable[[list[str]], int]) -> int:
    need_terminal("`sockscope --help` lists the commands")
    from ..tui.home_app import HomeApp

    said, chosen = "", "see"
    while True:
        home = HomeApp(said, chosen=chosen)
        words = home.run()
        if words is None:
            return home.return_code or 0
        said, chosen = "", home.chosen
        try:
            status = command(words)
        except UserError as error:
            said, status = str(error), 0
        if status > SIGNALLED:
            return status
