"""``sockscope watch``: the sockets of a process that runs by itself."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from .errors import UserError

if TYPE_CHECKING:
    from .parsing import Commands

INTERVAL = 0.2
"""Seconds between two looks."""


def add(commands: Commands) -> None:
    watch = commands.add_parser("watch", help="the sockets of a running process, untouched")
    watch.add_argument("pid", type=int, metavar="PID", help="the process; in any language")
    watch.add_argument("--once", action="store_true", help="look once")
    watch.set_defaults(perform=perform)


def perform(options: argparse.Namespace) -> int:
    """Print each socket, and again whenever it has changed, until the process ends."""
    from ..tracer.watching import Watched, WatchError, changes

    try:
        with closing(Watched(options.pid)) as watched:
            seen: dict[int, str] = {}
            while True:
                now = watched.lines()
                for line in changes(seen, now):
                    print(line, flush=True)
                seen = now
                if options.once or watched.has_ended(INTERVAL):
                    return 0
    except WatchError as error:
        raise UserError(str(error)) from None
