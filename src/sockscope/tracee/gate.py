"""The gate: every call enters it, may wait there for leave, and reports its end.

While stepping, what happens is shipped at once, since somebody waits for it; in a free
run the agent ships it in batches, and the tracee decides for itself.
"""

from __future__ import annotations

import errno
import itertools
import socket
import sys
import threading
from time import monotonic_ns as clock

from . import blocked, frames
from .breaks import Breaks
from .looks import Looks, fds_of
from .records import ARG_PEEK, Record, Reports, octets_argument, with_octets_told
from .stops import Stops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .breaks import Given
    from .cuts import Cuts
    from .passage import Counts, Method

STEP, FREE, UNTIL_BLOCKED, TOLD = "step", "free", "until_blocked", "told"
"""``told``: each call was ordered, so that none waits for leave."""

PROMPT = frozenset((STEP, TOLD))
"""Modes in which somebody waits for each report."""

STEPPED_ARG_PEEK = 1 << 16
"""Octets of a bytes argument that are kept in its call's ``args`` while stepping.

More than in a free run: the bytes of a send queue cannot be read from the kernel, but they
are those that a blocked send was given.
"""

ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}
"""Names by number; of two names for one number, the one that the calls' manual pages use."""

SETS_UP = frozenset(("setsockopt", "settimeout", "setblocking", "detach"))
"""Calls at which nothing happens: where a library makes them, they need not stop."""

NOBODYS = 0
"""The number of a call that a process was in when it was forked: it is its parent's."""

_fileno = socket.socket.fileno
_gettimeout = socket.socket.gettimeout


class Me:
    """What a thread remembers of itself; ``inside`` is true in the middle of a call."""

    def __init__(self) -> None:
        thread = getattr(threading, "_active", {}).get(threading.get_ident())
        self.inside = False
        self.over: tuple[Any, int] | None = None  # the line that is stepped over, and since when
        self.sleeper = blocked.Thread()
        self.name = str(thread.name) if thread is not None else "unnamed"


class Own(threading.local):
    """Gives each thread its own ``Me``."""

    def __init__(self) -> None:
        self.me = Me()


class Gate:
    """The one gate of a tracee.  Until it is told to ``begin`` every call goes by it."""

    def __init__(self) -> None:
        self.active = False
        self.agent_thread = 0
        self.cuts: Cuts | None = None
        self.every_call = True
        self.evidence = blocked.Evidence()
        self.looks = Looks()
        self.is_edge_triggered: Callable[[int], bool] = _never  # told once only that there is more
        self._at_end = False
        self._changes = 0  # of the mode
        self._be_anew(Reports(), FREE, 1, None)

    def begin(
        self, reports: Reports, mode: str, first_call: int, breaks: Given | None = None
    ) -> None:
        """Have every call from here on reported."""
        self._be_anew(reports, mode, first_call, None if breaks is None else Breaks(breaks))
        self.active = True

    def _be_anew(self, reports: Reports, mode: str, first_call: int, breaks: Breaks | None) -> None:
        self._be(mode)
        self.breaks = breaks
        self.stops = Stops(self)
        self.own = Own()
        self.reports = reports
        self._numbers = itertools.count(first_call)
        self.looks.begin(reports)
        self._connecting: set[int] = set()  # whose handshake the program did not wait for

    def go_direct(self) -> None:
        """From here on make every call at once and ship every event at once.

        For the end of the interpreter.  The lock is kept from here on, because the agent's
        thread is frozen wherever it stands once the interpreter ends, and must not have it.
        """
        if not self.active:
            return
        self.set_mode(FREE)
        self.reports.lock.acquire()
        for what in self.looks.strangers.left():
            self.not_seen(what)
        self.reports.ship()
        self._at_end = True
        self._be(FREE)

    def forget_calls(self) -> None:
        """This is a forked child: what its parent's threads were doing is not its own."""
        for record in self.reports.calls_under_way():
            record.id = NOBODYS
            record.undecided = ()

    # -- the way of a call -------------------------------------------------------

    def enter(
        self,
        me: Me,
        method: Method,
        sock: Any,
        args: tuple[Any, ...],
        awaited: dict[int, int] | None = None,
    ) -> Record:
        """Report a call at its gate and wait there for leave, where it needs leave.

        A wait for any of several sockets is a call of none of them, and the last of its
        ``args`` are its seconds.  One that does not wait never stops.
        """
        record = Record()
        record.me, record.method, record.args = me, method, args
        record.awaited = awaited
        if awaited is None:
            record.fd, record.timeout = _fileno(sock), _gettimeout(sock)
        else:
            record.fd, record.timeout = -1, args[-1]
        record.entered = record.ended = 0
        record.id = next(self._numbers)
        frame, record.file, record.line = frames.caller()
        if self.breaks is not None:
            record.met = self.breaks.before(record)
        if self.mode == FREE and record.met is None:
            self.reports.under_way[record.id] = record
        else:
            stops = method.stops and not (awaited is not None and record.timeout == 0)
            self._enter_slowly(record, frame, stops)
        if self.looks.is_on:
            with self.reports.lock:
                pass
        record.started = now = clock()
        if record.whole:
            record.entered = now
        return record

    def _enter_slowly(self, record: Record, frame: Any, stops: bool) -> None:
        record.phase, record.whole = "gate", False
        record.args = with_octets_told(record.args, self.arg_bound())
        record.would_block = blocked.would_block(record.name, record.fd, record.awaited)
        if frame is not None:
            record.locals = frames.local_texts(frame)
        if not self.every_call:
            record.within, record.own_line = frames.within(frame), frames.own_line(frame)
        waits = stops and self.mode == STEP and not self._passes(record)
        record.gated = (waits or record.met is not None) and self.may_wait()
        if record.gated:
            record.grant = threading.Lock()
            record.grant.acquire()
        self.reports.begin(record)
        if record.gated:
            self._wait(record, None if waits else record.met)
        elif self.mode == UNTIL_BLOCKED and record.would_block:
            self._be(STEP)
        record.phase = "running"

    def _passes(self, record: Record) -> bool:
        """Whether a call goes by where others stop.

        A library makes it, for the line that is being stepped over or to set a socket up.
        """
        if record.within is None:
            return False
        if record.name in SETS_UP:
            return True
        return record.me.over == (record.own_line, self._changes)

    def _wait(self, record: Record, met: str | None) -> None:
        if met is None:
            self.reports.ship()
        else:
            self.stops.tell(record, met)
        try:
            record.grant.acquire()
        except BaseException as error:
            record.started = clock()
            self.raised(record, error)
            raise

    def may_wait(self) -> bool:
        """Whether the present thread may sleep at a gate.

        Not the thread that opens it, and not a collection that came inside our lock.
        """
        if self._at_end or threading.get_ident() == self.agent_thread or sys.is_finalizing():
            return False
        return not self.is_looking()

    def arg_bound(self) -> int:
        """How many octets of a bytes argument to keep now."""
        return ARG_PEEK if self.mode == FREE else STEPPED_ARG_PEEK

    def step(self, number: int, limit: int | None, into: bool) -> None:
        """Let one call through its gate, perhaps with at most ``limit`` octets.

        Where a library makes it, and not ``into``, all go through that it makes for this line.
        """
        record = self.reports.under_way.get(number)
        if record is not None:
            is_over = record.within is not None and not into
            record.me.over = (record.own_line, self._changes) if is_over else None
        self.grant(number, limit)

    def grant(self, number: int, limit: int | None) -> None:
        """Let one call through its gate."""
        record = self.reports.under_way.get(number)
        if record is None or record.phase != "gate" or record.grant is None:
            return
        record.limit = limit
        record.phase = "running"
        self.stops.has_begun = True
        self.reports.emit("call_granted", call=number, limit=limit)
        record.grant.release()

    def set_mode(self, mode: str) -> None:
        """Change how calls go through; leaving STEP lets the waiting ones go."""
        self._change_mode(mode)
        if mode == STEP:
            return
        self.stops.let_go()
        for record in self.reports.calls_under_way():
            if record.doubted:
                continue
            if record.met is not None and not self.stops.has_begun and record.phase == "gate":
                self.stops.tell(record, record.met)
                if record.met:
                    return
                continue
            at_gate = mode == UNTIL_BLOCKED and record.phase == "gate"
            if at_gate and blocked.would_block(record.name, record.fd, record.awaited):
                self._be(STEP)
            self.grant(record.id, None)

    def _be(self, mode: str) -> None:
        self.mode = mode
        self._is_prompt = mode in PROMPT or self._at_end

    def hold_all(self) -> None:
        """Have every call stop from here on."""
        self._change_mode(STEP)

    def _change_mode(self, mode: str) -> None:
        """A line that was being stepped over is so no longer."""
        self._be(mode)
        self._changes += 1

    def returned(self, record: Record) -> None:
        """Report that a call returned."""
        if record.id == NOBODYS:
            return
        self.reports.end(record)
        changes_kind = record.method.changes_kind
        if self._is_prompt:
            self._report_at_once(record)
        elif changes_kind or record.fd in self._connecting:
            self._connecting.discard(record.fd)
            self.looks.observe_some(fds_of(record))
        if changes_kind and record.name == "connect_ex" and record.value == errno.EINPROGRESS:
            self._connecting.add(record.fd)
        if record.undecided:
            self.stops.stand(record)

    def raised(self, record: Record, error: BaseException) -> None:
        """Report that a call raised."""
        if record.id == NOBODYS:
            return
        kind = type(error)
        number = error.errno if isinstance(error, OSError) and kind.__module__ != "ssl" else None
        message = str(error) if kind.__module__ in ("builtins", "socket", "ssl") else kind.__name__
        record.value = record.data = None
        record.error = ERRNO_NAMES.get(number or 0), kind.__name__, message[:500]
        self.reports.end(record)
        if self._is_prompt:
            self._report_at_once(record)
        elif number == errno.EINPROGRESS:
            self.looks.observe_some(fds_of(record))
            self._connecting.add(record.fd)
        if record.undecided:
            self.stops.stand(record)

    def _report_at_once(self, record: Record) -> None:
        if record.phase == "blocked":
            record.me.over = None  # a line that had to wait is not stepped over further
        if not self._at_end:
            self.looks.observe(fds_of(record))
        self.reports.ship()

    # -- looking -----------------------------------------------------------------

    def is_looking(self) -> bool:
        """Whether the present thread is in the middle of a look or a report of ours."""
        return self.reports.lock._is_owned()  # type: ignore[attr-defined,no-any-return]

    def find_blocked(self) -> bool:
        """Report calls that are found asleep; whether any call is still neither here nor there.

        A call counts as blocked when it was found asleep at two looks: it may sleep for a
        moment where the kernel has work of its own, and for nobody else.
        """
        verdicts = list(map(self._is_unsettled, self.reports.calls_under_way()))
        return any(verdicts)

    def _is_unsettled(self, record: Record) -> bool:
        if record.phase == "gate":
            return False
        with self.reports.lock:
            t = clock()
            sleeper = record.me.sleeper
            where = self.evidence.of(record.name, record.fd, sleeper, record.awaited)
            if record.ended:
                return False  # it slept elsewhere, when the call was over
            if where is None:
                record.looks = 0
                return True
            if record.phase == "running":
                record.looks += 1
                if record.looks == 1:
                    return True
                record.phase = "blocked"
                self.reports.emit("call_blocked", t, call=record.id, where=where)
            return False

    def note_close(self, record: Record, before: Counts | None) -> None:
        """Keep what the kernel counted before a socket was closed, unless a call is under way."""
        others = self.reports.calls_under_way()
        is_alone = not any(r.fd == record.fd and r is not record for r in others)
        if before is not None and is_alone:
            record.carried = before

    def share(self, fd: int | None = None) -> None:
        """Somebody else comes to hold the socket of this fd, or every socket, as well."""
        with self.reports.lock:
            self.reports.ship()
            self.reports.tally.forget(fd)

    def not_seen(self, what: str) -> None:
        """Say that something happens which the gate does not see."""
        self.reports.emit("not_seen", what=what)


def _never(_fd: int) -> bool:
    return False


def plain_value(value: Any) -> Any:
    """A result as the trace writes it."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return octets_argument(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, socket.socket):
        return _fileno(value)
    if isinstance(value, (tuple, list)):
        return tuple([plain_value(item) for item in value])
    return frames.safe_text(value)
