"""Drives sessions of small programs, and follows what they tell."""

from __future__ import annotations

import asyncio
import contextlib
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from conservation import check
from running import DEADLINE, free_port
from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.trace.state import Call, Socket, State
from sockscope.tracer.programs import Program
from sockscope.tracer.session import Session

BOTH_ENDS = """
import socket, threading
a = socket.socket()
with socket.create_server(("127.0.0.1", 0)) as listener:
    a.connect(listener.getsockname())
    b, _ = listener.accept()
"""
"""A program with both ends of a connection: fd 3 and 5."""


class Driven:
    """A session, its events, and the state that they add up to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.history = session.breakpoints.history = History()
        session.listener = self.history.append

    @property
    def events(self) -> list[e.Event]:
        return self.history.events

    @property
    def state(self) -> State:
        return self.history.latest

    async def step(self, proc: str, limit: int | None = None) -> Call:
        """Step, and give the call that was made, as far as it has come."""
        number = self.gated(proc).id
        await self.session.step(proc, limit)
        return self.call(number)

    async def steps(self, proc: str, count: int) -> Call:
        for _ in range(count):
            call = await self.step(proc)
        return call

    async def step_to(self, proc: str, name: str) -> Call:
        """Step until the call at the gate is ``name``; gives it, not yet made."""
        for _ in range(50):
            if self.gated(proc).name == name:
                return self.gated(proc)
            await self.step(proc)
        raise AssertionError(f"{proc} never came to {name}()")

    def gated(self, proc: str) -> Call:
        gated = [call for call in self.state.processes[proc].open if call.phase == "gate"]
        assert gated, f"{proc} is at no gate: {self.state.processes[proc]}"
        return gated[0]

    def call(self, number: int) -> Call:
        for process in self.state.processes.values():
            for call in process.open:
                if call.id == number:
                    return call
        return next(c for c in reversed(self.state.calls) if c.id == number)

    def last(self, proc: str) -> Call:
        call = self.state.processes[proc].last
        assert call is not None
        return call

    def blocked(self, proc: str) -> list[str]:
        return [c.name for c in self.state.processes[proc].open if c.phase == "blocked"]

    def output(self, proc: str) -> str:
        return "".join(text for _, text in self.state.processes[proc].output)

    def socket(self, proc: str, fd: int) -> Socket:
        return self.state.sockets[proc, fd]

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Go on looking until ``condition()``, with a deadline."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"{what} did not come about"
            await self.session.observe()
            await asyncio.sleep(0.005)


class Driver:
    """Starts sessions of programs that are given as text, and ends them."""

    def __init__(self, folder: Path, stack: contextlib.AsyncExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._all: list[Driven] = []

    async def start(
        self, *programs: Program, mode: str = "step", every_call: bool = True, **texts: str
    ) -> Driven:
        """Start ``programs``, and those whose names and texts are given; PORT is a free port."""
        port = str(free_port())
        everything = list(programs)
        for name, text in texts.items():
            path = self._folder / f"{name}.py"
            path.write_text(textwrap.dedent(text).replace("PORT", port))
            everything.append(Program(name, str(path)))
        driven = Driven(Session(everything, mode=mode, every_call=every_call))
        self._stack.push_async_callback(driven.session.close)
        self._all.append(driven)
        await driven.session.start()
        return driven

    async def connected(self, rest: str) -> Driven:
        """Start a program that has both ends ``a`` and ``b``, at the first call of ``rest``."""
        driven = await self.start(one=BOTH_ENDS + textwrap.dedent(rest))
        await driven.step_to("one", "close")
        await driven.step("one")
        return driven

    def check(self) -> None:
        """Byte conservation, in all that the test has done."""
        for driven in self._all:
            assert [event.n for event in driven.events] == list(range(1, len(driven.events) + 1))
            check(driven.events)


@contextlib.asynccontextmanager
async def driving(folder: Path) -> AsyncIterator[Driver]:
    async with contextlib.AsyncExitStack() as stack:
        driver = Driver(folder, stack)
        yield driver
        driver.check()
