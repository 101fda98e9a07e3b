"""The whole of a trace, and the state at any position of it.

Keeping the state of every position would cost too much memory, working each one out
from the start too much time.  So one state in STRIDE is kept, and the others are
worked out from the nearest one before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .events import Event
from .fold import apply, fold
from .state import EMPTY, State

STRIDE: Final = 256


class History:
    """A growing list of events with the state after each of them.  Positions count from 0."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.events: list[Event] = []
        self.latest = EMPTY
        self._kept = [EMPTY]
        for event in events:
            self.append(event)

    def __len__(self) -> int:
        return len(self.events)

    def append(self, event: Event) -> State:
        """Take one more event in; gives the state after it."""
        self.events.append(event)
        self.latest = apply(self.latest, event)
        if len(self.events) % STRIDE == 0:
            self._kept.append(self.latest)
        return self.latest

    def at(self, position: int) -> State:
        """The state after the first ``position`` events, 0 giving the empty one."""
        if not 0 <= position <= len(self.events):
            raise IndexError(f"position {position} of {len(self.events)}")
        if position == len(self.events):
            return self.latest
        kept = position // STRIDE
        return fold(self.events[kept * STRIDE : position], self._kept[kept])
