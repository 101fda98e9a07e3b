"""Somebody at the explorer: orders calls, and sees what became of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable

from conservation import check
from running import DEADLINE
from sockscope.trace import events as e
from sockscope.trace.fold import apply
from sockscope.trace.orders import order, parse_line
from sockscope.trace.state import EMPTY, Call, Process
from sockscope.tracer.explorer import Explorer
from sockscope.tracer.rerun import Rerun


class Person:
    """An explorer, the events that it told, and the state that they add up to."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.events: list[e.Event] = []
        self.state = EMPTY
        explorer.listener = self._take

    def _take(self, event: e.Event) -> None:
        self.events.append(event)
        self.state = apply(self.state, event)

    async def call(self, proc: str, fd: int | None, name: str, **typed: str) -> Call:
        """Order one call; gives it as far as it has come."""
        await self.explorer.perform(order(proc, fd, name, typed))
        return self.latest(proc)

    async def socket(self, proc: str, kind: str = "SOCK_STREAM", family: str = "AF_INET") -> int:
        """Order a new socket; gives its fd."""
        made = await self.call(proc, None, "socket", family=family, type=kind)
        return int(made.value)

    async def lines(self, text: str) -> Call:
        """Order line by line; gives the last call."""
        orders = [parse_line(line) for line in text.strip().splitlines()]
        for one in orders:
            await self.explorer.perform(one)
        return self.latest(orders[-1].proc)

    def process(self, proc: str) -> Process:
        return self.state.processes[proc]

    def latest(self, proc: str) -> Call:
        """The call that ``proc`` is in, or else the last that it was in."""
        process = self.process(proc)
        call = process.pending or process.last
        assert call is not None, f"{proc} has made no call"
        return call

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Go on looking until ``condition()``, with a deadline."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"{what} did not come about"
            await self.explorer.observe()
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def exploring(
    earlier: Iterable[e.Event] | None = None, upto: int | None = None
) -> AsyncIterator[Person]:
    """An explorer with a server and a client; every octet is accounted for at its end."""
    explorer = Explorer(None if earlier is None else Rerun(earlier, upto))
    person = Person(explorer)
    try:
        await explorer.start()
        yield person
    finally:
        await explorer.close()
    assert [event.n for event in person.events] == list(range(1, len(person.events) + 1))
    check(person.events)
