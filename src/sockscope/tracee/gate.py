"""The gate: every call enters it, may wait there for leave, and reports its end.

Events go to one buffer.  While stepping it is shipped at once, since somebody waits for
it; in a free run the agent ships it in batches, and the tracee decides for itself.

One lock orders the buffer's times, and also keeps the probe's peeks apart from calls:
a peek is made only under it, at fds on which no call is under way.  It is reentrant,
because a garbage collection may close a socket at any moment, also inside it.
"""

from __future__ import annotations

import binascii
import errno as errno_names
import itertools
import socket
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterable

from . import blocked, frames, probe
from .channel import Channel

STEP, FREE, UNTIL_BLOCKED = "step", "free", "until_blocked"

BATCH = 256
"""Events that a free run gathers at most before the calling thread ships them itself."""

ARG_PEEK = 1024
"""Octets of a bytes argument that are kept in its call's ``args``."""

CHANGES_KIND = frozenset(("bind", "listen", "accept", "connect", "connect_ex"))

Json = Dict[str, Any]


class Record:
    """One call on its way through the gate."""

    __slots__ = ("fd", "grant", "id", "limit", "looks", "name", "phase", "started", "thread_id")

    def __init__(self, number: int, name: str, fd: int, thread_id: int) -> None:
        self.id = number
        self.name = name
        self.fd = fd
        self.thread_id = thread_id
        self.phase = "gate"
        self.limit: int | None = None
        self.grant: Any | None = None
        self.started = 0
        self.looks = 0


class Gate:
    """The one gate of a tracee."""

    def __init__(self, channel: Channel, mode: str) -> None:
        self.mode = mode
        self.active = True
        self.lock = threading.RLock()
        self.agent_thread = 0
        self.own = threading.local()
        self.under_way: dict[int, Record] = {}
        self._channel = channel
        self._buffer: list[Json] = []
        self._numbers = itertools.count(1)
        self._observed: list[Json] | None = None
        self._direct = False

    # -- events ------------------------------------------------------------------

    def emit(self, event: str, **fields: Any) -> None:
        """Add one event to the buffer, with the time at which it was added."""
        with self.lock:
            fields["event"] = event
            fields["t"] = time.monotonic_ns()
            self._buffer.append(fields)
            full = len(self._buffer) >= BATCH
        if full or self._direct:
            self.ship()

    def ship(self, **reply: Any) -> bool:
        """Send the buffer; ``upto`` promises that no earlier event will follow."""
        with self.lock:
            events, self._buffer = self._buffer, []
            upto = time.monotonic_ns()
            return self._channel.send({"events": _in_json(events), "upto": upto, **reply})

    def ship_if_any(self) -> None:
        """Send the buffer where it holds anything."""
        if self._buffer:
            self.ship()

    def go_direct(self) -> None:
        """From here on make every call at once and ship every event at once.

        For the end of the interpreter.  The lock is kept from here on, because the agent's
        thread is frozen wherever it stands once the interpreter ends, and must not have it.
        """
        self.set_mode(FREE)
        self.lock.acquire()
        self.ship()
        self._direct = True

    # -- the way of a call -------------------------------------------------------

    def enter(self, name: str, sock: Any, args: list[Any], stops: bool, via: Any) -> Record:
        """Report a call at its gate and wait there for leave, where it needs leave."""
        record = Record(next(self._numbers), name, socket.socket.fileno(sock), self._thread_id())
        waits = stops and self.mode == STEP and not self._direct and self.may_wait()
        frame = frames.caller()
        fields: Json = {"call": record.id, "fd": record.fd, "name": name, "args": args}
        fields["thread"] = self.own.name
        if frame is not None:
            fields["file"], fields["line"] = frame.f_code.co_filename, frame.f_lineno
        if via is not None:
            fields["via"] = via
        timeout = socket.socket.gettimeout(sock)
        if timeout is not None:
            fields["timeout"] = timeout
        if self.mode != FREE:
            fields["would_block"] = blocked.would_block(name, record.fd)
            if frame is not None:
                fields["locals"] = frames.local_texts(frame)
        if waits:
            fields["gated"] = True
            record.grant = threading.Lock()
            record.grant.acquire()
        with self.lock:
            self.emit("call_entered", **fields)
            self.under_way[record.id] = record
        if waits:
            self._wait(record)
        elif self.mode == UNTIL_BLOCKED and fields["would_block"]:
            self.mode = STEP
        record.phase = "running"
        record.started = time.monotonic_ns()
        return record

    def _wait(self, record: Record) -> None:
        self.ship()
        try:
            assert record.grant is not None
            record.grant.acquire()
        except BaseException as error:
            record.started = time.monotonic_ns()
            self.raised(record, error)
            raise

    def _thread_id(self) -> int:
        own = self.own
        if not hasattr(own, "id"):
            own.id = threading.get_native_id()
            own.name = _thread_name()
        return int(own.id)

    def may_wait(self) -> bool:
        """Whether the present thread may sleep at a gate.

        Not the thread that opens it, and not a collection that came inside our lock.
        """
        if threading.get_ident() == self.agent_thread or sys.is_finalizing():
            return False
        return not self.is_looking()

    def grant(self, number: int, limit: int | None) -> None:
        """Let one call through its gate, perhaps with at most ``limit`` octets."""
        record = self.under_way.get(number)
        if record is None or record.phase != "gate" or record.grant is None:
            return
        record.limit = limit
        record.phase = "running"
        self.emit("call_granted", call=number, limit=limit)
        record.grant.release()

    def set_mode(self, mode: str) -> None:
        """Change how calls go through; leaving STEP lets the waiting ones go."""
        self.mode = mode
        if mode == STEP:
            return
        for record in list(self.under_way.values()):
            at_gate = mode == UNTIL_BLOCKED and record.phase == "gate"
            if at_gate and blocked.would_block(record.name, record.fd):
                self.mode = STEP
            self.grant(record.id, None)

    def returned(self, record: Record, value: Any, data: bytes | None) -> None:
        """Report that a call returned."""
        elapsed = time.monotonic_ns() - record.started
        fields: Json = {"call": record.id, "value": value, "elapsed_ns": elapsed}
        if data is not None:
            fields["data"] = data
        if record.limit is not None:
            fields["limit"] = record.limit
        self._finish(record, "call_returned", fields)

    def raised(self, record: Record, error: BaseException) -> None:
        """Report that a call raised."""
        elapsed = time.monotonic_ns() - record.started
        number = error.errno if isinstance(error, OSError) else None
        kind = type(error)
        message = str(error) if kind.__module__ in ("builtins", "socket") else kind.__name__
        fields: Json = {
            "call": record.id,
            "errno": errno_names.errorcode.get(number or 0),
            "exception": kind.__name__,
            "message": message[:500],
            "elapsed_ns": elapsed,
        }
        self._finish(record, "call_raised", fields)

    def _finish(self, record: Record, event: str, fields: Json) -> None:
        with self.lock:
            self.under_way.pop(record.id, None)
            self.emit(event, **fields)
        if self.mode == STEP and not self._direct:
            self.observe()
            self.ship()
        elif record.name in CHANGES_KIND and event == "call_returned":
            self._observe_some(_fds_of(record, fields["value"]))

    # -- looking -----------------------------------------------------------------

    def observe(self) -> None:
        """Look at every socket of this process; report it where anything changed."""
        with self.lock:
            views = probe.observe_all(self._busy_fds())
            if views != self._observed:
                self._observed = views
                self.emit("sockets_observed", sockets=views)

    def is_looking(self) -> bool:
        """Whether the present thread is in the middle of a look of ours."""
        return self.lock._is_owned()  # type: ignore[attr-defined,no-any-return]

    def _observe_some(self, fds: Iterable[int]) -> None:
        with self.lock:
            views = [probe.observe(fd, fd not in self._busy_fds()) for fd in fds]
            self._observed = None
            self.emit("sockets_observed", sockets=[v for v in views if v], partial=True)

    def _busy_fds(self) -> Any:
        """Fds that a call may be reading right now; a peek there could race with it."""
        calls = list(self.under_way.values())
        return {r.fd for r in calls if r.phase != "gate" and r.name in blocked.READS}

    def find_blocked(self) -> bool:
        """Report calls that are found asleep; whether any call is still neither here nor there.

        A free run's call counts as blocked when it was found asleep at two looks.
        """
        unsettled = False
        for record in list(self.under_way.values()):
            if record.phase == "gate":
                continue
            where = blocked.evidence(record.name, record.fd, record.thread_id)
            if where is None:
                record.looks = 0
                unsettled = True
            elif record.phase == "running":
                record.looks += 1
                if self.mode == STEP or record.looks > 1:
                    self._report_blocked(record, where)
        return unsettled

    def _report_blocked(self, record: Record, where: str) -> None:
        with self.lock:
            if record.id in self.under_way:
                record.phase = "blocked"
                self.emit("call_blocked", call=record.id, where=where)

    # -- other ways in -----------------------------------------------------------

    def recorded(self, name: str, sock: Any, args: list[Any], make: Callable[[], Any]) -> Any:
        """A question: made at once, and recorded."""
        record = self.enter(name, sock, args, False, None)
        try:
            value = make()
        except BaseException as error:
            self.raised(record, error)
            raise
        self.returned(record, plain_value(value), None)
        return value

    def not_seen(self, what: str) -> None:
        """Say that something happens which the gate does not see."""
        self.emit("not_seen", what=what)


def _fds_of(record: Record, value: Any) -> list[int]:
    return [record.fd, value[0]] if record.name == "accept" else [record.fd]


def _thread_name() -> str:
    thread = getattr(threading, "_active", {}).get(threading.get_ident())
    return str(thread.name) if thread is not None else "unnamed"


def octets_argument(data: Any) -> Json:
    """How a bytes argument stands in ``args``: its length and its first octets."""
    view = memoryview(data)
    head = bytes(view[:ARG_PEEK]) if view.contiguous and view.format == "B" else bytes(data)
    return {"bytes": view.nbytes, "peek": head[:ARG_PEEK]}


def plain_value(value: Any) -> Any:
    """A result as the trace writes it."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return octets_argument(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, socket.socket):
        return socket.socket.fileno(value)
    if isinstance(value, (tuple, list)):
        return [plain_value(item) for item in value]
    return frames.safe_text(value)


def _in_json(events: list[Json]) -> list[Json]:
    for event in events:
        data = event.get("data")
        if data is not None:
            event["data"] = _base64(data)
        for arg in event.get("args", ()):
            if type(arg) is dict and type(arg.get("peek")) is bytes:
                arg["peek"] = _base64(arg["peek"])
        value = event.get("value")
        if type(value) is dict:
            value["peek"] = _base64(value["peek"])
    return events


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
