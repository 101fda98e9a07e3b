"""The positions of a trace at which going back and forward makes a stop.

One call leaves several events: it is let through its gate, it blocks, it returns, the
kernel is looked at.  A stop is where all of that is done and the next thing has not
begun: just before a call is let through, or begins without a gate, or a blocked one
wakes, or a process ends.  The first stop shows every tracee at its first gate.
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
    ProcessExited,
)
from .names import QUESTIONS


class Stops:
    """The stops of a growing trace, in order.  The end of the trace is always one more."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._blocked: set[tuple[str | None, int]] = set()
        self._length = 0

    def __len__(self) -> int:
        return len(self._positions) + 1

    def append(self, event: Event) -> None:
        """Take the next event of the trace into account."""
        if self._begins_something(event):
            self._positions.append(self._length)
        self._length += 1

    def _begins_something(self, event: Event) -> bool:
        match event:
            case CallGranted() | ProcessExited():
                return True
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
