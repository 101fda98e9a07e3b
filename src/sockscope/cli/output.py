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


def may_write_over(path: Path, begins: str) -> bool:
    """Whether there is no file yet, or one that begins like what we write, or is empty."""
    try:
        if not path.is_file():
            return True
        with path.open("rb") as file:
            return file.read(len(begins)) in (b"", begins.encode())
    except OSError:
        return False


@contextlib.contextmanager
def recorded(path: str | None) -> Iterator[Recording | None]:
    """Where the trace is written, if anywhere.

    Raises UserError where it cannot be, or would replace what is no trace.
    """
    if path is None:
        yield None
        return
    from ..trace.codec import header
    from ..tracer.recording import Recording

    if not may_write_over(Path(path), header()):
        raise UserError(f"{path} exists and is no trace: name another file after --trace")
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
    from ..trace.codec import decode
    from ..trace.json_text import MAX_LINE, TraceError

    try:
        with Path(path).open("rb") as file:
            return list(decode(iter(lambda: file.readline(MAX_LINE + 1), b"")))
    except OSError as error:
        raise UserError(f"cannot read {path}: {reason(error)}") from None
    except TraceError as error:
        raise UserError(f"{path}: {error}") from None
