"""An explorer without a screen: orders from a file, one a line, and the trace as text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..trace import events as e
from ..trace.fields import OrderError
from ..trace.orders import parse_line
from ..trace.script import Scripts
from .errors import SessionError
from .explorer import Explorer
from .headless import Sink
from .rerun import Rerun


class StoppedError(RuntimeError):
    """An order that could not be carried out; the message is one line and names its place."""


def run(
    lines: Sequence[str],
    sinks: Iterable[Sink],
    earlier: Iterable[e.Event] | None = None,
    upto: int | None = None,
    export: str | None = None,
) -> None:
    """Carry out orders, after those of an ``earlier`` trace up to position ``upto``.

    Empty lines and lines that begin with # are passed over.  With ``export``, programs that
    make the same calls are written to that folder.  Raises StoppedError at the first order that
    cannot be carried out, and OSError where a program cannot be written.
    """
    scripts = Scripts()
    takers = [scripts.take, *sinks]
    asyncio.run(_explore(lines, takers, None if earlier is None else Rerun(earlier, upto)))
    if export is not None:
        Path(export).mkdir(parents=True, exist_ok=True)
        for name, text in scripts.files().items():
            (Path(export) / name).write_text(text, encoding="utf-8")


async def _explore(lines: Sequence[str], takers: Sequence[Sink], earlier: Rerun | None) -> None:
    def take(event: e.Event) -> None:
        for taker in takers:
            taker(event)

    explorer = Explorer(earlier)
    explorer.listener = take
    try:
        await _start(explorer)
        for number, line in enumerate(lines, 1):
            await _obey(explorer, number, line)
    finally:
        explorer.listener = _no_more
        await explorer.close()


async def _start(explorer: Explorer) -> None:
    try:
        await explorer.start()
    except SessionError as error:
        raise StoppedError(str(error)) from None


async def _obey(explorer: Explorer, number: int, line: str) -> None:
    if not line.strip() or line.lstrip().startswith("#"):
        return
    try:
        await explorer.perform(parse_line(line))
    except (OrderError, SessionError) as error:
        raise StoppedError(f"line {number}: {error}") from None


def _no_more(event: e.Event) -> None:
    """What the end of the explorer itself brings about was ordered by nobody."""
