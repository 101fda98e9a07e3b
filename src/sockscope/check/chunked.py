"""Cuts the streams of this very process, for a test whose sockets are its own.

The methods of ``socket.socket`` are wrapped as in a tracee (``tracee.transfers``), but
nobody is told of the calls.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

import pytest

from ..trace.words import counted
from ..tracee import transfers
from ..tracee.blocked import would_block
from ..tracee.cuts import Cuts
from ..tracee.frames import without_ours
from ..tracee.gate import FREE, Gate, Me
from ..tracee.passage import Method
from ..tracee.records import Record, Reports
from .limit import HangError, limit
from .plans import DIES, WHOLE, Plan, Streams, plans

ME: Final = "test"
"""What plans call the one program that there is."""

SMALLER: Final = 40
"""Plans of few cuts that are tried once one of many has failed."""

WHOLE_LIMIT: Final = 60.0
"""Seconds that a call without any cut may take."""

CUT_LIMIT: Final = 5.0
"""Seconds that a cut call may take beyond ``TIMES`` as long as a whole one took."""

TIMES: Final = 4

DRAINED: Final = 100
"""Reads that take what a call has left in one socket, at most."""

FAILURES: Final = (Exception, HangError, pytest.fail.Exception)


class _Gate(Gate):
    """Lets every call through, cut as planned, and keeps what was received."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.cuts = Cuts(plan.setup(ME))
        self.begin(Reports(), FREE, 1)
        self.received: dict[int, bytearray] = {}
        self.last_cut = ""
        self._home = threading.get_ident()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._own: WeakSet[socket.socket] = WeakSet()

    def enter(self, me: Me, method: Method, sock: Any, *rest: Any, **named: Any) -> Record:
        if sock is not None:
            self._sockets.add(sock)
            if threading.get_ident() == self._home:
                self._own.add(sock)
        return super().enter(me, method, sock, *rest, **named)

    def returned(self, record: Record) -> None:
        super().returned(record)
        if record.data and record.method.receives:
            self.received.setdefault(record.fd, bytearray()).extend(record.data)
            if record.limit == len(record.data) and record.file:
                moved = counted(len(record.data), "byte")
                place = f"{Path(record.file).name}:{record.line}"
                self.last_cut = f"{place}: {record.name}() gave {moved}, for there it was cut"

    def who_waits(self) -> str:
        """Which calls have not come back, in words."""
        calls = [
            f"{record.me.name} is in {record.name}()"
            + (f" at {Path(record.file).name}:{record.line}" if record.file else "")
            for record in self.reports.calls_under_way()
        ]
        return "".join((": " * bool(calls), ", ".join(calls)))

    def wake(self) -> None:
        """End the calls that other threads are in: the process would wait for them at its end."""
        busy = {record.fd for record in self.reports.calls_under_way()}
        for sock in _streams(self._sockets):
            if sock.fileno() in busy:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def drain(self) -> None:
        """Take what the body left in sockets of its own thread: it is not for the next call."""
        for sock in _streams(self._own):
            with suppress(OSError):
                for _ in range(DRAINED):  # somebody may never cease to send
                    if would_block("recv", sock.fileno()) or not sock.recv(1 << 16):
                        break


def _streams(sockets: Iterable[socket.socket]) -> list[socket.socket]:
    """Those that are open."""
    return [sock for sock in sockets if sock.fileno() >= 0 and sock.type == socket.SOCK_STREAM]


@contextmanager
def cut(plan: Plan) -> Iterator[_Gate]:
    """Cut every stream of this process as ``plan`` says, for a while."""
    before = dict(vars(socket.socket))
    gate = _Gate(plan)
    transfers.install(gate)
    try:
        yield gate
    finally:
        gate.active = False
        for name, method in vars(socket.socket).copy().items():
            if name not in before:
                delattr(socket.socket, name)
            elif method is not before[name]:
                setattr(socket.socket, name, before[name])


def under_all(
    body: Callable[[], object], budget: int, seed: int = 0, timeout: float | None = None
) -> None:
    """Call ``body`` whole, twice, and then under ``budget`` ways to cut what it receives.

    Raises what it raises, with a note that says by which cut, with as few as were found,
    and HangError where a call takes longer than ``timeout`` seconds, or much longer than a
    whole one.  Where it receives nothing that could be cut, the test fails.
    """
    began = time.monotonic()
    try:
        received = _call(body, Plan(WHOLE), timeout or WHOLE_LIMIT)
    except HangError as error:
        error.add_note("sockscope: nothing is cut yet; the marker's timeout= may be longer")
        raise
    took = time.monotonic() - began
    if not received[ME]:
        pytest.fail("its sockets receive no bytes, so there is nothing to cut", pytrace=False)
    _Search(body, received, seed, timeout or CUT_LIMIT + TIMES * took).search(budget)


def _call(body: Callable[[], object], plan: Plan, seconds: float) -> Streams:
    """Call it once; gives what it received, by the socket."""
    with cut(plan) as gate:
        try:
            with limit(seconds, gate.who_waits):
                body()
        except BaseException as error:
            without_ours(error.__traceback__)
            if isinstance(error, HangError):
                gate.wake()
            elif gate.last_cut:
                error.add_note(f"sockscope: {gate.last_cut}")
            raise
        finally:
            gate.active = False
            gate.drain()
    return {ME: [bytes(octets) for octets in gate.received.values()]}


class _Search:
    """Looks for a plan under which the body fails."""

    def __init__(
        self, body: Callable[[], object], received: Streams, seed: int, seconds: float
    ) -> None:
        self._body = body
        self._received = received
        self._seed = seed
        self._seconds = seconds

    def search(self, budget: int) -> None:
        """Raise the error of the first plan that fails, made smaller."""
        error = self._error(Plan(WHOLE))
        if error is not None:
            error.add_note(
                "sockscope: the body cannot be repeated: called a second time it fails, and "
                "nothing is cut yet.\nIts fixtures are made once for all calls. What it uses up "
                "it has to make itself,\nor get from a fixture that gives it a function for that."
            )
            raise error
        for _, plan in zip(range(budget), self._plans(), strict=False):
            error = self._error(plan)
            if error is not None:
                raise self._smallest(plan, error)

    def _plans(self) -> Iterator[Plan]:
        found = plans(self._received, {}, self._seed)
        return (plan for plan in found if plan.kind != DIES)

    def _error(self, plan: Plan) -> BaseException | None:
        try:
            _call(self._body, plan, self._seconds)
        except FAILURES as error:
            return error
        return None

    def _smallest(self, plan: Plan, error: BaseException) -> BaseException:
        """The error of the first plan of one cut that fails too, or else the one there is."""
        if self._error(Plan(WHOLE)) is not None:
            error.add_note(
                f"sockscope: it fails when {plan}. Uncut it held before, and fails since:\n"
                "that call left something behind, so that no smaller cut was looked for."
            )
            return error
        single = (other for other in self._plans() if other.count == 1)
        if plan.count != 1 and not plan.sends:
            for _, other in zip(range(SMALLER), single, strict=False):
                smaller = self._error(other)
                if smaller is not None:
                    plan, error = other, smaller
                    break
        error.add_note(f"sockscope: it fails when {plan}, and holds when nothing is cut")
        return error
