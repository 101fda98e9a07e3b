"""The calls of a tracee and how they are reported.

A free run must cost little per call, so a call is one Record that is filled in as it
goes, and nobody takes a lock for it: a record enters ``under_way`` before its time is
taken, and its end is noted before it moves on to ``_done``.  So the agent, which looks
the other way round (clock first, then ``under_way``, then ``_done``), can promise that
nothing earlier than ``upto`` will follow.

A call that begins and ends between two shipments is one row; one that was seen under
way is reported by two events, like everything else.
"""

from __future__ import annotations

import threading
from time import monotonic_ns as clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from .blocked import Thread
    from .channel import Channel

    Json = Dict[str, Any]

BATCH = 512
"""Calls that are gathered at most before the calling thread ships them itself."""


class Record:
    """One call.  Times are in nanoseconds of the monotonic clock, 0 until they are known."""

    would_block: bool | None = None
    locals: Json | None = None
    gated = False
    grant: Any = None
    limit: int | None = None
    phase = "gate"
    looks = 0
    shipped = False
    value: Any = None
    data: bytes | None = None
    error: list[Any] | None = None
    file: str | None = None
    line: int | None = None
    entered = started = ended = 0
    thread: str
    sleeper: Thread
    timeout: float | None

    def __init__(self, number: int, name: str, fd: int, args: list[Any], via: Any) -> None:
        self.id = number
        self.name = name
        self.fd = fd
        self.args = args
        self.via = via

    def entering(self) -> Json:
        """The event that it came to its gate."""
        return {
            "event": "call_entered",
            "t": self.entered,
            "call": self.id,
            "fd": self.fd,
            "name": self.name,
            "args": self.args,
            "file": self.file,
            "line": self.line,
            "thread": self.thread,
            "via": self.via,
            "timeout": self.timeout,
            "would_block": self.would_block,
            "gated": self.gated,
            "locals": self.locals,
        }

    def ending(self) -> Json:
        """The event that it returned or raised."""
        event = {"t": self.ended, "call": self.id, "elapsed_ns": self.ended - self.started}
        if self.error is not None:
            errno, exception, message = self.error
            return {
                "event": "call_raised",
                "errno": errno,
                "exception": exception,
                "message": message,
                **event,
            }
        return {
            "event": "call_returned",
            "value": self.value,
            "data": self.data,
            "limit": self.limit,
            **event,
        }

    def row(self) -> list[Any]:
        """Both events in one: see ``sockscope.tracer.rows``, which reads it."""
        return [
            self.entered,
            self.ended,
            self.id,
            self.fd,
            self.name,
            self.args,
            self.file,
            self.line,
            self.thread,
            self.via,
            self.timeout,
            self.ended - self.started,
            self.value,
            self.data,
            self.error,
        ]


class Reports:
    """Gathers what happened, and ships it."""

    def __init__(self, channel: Channel) -> None:
        self.lock = threading.RLock()
        self.under_way: dict[int, Record] = {}
        self._channel = channel
        self._events: list[Json] = []
        self._done: list[Record] = []

    def begin(self, record: Record) -> None:
        """A call has come to its gate."""
        self.under_way[record.id] = record
        record.entered = clock()

    def end(self, record: Record) -> None:
        """A call has ended."""
        record.ended = clock()
        done = self._done
        done.append(record)
        self.under_way.pop(record.id, None)
        if len(done) >= BATCH:
            self.ship()

    def emit(self, event: str, **fields: Any) -> None:
        """Anything else has happened, just now."""
        fields["event"] = event
        with self.lock:
            fields["t"] = clock()
            self._events.append(fields)

    def ship(self, **reply: Any) -> None:
        """Send everything; ``upto`` promises that nothing earlier will follow."""
        with self.lock:
            upto = clock()
            events, self._events = self._events, []
            for record in self.calls_under_way():
                if record.ended:
                    upto = min(upto, record.ended - 1)
                elif record.entered and not record.shipped:
                    record.shipped = True
                    events.append(record.entering())
            done, self._done = self._done, []
            rows = []
            for record in done:
                if not record.shipped and record.locals is None:
                    rows.append(record.row())
                    continue
                if not record.shipped:
                    events.append(record.entering())
                events.append(record.ending())
            self._channel.send({"events": events, "rows": rows, "upto": upto, **reply})

    def ship_if_any(self) -> None:
        """Send what there is, if there is anything."""
        if self._events or self._done or any(not r.shipped for r in self.calls_under_way()):
            self.ship()

    def calls_under_way(self) -> list[Record]:
        """The calls that have not ended, oldest first."""
        return list(self.under_way.copy().values())
