"""The calls of a tracee and how they are reported.

A free run must cost little per call, so a call is one Record that is filled in as it
goes, and nobody takes a lock for it: a record enters ``under_way`` before its time is
taken, and its end is noted before it moves on to ``_done``.  So the agent, which looks
the other way round (clock first, then ``under_way``, then ``_done``), can promise that
nothing earlier than ``upto`` will follow.

A call that begins and ends between two shipments is one row, five numbers and its octets;
one that was seen under way is reported by two events, like everything else.  Programs repeat
themselves: what calls have in common but for their times and their octets is their shape,
and a shape is best sent once.
"""

from __future__ import annotations

import struct
import threading
from time import monotonic_ns as clock

from .tally import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence

    from .breaks import Condition
    from .channel import Channel
    from .gate import Me
    from .passage import Method

    Json = Dict[str, Any]

BATCH = 512
"""Calls that are gathered at most before the calling thread ships them itself."""

SHAPES = 4096
"""Shapes after which all are forgotten."""

OCTETS_FIRST = (bytes,)
"""Stands in a likeness for the types of arguments of which the first is the call's octets."""

OCTETS: dict[str, Any] = {}
"""Stands in a shape for the argument that is the octets of the call itself."""

ARG_PEEK = 1 << 10
"""Octets of a bytes argument that are kept in its call's ``args`` in a free run."""


UNSEEN = object()
"""Stands for the look at a call's socket that nobody has asked for."""


def octets_argument(data: Any, bound: int = ARG_PEEK) -> Json:
    """How a bytes argument stands in ``args``: its length and its first octets."""
    if type(data) is bytes:
        return {"bytes": len(data), "peek": data[:bound]}
    view = memoryview(data)
    head = bytes(view[:bound]) if view.contiguous and view.format == "B" else bytes(data)
    return {"bytes": view.nbytes, "peek": head[:bound]}


def with_octets_told(args: Sequence[Any], bound: int) -> tuple[Any, ...]:
    """The same arguments, each that is bytes as it stands in ``args`` of the trace."""
    return tuple([octets_argument(arg, bound) if type(arg) is bytes else arg for arg in args])


class Record:
    """One call.  Times are in nanoseconds of the monotonic clock, 0 until they are known.

    What every call has are slots that the gate fills, and the rest has values of the class:
    so it is made in a third of the time.  It is ``whole`` while nobody has seen it under
    way, and nothing is to be told of it that a row has no place for.
    """

    __slots__ = (
        *("id", "me", "method", "fd", "timeout", "args", "awaited", "file", "line"),
        *("entered", "started", "ended", "value", "data", "__dict__"),
    )
    id: int
    me: Me
    method: Method
    fd: int
    timeout: float | None
    args: tuple[Any, ...]
    awaited: dict[int, int] | None
    file: str | None
    line: int | None
    entered: int
    started: int
    ended: int
    value: Any
    data: bytes | None
    phase = "running"
    whole = True
    limit: int | None = None
    met: str | None = None
    undecided: Sequence[Condition] = ()
    would_block: bool | None = None
    locals: Json | None = None
    number = 0
    within: str | None = None
    own_line: tuple[str, int] | None = None
    socket_before: Any = UNSEEN
    doubted = False
    gated = False
    grant: Any = None
    looks = 0
    shipped = False
    error: tuple[Any, ...] | None = None
    cipher: tuple[int, int] | None = None
    carried: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The call's name, as the trace has it."""
        return self.method.name

    @property
    def via(self) -> str | None:
        """By what the program made it, where that is another."""
        return self.method.via

    def entering(self) -> Json:
        """The event that it came to its gate."""
        return {
            "event": "call_entered",
            "t": self.entered,
            "call": self.id,
            "fd": self.fd,
            "name": self.name,
            "args": with_octets_told(self.args, ARG_PEEK),
            "file": self.file,
            "line": self.line,
            "thread": self.me.name,
            "via": self.via,
            "timeout": self.timeout,
            "would_block": self.would_block,
            "gated": self.gated,
            "locals": self.locals,
            "within": self.within,
        }

    def ending(self) -> Json:
        """The event that it returned or raised."""
        event = {"t": self.ended, "call": self.id, "elapsed_ns": self.ended - self.started}
        if self.cipher is not None:
            event["cipher_sent"], event["cipher_received"] = self.cipher
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

    def shape(self) -> list[Any]:
        """Everything but its number, its times and its octets: see ``sockscope.tracer.rows``."""
        data, value = self.data, self.value
        if data is not None:
            value = 0 if type(value) is int else [0, *value[1:]]
        args = [OCTETS if arg is data and data is not None else arg for arg in self.args]
        return [
            self.name,
            self.fd,
            self.file,
            self.line,
            self.me.name,
            self.via,
            self.timeout,
            with_octets_told(args, ARG_PEEK),
            value,
            self.error,
        ]


class Shapes:
    """The shapes of calls that were sent already, each with its number."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._new: list[list[Any]] = []
        self._count = 0

    def row(self, record: Record) -> tuple[int, int, int, int, int] | None:
        """A whole call as a row; None where its octets are not as many as its value says."""
        args, value, data = record.args, record.value, record.data
        size, source, kinds = -1, None, None
        if data is None:
            if record.awaited is None:
                kinds = tuple(map(type, args))  # for 1 is equal to True, and to 1.0
            source = value if record.error is None else ("raised", *record.error)
        else:
            size = len(data)
            if type(value) is not int:
                value, source = value[0], value[1:]
            if value != size:
                return None
            if args and args[0] is data:
                args, kinds = args[1:], OCTETS_FIRST
        likeness = (
            record.method,
            record.fd,
            record.file,
            record.line,
            record.me.name,
            record.timeout,
            args,
            kinds,
            source,
        )
        try:
            shape = self._numbers.get(likeness)
        except TypeError:  # an argument has no hash
            shape = self._add(record)
        if shape is None:
            shape = self._numbers[likeness] = self._add(record)
        return shape, record.id, record.entered, record.ended, size

    def _add(self, record: Record) -> int:
        self._new.append(record.shape())
        self._count += 1
        return self._count - 1

    def begin(self) -> int:
        """Begin a message; gives how many shapes are still known from those before it."""
        if self._count > SHAPES:
            self._numbers.clear()
            self._count = 0
        return self._count

    def take_new(self) -> list[list[Any]]:
        """The shapes that were numbered since then, in the order of their numbers."""
        new, self._new = self._new, []
        return new


class Reports:
    """Gathers what happened, and ships it; without a ``channel`` it is forgotten."""

    def __init__(self, channel: Channel | None = None) -> None:
        self.lock = threading.RLock()
        self.under_way: dict[int, Record] = {}
        self._channel = channel
        self._events: list[Json] = []
        self._done: list[Record] = []
        self._shapes = Shapes()
        self.tally = Tally()

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

    def emit(self, event: str, t: int | None = None, **fields: Any) -> None:
        """Anything else has happened, at ``t`` or just now; ``t`` from within the lock."""
        fields["event"] = event
        with self.lock:
            fields["t"] = clock() if t is None else t
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
                    record.shipped, record.whole = True, False
                    events.append(record.entering())
            done, self._done = self._done, []
            known = self._shapes.begin()
            rows: list[int] = []
            octets = []
            take, row_of = self.tally.take, self._shapes.row
            for record in done:
                unseen = take(record)
                if unseen is not None:
                    events.append({"event": "not_seen", "t": record.ended, "what": unseen})
                row = row_of(record) if record.whole else None
                if row is not None:
                    rows += row
                    octets.append(record.data or b"")
                    continue
                if not record.shipped:
                    events.append(record.entering())
                events.append(record.ending())
            message = {
                "events": events,
                "known": known,
                "shapes": self._shapes.take_new(),
                "rows": len(octets),
                "upto": upto,
                **reply,
            }
            numbers = struct.pack(f"<{len(rows)}q", *rows)
            if self._channel is not None:
                self._channel.send(message, b"".join((numbers, *octets)))

    def ship_if_any(self) -> None:
        """Send what there is, if there is anything."""
        if self._events or self._done or any(not r.shipped for r in self.calls_under_way()):
            self.ship()

    def calls_under_way(self) -> list[Record]:
        """The calls that have not ended, oldest first."""
        return list(self.under_way.copy().values())
