"""``sockscope watch``: the sockets of processes that run by themselves."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from .errors import UserError
from .output import add_flags, check_flags, recorded, text_sink
from .screen import need_terminal, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..tracer import headless
    from ..tracer.recording import Recording
    from ..tracer.watching import Watched
    from .parsing import Commands


def add(commands: Commands) -> None:
    watch = commands.add_parser("watch", help="the sockets of running processes, untouched")
    watch.add_argument(
        "pids", type=_pid, nargs="+", metavar="PID", help="a running process, in any language"
    )
    watch.add_argument("--once", action="store_true", help="with --headless: look once")
    watch.add_argument("--trace", metavar="FILE", help="save what was seen to FILE as it grows")
    add_flags(watch)
    watch.set_defaults(perform=perform)


def _pid(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"should be the number of a process, is {text!r}")
    return int(text)


def perform(options: argparse.Namespace) -> int:
    """Show each socket, and again whenever it has changed, until the processes end.

    On what is no terminal, as text.
    """
    options.headless = options.headless or options.once or not sys.stdout.isatty()
    check_flags(options)
    with ExitStack() as stack:
        processes = _processes(options.pids, stack)
        recording = stack.enter_context(recorded(options.trace))
        if not options.headless:
            return _open_screen(processes, recording)
        return _tell(options, processes, recording)


def _processes(pids: Sequence[int], stack: ExitStack) -> list[Watched]:
    """What the pids stand for, each looked at for a first time to see whether that is allowed."""
    from ..tracer.watching import Watched, WatchError

    try:
        processes = [stack.enter_context(closing(Watched(pid))) for pid in dict.fromkeys(pids)]
        for watched in processes:
            watched.views()
    except WatchError as error:
        raise UserError(str(error)) from None
    return processes


def _tell(
    options: argparse.Namespace, processes: Sequence[Watched], recording: Recording | None
) -> int:
    import asyncio

    from ..tracer import watcher

    sinks: list[headless.Sink] = [] if recording is None else [recording.write]
    sinks += [text_sink(options), lambda _: sys.stdout.flush()]
    asyncio.run(watcher.tell(processes, sinks, once=options.once))
    return 0


def _open_screen(processes: Sequence[Watched], recording: Recording | None) -> int:
    need_terminal()
    from ..tracer.watcher import Watcher
    from ..tui.app import StageApp
    from ..tui.watch_stage import WatchStage

    return show(
        StageApp(
            make_driver=lambda: Watcher(processes),
            make_stage=WatchStage,
            title=", ".join(watched.name for watched in processes),
            record=recording.write if recording else None,
        )
    )
