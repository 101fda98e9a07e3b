"""The positions of a trace at which going back and forward makes a stop.

One call leaves several events: it is let through its gate, it blocks, it returns, the
kernel is looked at.  A stop is where all of that is done and the next thing has not
begun: just before a call is let through, or begins without a gate, or a blocked one
wakes, or a process ends; where a person ordered that, just before the order.  The first
stop shows every tracee at its first gate, or every first console.  Of a watched process,
whose calls nobody sees, each look that shows something new is a stop.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from .events import (
    CallBlocked,
    CallEntered,
    CallGranted,
    CallRaised,
    CallReturned,
    Event,
    Ordered,
    ProcessExited,
    ProcessStarted,
    SocketsObserved,
)
from .names import QUESTIONS


class Stops:
    """The stops of a growing trace, in order.  The end of the trace is always one more."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._blocked: set[tuple[str | None, int]] = set()
        self._ordered: set[str | None] = set()
        self._watched: dict[str | None, bool] = {}  # whether it was looked at
        self._length = 0

    def __len__(self) -> int:
        return len(self._positions) + 1

    def append(self, event: Event) -> None:
        """Take the next event of the trace into account."""
        if self._begins_something(event):
            self._positions.append(self._length)
        self._length += 1

    def _begins_something(self, event: Event) -> bool:
        if isinstance(event, Ordered):
            if event.name != "start":
                self._ordered.add(event.proc)
            return event.name != "start"
        begins = self._begins_by_itself(event)
        if begins and event.proc in self._ordered:
            self._ordered.remove(event.proc)  # the stop is before the order that led to it
            return False
        return begins

    def _begins_by_itself(self, event: Event) -> bool:
        match event:
            case CallGranted() | ProcessExited():
                return True
            case ProcessStarted(watched=True):
                self._watched[event.proc] = False
            case SocketsObserved() if event.proc in self._watched:
                had_look, self._watched[event.proc] = self._watched[event.proc], True
                return had_look
            case CallEntered():
                return not event.gated and event.name not in QUESTIONS
            case CallBlocked():
                self._blocked.add((event.proc, event.call))
            case CallReturned() | CallRaised() if (event.proc, event.call) in self._blocked:
                self._blocked.remove((event.proc, event.call))
                return True
        return False

    def before(self, position: int) -> int | None:
        """The nearest stop before ``position``."""
        index = bisect_left(self._positions, position) - 1
        return self._positions[index] if index >= 0 else None

    def after(self, position: int) -> int | None:
        """The nearest stop after ``position``; None where that is the end."""
        index = bisect_right(self._positions, position)
        return self._positions[index] if index < len(self._positions) else None

    def at_or_after(self, position: int) -> int | None:
        """The first stop from ``position`` on; None where that is the end."""
        return self.after(position - 1)

    def number(self, position: int) -> int:
        """Which stop, from 1, is shown at ``position``."""
        return bisect_left(self._positions, position) + 1

    def position(self, number: int) -> int | None:
        """Where stop ``number`` is, counting from 1; None for the end and beyond."""
        index = max(1, number) - 1
        return self._positions[index] if index < len(self._positions) else None
