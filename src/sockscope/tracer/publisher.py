"""One trace in the making: what tracees tell is put in order, numbered, and passed on.

Events leave through ``listener``, in order, each with its position ``n``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ..trace import events as e
from . import rows
from .canonical import in_order
from .merge import Merge
from .process import Tracee
from .standing import Desk
from .unix_peers import UnixPeers

SLICE = 512
"""Reports that are published in one turn of the event loop, which has others to serve."""

BACKLOG = 64 * SLICE
"""Reports beyond which the tracees that they come from wait, where rows are passed on quickly."""

Listener = Callable[[e.Event], None]

RowsListener = Callable[[Sequence[rows.Placed]], None]
"""Told of a free run's calls that began and ended unobserved, many at a time.

Who listens so is not told the events of such calls.
"""


class Mapper(Protocol):
    """What maps events before they are numbered (``trace.stable``)."""

    def __call__(self, event: e.Event) -> e.Event: ...


class Publisher:
    """Publishes what the ``tracees`` of one trace tell, and what is known only here.

    With a ``mapper`` all of it is held back until a step is over, and then put in an order
    that does not vary.
    """

    def __init__(self, mapper: Mapper | None = None) -> None:
        self.listener: Listener = nobody
        self.rows_listener: RowsListener | None = None
        self.tracees: dict[str, Tracee] = {}
        self.desk = Desk()
        self._mapper = mapper
        self._merge = Merge()
        self._due: list[rows.Timed] = []
        self._began = time.monotonic_ns()
        self._n = 0
        self._t = 0
        self._held: list[e.Event] = []
        self._last: str | None = None  # who was stepped last
        self._sources: set[str | None] = {None}
        self._unix_peers = UnixPeers()

    def tell(self, kind: type[e.Event], proc: str, **fields: Any) -> None:
        """Publish something that is known only here, as what has happened last."""
        self._publish(kind(n=self._n + 1, t=self._now(), proc=proc, **fields))

    async def _publish_ready(self) -> None:
        """Publish what is in order, a slice at a time.

        A flood leaves the event loop alive, and holds up the tracees that it comes from.
        """
        for name, tracee in self.tracees.items():
            if tracee.exited.is_set():
                self._merge.close(name)
            else:
                self._merge.promise(name, tracee.upto)
        self._due += self._merge.ready()
        bound = SLICE if self.rows_listener is None else BACKLOG
        tracees = list(self.tracees.values()) if len(self._due) > bound else []
        for tracee in tracees:
            tracee.hold_reports(True)
        try:
            while self._due:
                some, self._due = self._due[:SLICE], self._due[SLICE:]
                self._publish_all(some)
                if self._due:
                    await asyncio.sleep(0)
        finally:
            for tracee in tracees:
                tracee.hold_reports(False)

    def _publish_all(self, reports: Sequence[rows.Timed]) -> None:
        placed: list[rows.Placed] = []
        for t, make, proc, report in reports:
            self._t = max(self._t, t - self._began)
            if self.rows_listener is not None and make in rows.ENDS:
                if make is rows.entered and report[0].file not in self._sources:
                    self._publish_rows(placed)
                    self._read_source(report[0].file, self.tracees[proc])
                self._n += 1
                placed.append((self._n, self._t, make, report))
                continue
            self._publish_rows(placed)
            event = make(self._n + 1, self._t, proc, report)
            if isinstance(event, e.CallEntered) and event.file not in self._sources:
                self._read_source(event.file, self.tracees[proc])
                event = replace(event, n=self._n + 1)
            self._publish(event)
        self._publish_rows(placed)

    def _publish_rows(self, placed: list[rows.Placed]) -> None:
        """Pass on some rows, and forget them."""
        if placed and self.rows_listener is not None:
            self.rows_listener(placed)
            placed.clear()

    def _publish(self, event: e.Event) -> None:
        """Pass on an event whose ``n`` is the next one."""
        if isinstance(event, e.SocketsObserved) and event.proc not in self.desk.elsewhere:
            event = self._unix_peers.complete(event)
        if not self.desk.take(event):
            return
        if self._mapper is not None:
            self._held.append(event)
            return
        self._n += 1
        self.listener(event)

    def _publish_held(self) -> None:
        """Pass on what one step brought, in an order that does not vary."""
        assert self._mapper is not None
        held, self._held = self._held, []
        for event in in_order(held, self._last, list(self.tracees)):
            self._n += 1
            self.listener(self._mapper(replace(event, n=self._n)))

    def _now(self) -> int:
        self._t = max(self._t, time.monotonic_ns() - self._began)
        return self._t

    def _read_source(self, file: str | None, tracee: Tracee) -> None:
        if file is not None and file not in self._sources:
            self._sources.add(file)
            tracee.read(file, partial(self._publish_source, file))

    def _publish_source(self, file: str, text: bytes) -> None:
        if text:
            shown = text.decode("utf-8", "replace")
            self._publish(e.SourceRead(n=self._n + 1, t=self._t, file=file, text=shown))


def nobody(event: e.Event) -> None:
    """Listens to no event: stands in until somebody does."""
