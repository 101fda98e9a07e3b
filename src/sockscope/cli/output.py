"""Where the text and the trace of a run go."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UserError, reason

if TYPE_CHECKING:
    from ..trace.events import Event
    from ..tracer import headless
    from ..tracer.recording import Recording


def add_flags(command: argparse.ArgumentParser) -> None:
    """What every command that can do without a screen understands."""
    command.add_argument("--headless", action="store_true", help="no screen: the call ladder")
    command.add_argument("--json", action="store_true", help="with --headless: the trace")
    command.add_argument(
        "--explain", action="store_true", help="with --headless: what each call means"
    )


def check_flags(options: argparse.Namespace) -> None:
    for name in ("json", "explain"):
        if getattr(options, name) and not options.headless:
            raise UserError(f"--{name} goes with --headless")


@contextlib.contextmanager
def recorded(path: str | None) -> Iterator[Recording | None]:
    if path is None:
        yield None
        return
    from ..tracer.recording import Recording

    try:
        recording = Recording(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {reason(error)}") from None
    with recording:
        yield recording
    if recording.problem is not None:
        print(f"sockscope: {recording.problem}", file=sys.stderr)


def text_sink(options: argparse.Namespace) -> headless.Sink:
    from ..tracer import headless

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A trace is UTF-8 wherever it is written; a terminal may know fewer characters.
        if options.json:
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.reconfigure(errors="backslashreplace")
    if options.json:
        return headless.Json(sys.stdout)
    foreign = options.command == "replay"
    return headless.Plain(sys.stdout, sys.stderr, options.explain, foreign)


def read_trace(path: str) -> list[Event]:
    """The events of a trace file.  Raises UserError where it cannot be read."""
    from ..trace.codec import MAX_LINE, TraceError, decode

    try:
        with Path(path).open("rb") as file:
            return list(decode(iter(lambda: file.readline(MAX_LINE + 1), b"")))
    except OSError as error:
        raise UserError(f"cannot read {path}: {reason(error)}") from None
    except TraceError as error:
        raise UserError(f"{path}: {error}") from None
