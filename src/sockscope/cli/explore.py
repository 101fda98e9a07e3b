"""``sockscope explore``: any call on any socket."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UserError, reason
from .output import add_flags, check_flags, read_trace, recorded, text_sink
from .screen import need_terminal, show

if TYPE_CHECKING:
    from ..trace.events import Event
    from ..tracer import headless
    from ..tracer.recording import Recording
    from .parsing import Commands


def add(commands: Commands) -> None:
    explore = commands.add_parser("explore", help="make any call on any socket, and see")
    explore.add_argument(
        "orders",
        nargs="?",
        metavar="ORDERS",
        help="with --headless: a file of orders, one a line ('server 3 listen 1'), or -",
    )
    explore.add_argument("--trace", metavar="FILE", help="save the trace to FILE as it grows")
    explore.add_argument("--again", metavar="TRACE", help="first run a saved session again")
    explore.add_argument(
        "--upto", type=int, metavar="N", help="with --again: only to position N of the trace"
    )
    explore.add_argument(
        "--export", metavar="FOLDER", help="with --headless: write the calls as Python programs"
    )
    add_flags(explore)
    explore.set_defaults(perform=perform)


def perform(options: argparse.Namespace) -> int:
    check_flags(options)
    if not options.headless and (options.orders or options.export):
        raise UserError("a file of orders and --export go with --headless")
    if options.upto is not None and not options.again:
        raise UserError("--upto goes with --again")
    events = read_trace(options.again) if options.again else None
    with recorded(options.trace) as recording:
        if not options.headless:
            return _open_explorer(events, options.upto, recording)
        return _explore_headless(options, events, recording)


def _explore_headless(
    options: argparse.Namespace, events: list[Event] | None, recording: Recording | None
) -> int:
    from ..tracer import exploring

    lines = _order_lines(options.orders)
    sinks: list[headless.Sink] = [] if recording is None else [recording.write]
    sinks.append(text_sink(options))
    try:
        exploring.run(lines, sinks, events, options.upto, options.export)
    except exploring.StoppedError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write to {options.export}: {reason(error)}") from None
    return 0


def _order_lines(path: str | None) -> list[str]:
    """The lines of orders; none where no file is named."""
    if path is None:
        return []
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {path}: {reason(error)}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text: an order is a line such as server socket") from None
    return text.splitlines()


def _open_explorer(
    events: Sequence[Event] | None, upto: int | None, recording: Recording | None
) -> int:
    need_terminal()
    from ..tracer.rerun import Rerun
    from ..tui.explore_app import ExploreApp

    earlier = None if events is None else Rerun(events, upto)
    return show(ExploreApp(earlier=earlier, record=recording.write if recording else None))
