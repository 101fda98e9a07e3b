"""Where threads stop by themselves: at breakpoints, before their call or once it has ended.

One that stops after its call stands there.  Where only the tracer can tell whether a condition
is met, it is asked, and says whether to go on or to stay.
"""

from __future__ import annotations

import threading

from .breaks import Breaks
from .looks import fds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

    from .breaks import Given
    from .gate import Gate
    from .records import Record


class Stops:
    """The calls of one gate that breakpoints have stopped."""

    def __init__(self, gate: Gate) -> None:
        self.has_begun = False  # some call was let through, or has stopped
        self._gate = gate
        self._standing: dict[int, Record] = {}

    def set(self, given: Given) -> None:
        """Have these breakpoints from here on."""
        gate = self._gate
        if gate.breaks is None:
            gate.breaks = Breaks(given)
        else:
            gate.breaks.set(given)
        for record in gate.reports.calls_under_way():
            record.met = gate.breaks.again(record)

    def forget(self) -> None:
        """Nobody is there any more to say where to stop."""
        self._gate.breaks = None
        for record in (*self._gate.reports.calls_under_way(), *self._stopped()):
            record.doubted = False

    def stand(self, record: Record) -> None:
        """Stand still after a call, where it meets a breakpoint or may meet one."""
        gate = self._gate
        met = None if gate.breaks is None else gate.breaks.after(record)
        if met is None or not gate.may_wait():
            return
        gate.looks.observe(fds_of(record))
        record.grant = threading.Lock()
        record.grant.acquire()
        self._standing[record.id] = record
        self.tell(record, met)
        try:
            record.grant.acquire()
        finally:
            self._standing.pop(record.id, None)

    def tell(self, record: Record, met: str) -> None:
        """Ship at once, with the condition that is met; the tracer finds out where there is none.

        What is sure stops every other thread at its next call, too.
        """
        record.doubted = not met
        self.has_begun = True
        if met:
            self._gate.hold_all()
        self._gate.reports.ship(stop=[record.id, met or None, record.ended > 0])

    def let_go(self) -> None:
        """Let all go on that stand, but for those of which the tracer has yet to tell."""
        for record in self._stopped():
            if not record.doubted:
                self.go(record.id)

    def go(self, number: int, still_open: Sequence[str] = ()) -> None:
        """Let a call go on that stopped: it meets no breakpoint, or is done with.

        Its end is looked at for the conditions that are ``still_open``.
        """
        standing = self._standing.get(number)
        if standing is not None and standing.grant.locked():
            standing.grant.release()
            return
        record = self._gate.reports.under_way.get(number)
        if record is not None:
            record.undecided = [other for other in record.undecided if other[0] in still_open]
        self._gate.grant(number, None)

    def stay(self, number: int, condition: str | None) -> None:
        """Keep a call where it stopped: it meets ``condition``, or another one was met."""
        record = self._standing.get(number) or self._gate.reports.under_way.get(number)
        if record is not None:
            record.doubted = False
            record.undecided = [other for other in record.undecided if other[0] != condition]

    def _stopped(self) -> list[Record]:
        return list(self._standing.copy().values())
