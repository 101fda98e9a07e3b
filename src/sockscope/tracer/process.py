"""One tracee seen from outside: its process, its pipes, and what it is doing."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import os
import signal
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from ..trace import events as e
from ..trace.codec import event_from_json
from ..trace.json_text import TraceError
from ..trace.names import BY_SIGNAL
from ..tracee import proc
from . import rows
from .beginnings import Beginning
from .ends import Ends
from .pipes import PipeReader

OURS = 1
"""Threads of a tracee that are not its program's own: the agent's."""

REPLY_DEADLINE = 1.0
"""Seconds.  A tracee whose agent is silent for longer is gone on without: it may be
stopped, or in C code that holds the interpreter lock."""

END_DEADLINE = 0.2
"""Seconds between the end of a tracee's reports and the end of its process."""

_LENGTHS = struct.Struct(">II")


Deliver = Callable[[Sequence[rows.Timed]], None]


class Stop(NamedTuple):
    """A call at which a tracee has stopped by itself, before it or once it had ``ended``.

    The ``condition`` of a breakpoint is met; None where the tracee cannot tell whether one is.
    """

    call: int
    condition: str | None
    ended: bool


class Tracee:
    """A process running under us.  ``deliver`` is given its events as they arrive.

    With ``only_ends`` a call that began and ended unobserved is reported by its end alone.
    """

    def __init__(
        self, beginning: Beginning, mode: str, deliver: Deliver, only_ends: bool = False
    ) -> None:
        self.name = beginning.name
        self.parent = beginning.parent
        self._child = beginning.child
        self.pid = self._child.pid
        self.mode = mode
        self.upto = time.monotonic_ns()
        self.settled = False
        self._known_threads = 1
        self.alarm = 0.0
        self.agent = 0
        self.exited = asyncio.Event()
        self.stirred = asyncio.Event()
        self._ends: Ends | None = beginning.ends
        self._code: int | None = None
        self._lost = asyncio.Event()
        self.on_stop: Callable[[Stop], None] = _ignore
        self._deliver = deliver
        self._only_ends = only_ends
        self._shapes: list[rows.Shape] = []
        self._replies: dict[int, asyncio.Future[None]] = {}
        self._numbers = count(1)
        self._received = bytearray()
        self._is_unseen = False
        self._is_becoming = False  # another program, which will be a tracee
        started = {"pid": self.pid, "argv": beginning.argv, "parent": self.parent}
        self._tell_at(beginning.began, e.ProcessStarted, **started)
        outputs = (self._child.stdout, "stdout"), (self._child.stderr, "stderr")
        self._outputs = [PipeReader(fd, self._output(stream)) for fd, stream in outputs if fd >= 0]
        reports = PipeReader(beginning.ends.reports, self._take, self._lost.set)
        self._readers = [reports, *self._outputs]
        asyncio.get_running_loop().add_reader(self._child.ended, self._reap)

    # -- life --------------------------------------------------------------------

    def begin_anew(self, ends: Ends, argv: Sequence[str]) -> None:
        """It has become another program (execve(2)): its pipes are others now."""
        self._readers[0].drain()
        self._readers[0].close()
        if self._ends is not None:
            ends = self._ends.renewed(ends)
        self._ends = ends
        self._readers[0] = PipeReader(ends.reports, self._take, self._lost.set)
        self._received.clear()
        self._shapes = []
        self._lost.clear()
        self._is_becoming = self._is_unseen = self.settled = False
        self._tell(e.ProcessStarted, pid=self.pid, argv=tuple(argv), parent=self.parent)

    def _output(self, stream: str) -> Callable[[bytes], None]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def receive(data: bytes) -> None:
            if text := decoder.decode(data):
                self._tell(e.Output, stream=stream, text=text)

        return receive

    def _reap(self) -> None:
        asyncio.get_running_loop().remove_reader(self._child.ended)
        code = self._code = self._child.wait()
        os.close(self._child.ended)
        for reader in self._readers:
            reader.drain()
        self._tell_heard()
        if code is not None and code < 0:
            self._tell(e.ProcessExited, signal=_signal_name(-code))
        else:
            self._tell(e.ProcessExited, status=code)
        self.exited.set()
        if self.parent is not None:
            self._let_go()  # a server may fork thousands
        for future in list(self._replies.values()):
            if not future.done():
                future.set_result(None)

    @property
    def exit_status(self) -> int | None:
        """As a shell gives it: 128 and the signal's number for a death by signal.

        None while it lives, and where nobody knows.
        """
        code = self._code
        return code if code is None or code >= 0 else BY_SIGNAL - code

    @property
    def threads(self) -> int:
        """The program's threads: those that run Python and, where that can be seen, all others.

        One that is just beginning is known to the kernel before it is known to Python.
        """
        all_of_it = proc.threads(self.pid) - OURS if self.is_here else 0
        return max(self._known_threads, all_of_it)

    def waits_for_any(self) -> bool:
        """Whether the program's main thread sleeps until any of some sockets is ready."""
        return self._child.waits_for_any()

    def rest(self) -> str | None:
        """The call (``wait``, ``pause``, ``read``) in which it waits for another process."""
        return self._child.rest()

    def besides(self, unseen: Sequence[int]) -> str:
        """What may stir besides its threads: an alarm, and children that are not seen."""
        if self.alarm:
            return f"has set an alarm, in {self.alarm:.1f} s"
        pids = ", ".join(map(str, unseen))
        return f"has started a child (pid {pids})" if pids else ""

    def children(self) -> list[int]:
        """The pids of live processes that it has started."""
        return self._child.children()

    @property
    def is_here(self) -> bool:
        """Whether it runs on this host, with its network and its files."""
        return self._child.is_here

    def read(self, file: str, take: Callable[[bytes], None]) -> None:
        """Give ``take`` the text of a file of its host, now or soon."""
        self._child.read(file, take)

    def held_by(self, pid: int) -> list[e.SocketView]:
        """What is known of the sockets of one of its children."""
        return self._child.held_by(pid)

    def kill(self, number: int, whole_group: bool = False) -> None:
        """Send a signal to the tracee, or to all that it has started as well."""
        if whole_group:
            self._child.kill(number, whole_group=True)
        if not self.exited.is_set():  # one that has just begun has no group of its own yet
            self._child.kill(number, whole_group=False)

    async def close(self) -> None:
        """End the tracee and whatever it started, and give everything back."""
        self.kill(signal.SIGKILL, whole_group=True)
        await self.exited.wait()
        self._let_go()

    def _let_go(self) -> None:
        for reader in self._readers:
            reader.close()
        if self._ends is not None:
            self._ends.close()
            self._ends = None

    # -- orders and reports ------------------------------------------------------

    def order(self, do: str, **fields: Any) -> None:
        """Send one order; a tracee that is gone takes none."""
        if self._ends is not None:
            self._ends.order(do, **fields)

    def request(self, do: str, **fields: Any) -> asyncio.Future[None]:
        """Send an order that is answered; done once it is, or the tracee has ended."""
        number = next(self._numbers)
        future = self._replies[number] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda _: self._replies.pop(number, None))
        self.order(do, id=number, **fields)
        return future

    def set_mode(self, mode: str) -> None:
        """Let the tracee decide for itself (``free``, ``until_blocked``), or not (``step``)."""
        self.mode = mode
        self.order("mode", mode=mode)

    def hold_reports(self, held: bool) -> None:
        """Let the tracee wait with its reports, or go on to take them."""
        self._readers[0].hold(held)

    async def sync(self, observe: bool) -> None:
        """Have everything reported that happened until now, and perhaps a fresh look."""
        self._tell_heard()
        if self._is_becoming:
            self.upto = time.monotonic_ns()
            return
        if self._lost.is_set():
            await self._go_on_unseen()
        if self.exited.is_set() or self._lost.is_set():
            return
        try:
            async with asyncio.timeout(REPLY_DEADLINE):
                await self.request("sync", observe=observe)
        except TimeoutError:
            self.upto = time.monotonic_ns()
        self.drain()

    def drain(self) -> None:
        """Take what is written already: by children of its own, also after its end."""
        for reader in self._outputs:
            reader.drain()

    def _tell_heard(self) -> None:
        for what in self._child.heard():
            self._tell(e.NotSeen, what=what)

    async def _go_on_unseen(self) -> None:
        """The program closed the channel, unless it is just about to end."""
        self.upto = time.monotonic_ns()
        self.settled = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_DEADLINE):
                await self.exited.wait()
                return
        if not self._is_unseen:
            self._is_unseen = True
            what = "it closed the file descriptors that sockscope uses: its calls are not seen"
            self._tell(e.NotSeen, what=what)

    def _take(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= _LENGTHS.size:
            body_size, tail_size = _LENGTHS.unpack_from(self._received)
            body_end = _LENGTHS.size + body_size
            end = body_end + tail_size
            if len(self._received) < end:
                return
            body = bytes(self._received[_LENGTHS.size : body_end])
            tail = bytes(self._received[body_end:end])
            del self._received[:end]
            self._report(json.loads(body), tail)

    def _report(self, message: Mapping[str, Any], tail: bytes) -> None:
        name, ahead = self.name, self._child.ahead
        self._deliver([(event["t"] - ahead, event_of, name, event) for event in message["events"]])
        del self._shapes[message["known"] :]
        self._shapes += (rows.Shape(name, fields) for fields in message["shapes"])
        self._deliver(self._rows(rows.read(self._shapes, message["rows"], tail, ahead)))
        self.upto = max(self.upto, message["upto"] - ahead)
        if "execs" in message:
            self._is_becoming, self._is_unseen = message["execs"] is True, message["execs"] is False
        if "stop" in message:
            self.on_stop(Stop(*message["stop"]))
        if "reply" in message:
            self.settled = message["settled"]
            self._known_threads = message["threads"]
            self.alarm = message.get("alarm", 0.0)  # a console sets none
            self.agent = message.get("agent", 0)
            future = self._replies.get(message["reply"])
            if future is not None and not future.done():
                future.set_result(None)
        if message["events"] or message["rows"]:
            self.stirred.set()

    def _rows(self, whole: Sequence[rows.Row]) -> list[rows.Timed]:
        name = self.name
        ends: list[rows.Timed] = [(row[3], rows.ended, name, row) for row in whole]
        if self._only_ends:
            return ends
        return [(row[2], rows.entered, name, row) for row in whole] + ends

    def _tell(self, kind: type[e.Event], **fields: Any) -> None:
        self._tell_at(time.monotonic_ns(), kind, **fields)

    def _tell_at(self, when: int, kind: type[e.Event], **fields: Any) -> None:
        def make(n: int, t: int, proc: str, _: Any) -> e.Event:
            return kind(n=n, t=t, proc=proc, **fields)

        self._deliver([(when, make, self.name, None)])
        self.stirred.set()


def _ignore(stop: Stop) -> None:
    """Stands in where there are no breakpoints."""


def event_of(n: int, t: int, proc: str, report: dict[str, Any]) -> e.Event:
    """The event that a tracee reported in full, as the trace file has it."""
    try:
        return event_from_json({**report, "n": n, "t": t, "proc": proc})
    except TraceError as error:
        return e.NotSeen(n=n, t=t, proc=proc, what=f"a report that made no sense: {error}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
