"""Puts the reports of several processes into the one order in which things happened.

All processes of a machine read one monotonic clock, so times can be compared.  Those of
another machine come as times of ours, with an error that ``link`` tells of; octets take
longer from program to program than that, or else a recv could stand before its send.  Each
source promises, with every batch, that nothing earlier will follow; what lies before
the promises of all sources may go out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter

from .rows import Timed

_time = itemgetter(0)


class Merge:
    """Reports in the order of their time, held back until no earlier one can come."""

    def __init__(self) -> None:
        self._held: list[Timed] = []
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

    def push(self, reports: Iterable[Timed]) -> None:
        """Take some reports in."""
        before = len(self._held)
        self._held.extend(reports)
        self.latest = max(self.latest, max(map(_time, self._held[before:]), default=0))

    def ready(self) -> list[Timed]:
        """Take out the reports whose turn has come."""
        self._held.sort(key=_time)
        until = min(self._promises.values(), default=None)
        end = len(self._held) if until is None else bisect_right(self._held, until, key=_time)
        going, self._held = self._held[:end], self._held[end:]
        return going

    def flush(self) -> list[Timed]:
        """Take out all reports, whatever may still come."""
        self._promises.clear()
        return self.ready()
