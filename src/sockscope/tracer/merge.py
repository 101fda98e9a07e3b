"""Puts the reports of several processes into the one order in which things happened.

All processes of a machine read one monotonic clock, so times can be compared.  Each
source promises, with every batch, that nothing earlier will follow; what lies before
the promises of all sources may go out.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Any

Report = dict[str, Any]
"""An event as in the trace file, but with ``t`` on the machine's monotonic clock."""


class Merge:
    """Reports in the order of their ``t``, held back until no earlier one can come."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Report]] = []
        self._arrivals = count()
        self._promises: dict[str, int] = {}
        self.latest = 0

    def open(self, source: str, upto: int = 0) -> None:
        """Await reports of ``source``, none earlier than ``upto`` (nanoseconds)."""
        self._promises[source] = upto

    def promise(self, source: str, upto: int) -> None:
        """Nothing earlier than ``upto`` will come from ``source`` any more."""
        if source in self._promises:
            self._promises[source] = max(upto, self._promises[source])

    def close(self, source: str) -> None:
        """Nothing at all will come from ``source`` any more."""
        self._promises.pop(source, None)

    def push(self, report: Report) -> None:
        """Take one report in."""
        time = report["t"]
        self.latest = max(self.latest, time)
        heapq.heappush(self._heap, (time, next(self._arrivals), report))

    def ready(self) -> Iterator[Report]:
        """Take out the reports whose turn has come."""
        until = min(self._promises.values(), default=None)
        while self._heap and (until is None or self._heap[0][0] <= until):
            yield heapq.heappop(self._heap)[2]

    def flush(self) -> Iterator[Report]:
        """Take out all reports, whatever may still come."""
        while self._heap:
            yield heapq.heappop(self._heap)[2]
