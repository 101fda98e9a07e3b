"""A run without a screen: every call at once, the ladder or the trace on standard output."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TextIO, runtime_checkable

from ..trace import events as e
from ..trace import sightings
from ..trace.chain import verdict
from ..trace.codec import encode, header
from ..trace.conditions import Breakpoint
from ..trace.history import History
from ..trace.ladder import NAME_WIDTH, Ladder
from ..trace.names import BY_SIGNAL
from ..trace.words import plain_text
from ..tracee.proc import is_asleep
from .ensemble import FREE, ROUND_INTERVAL, first_of
from .process import Tracee
from .programs import Program
from .rows import Placed, ended, lines
from .session import Session

DEADLOCK, STOPPED, TIMED_OUT = 3, 4, 124

LOST = 255
"""The status of a program whose link was lost, as ssh(1) has it."""

Sink = Callable[[e.Event], None]


@runtime_checkable
class TakesRows(Protocol):
    """A sink that takes a free run's calls many at a time, without an event for each."""

    def __call__(self, event: e.Event) -> None: ...
    def take_rows(self, placed: Sequence[Placed]) -> None: ...


class Run:
    """One headless run of some programs."""

    def __init__(self, session: Session, sinks: Sequence[Sink]) -> None:
        self._session = session
        self._breakpoints = session.breakpoints
        self._sinks: Sequence[Callable[[e.Event], object]] = sinks
        self._stirred = asyncio.Event()
        session.listener = self._take
        if self._breakpoints.need_trace:
            history = self._breakpoints.history = History()
            self._sinks = [history.append, *sinks]
        elif all(isinstance(sink, TakesRows) for sink in sinks):
            session.rows_listener = self._take_rows
            session.only_ends = all(isinstance(s, Plain) and not s.needs_all for s in sinks)

    def _take(self, event: e.Event) -> None:
        for sink in self._sinks:
            sink(event)
        self._stirred.set()

    def _take_rows(self, placed: Sequence[Placed]) -> None:
        for sink in self._sinks:
            if isinstance(sink, TakesRows):
                sink.take_rows(placed)
        self._stirred.set()

    async def play(self, programs: Sequence[Program], seconds: float | None) -> int:
        """Run everything; gives the exit status that the command ends with."""
        loop = asyncio.get_running_loop()
        asked: asyncio.Queue[int] = asyncio.Queue()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, asked.put_nowait, number)
        playing = asyncio.create_task(self._play(programs))
        stopping = asyncio.create_task(asked.get())
        done, _ = await asyncio.wait(
            (playing, stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if playing in done:
            stopping.cancel()
            return playing.result()
        playing.cancel()
        if stopping in done:
            return await self._interrupt(stopping.result())
        stopping.cancel()
        return await self._give_up(seconds)

    async def _play(self, programs: Sequence[Program]) -> int:
        for program in programs:
            tracee = self._session.launch(program)
            await self._session.until_waiting(tracee)
            if self._breakpoints.met.is_set():
                break
        while any(not t.exited.is_set() for t in self._session.tracees.values()):
            await self._stir()
            if self._breakpoints.met.is_set():
                await self._tell_what_is_held()
                return STOPPED
            if self._is_over():
                _complain(f"deadlock: {self._session.graph().stall()}")
                return DEADLOCK
        await self._session.finished()
        if self._breakpoints.all:
            _complain(self._breakpoints.why_not())
        tracees = [t for t in self._session.tracees.values() if t.parent is None]
        statuses = [_status(t) for t in tracees]
        return next((status for status in statuses if status), 0)

    async def _tell_what_is_held(self) -> None:
        """Say what the kernel holds now that nobody moves on."""
        await self._breakpoints.judged()
        for sink in self._sinks:
            if isinstance(sink, Plain):
                for name in self._session.tracees:
                    sink.held(name, self._session.desk.views(name))

    async def _stir(self) -> None:
        """Until something happened, or it is time to look whether anything does."""
        self._stirred.clear()
        ends = [t.exited.wait() for t in self._session.tracees.values() if not t.exited.is_set()]
        await first_of(ROUND_INTERVAL, self._stirred.wait(), *ends)

    def _is_over(self) -> bool:
        """Whether nothing will ever happen again: each live program is in a deadlock."""
        alive = {name for name, t in self._session.tracees.items() if not t.exited.is_set()}
        return bool(alive) and alive.issubset(self._session.deadlock)

    async def _interrupt(self, number: int) -> int:
        """Pass a signal on; gives the status that a shell has for what it ends."""
        self._session.note_strays()
        for tracee in self._session.tracees.values():
            tracee.kill(number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                await self._session.finished()
        return BY_SIGNAL + number

    async def _give_up(self, seconds: float | None) -> int:
        await self._session.observe()
        here = (t for t in self._session.tracees.values() if t.is_here)
        asleep = {tracee.name for tracee in here if is_asleep(tracee.pid)}
        _complain(f"ended after {seconds:g} s: {self._session.graph().stall(asleep)}")
        return TIMED_OUT


def _status(tracee: Tracee) -> int:
    status = tracee.exit_status
    return LOST if status is None and not tracee.is_here else status or 0


def _complain(message: str) -> None:
    print(f"sockscope: {message}", file=sys.stderr, flush=True)


class Plain:
    """Writes the call ladder, and between its lines what the programs say.

    Each line of a program's own output has the program's name before it.  ``foreign``
    output comes from a trace, not from a program of the user's: nothing in it is obeyed.
    """

    def __init__(
        self, out: TextIO, err: TextIO, meanings: bool = False, foreign: bool = False
    ) -> None:
        self._ladder = Ladder(meanings)
        self._shown: Callable[[str], str] = _harmless if foreign else str
        self.needs_all = meanings
        self._streams = {"stdout": out, "stderr": err}
        self._unfinished: dict[tuple[str | None, str], list[str]] = {}

    def __call__(self, event: e.Event) -> None:
        for line in self._ladder.take(event):
            self._write("stdout", line)
        if isinstance(event, e.Output):
            self._pass_on(event)
        elif isinstance(event, e.ProcessExited):
            self._finish(event.proc)

    def take_rows(self, placed: Sequence[Placed]) -> None:
        """Take the ends of some calls that nobody saw under way."""
        for n, t, make, row in placed:
            if self.needs_all:
                self(make(n, t, row[0].proc, row))
            elif make is ended:
                self._write("stdout", self._ladder.whole(t, row[0].proc, row[0].words(row[4])))

    def held(self, proc: str, views: Sequence[e.SocketView]) -> None:
        """Write what the kernel holds for a program."""
        for view in views:
            self._write(
                "stdout", f"{'':10} {proc:{NAME_WIDTH}} fd {view.fd}  {sightings.line(view)}"
            )

    def _pass_on(self, event: e.Output) -> None:
        unfinished = self._unfinished.setdefault((event.proc, event.stream), [])
        first, *others = event.text.split("\n")
        unfinished.append(first)
        for begun in others:
            self._write(event.stream, self._line(event.proc, unfinished))
            unfinished[:] = [begun]

    def _finish(self, proc: str | None) -> None:
        for (name, stream), pieces in self._unfinished.items():
            if name == proc and any(pieces):
                self._write(stream, self._line(proc, pieces))
        self._unfinished = {k: v for k, v in self._unfinished.items() if k[0] != proc}

    def _line(self, proc: str | None, pieces: Iterable[str]) -> str:
        return self._shown(f"{proc}: {''.join(pieces)}")

    def _write(self, stream: str, line: str) -> None:
        self._streams.get(stream, self._streams["stdout"]).write(line + "\n")


def _harmless(text: str) -> str:
    return "\t".join(plain_text(part, limit=len(part)) for part in text.split("\t"))


class Json:
    """Writes the trace itself."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        out.write(header())

    def __call__(self, event: e.Event) -> None:
        self._out.write(encode(event))
        self._out.flush()

    def take_rows(self, placed: Sequence[Placed]) -> None:
        """Write the lines of some calls at once."""
        self._out.write(lines(placed))
        self._out.flush()


def replay(events: Iterable[e.Event], sink: Sink) -> None:
    """Write a saved trace as a run would have written it, and say what deadlock it ends in."""
    deadlock = ""
    for event in events:
        sink(event)
        if isinstance(event, e.WaitsObserved):
            deadlock = verdict(event.waits, event.deadlock) if event.deadlock else ""
    if deadlock:
        _complain(deadlock)


async def run(
    programs: Sequence[Program],
    sinks: Sequence[Sink],
    *,
    seconds: float | None = None,
    breakpoints: Sequence[Breakpoint] = (),
) -> int:
    """Run ``programs`` freely, up to a breakpoint; gives the exit status of the command."""
    session = Session([], mode=FREE)
    session.breakpoints.set(breakpoints)
    try:
        return await Run(session, sinks).play(programs, seconds)
    finally:
        await session.close()
