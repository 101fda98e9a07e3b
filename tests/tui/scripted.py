"""A driver for tests: plays recorded events, one call at each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conversation import Recording, end, first_gate

from sockscope.trace import events as e
from sockscope.trace.conditions import Breakpoint
from sockscope.trace.history import History
from sockscope.tracer.session import SessionError


class ScriptedDriver:
    """Tells the events of a recording; remembers what it was asked for."""

    def __init__(self, recording: Recording | None = None) -> None:
        self.listener: Callable[[e.Event], None] = lambda _: None
        self.asked: list[tuple[object, ...]] = []
        self.closed = False
        self.every_call = False
        self._events: Sequence[e.Event] = (recording or end()).events
        self._told = 0

    async def start(self) -> None:
        self._tell(len(first_gate().events))

    async def close(self) -> None:
        self.closed = True

    def set_every_call(self, value: bool) -> None:
        self.every_call = value
        self.asked.append(("set_every_call", value))

    async def step(self, proc: str, limit: int | None = None, into: bool = False) -> None:
        self.asked.append(("step", proc, limit, *(["into"] if into else [])))
        self._tell_one_call()

    async def step_next(self, limit: int | None = None, into: bool = False) -> None:
        assert not into
        self.asked.append(("step_next", limit))
        self._tell_one_call()

    def next_in_turn(self) -> str | None:
        return "server"

    async def run(self, proc: str) -> None:
        self.asked.append(("run", proc))

    async def run_all(self) -> None:
        self.asked.append(("run_all",))
        self._tell(len(self._events) - self._told)

    def set_breakpoints(self, breakpoints: Sequence[Breakpoint], history: History) -> None:
        assert history.events is not None
        self.asked.append(("set_breakpoints", *(b.text for b in breakpoints)))

    async def pause(self) -> None:
        self.asked.append(("pause",))

    async def kill(self, proc: str, signal_name: str) -> None:
        self.asked.append(("kill", proc, signal_name))

    async def observe(self) -> None:
        self.asked.append(("observe",))

    def _tell_one_call(self) -> None:
        if self._told == len(self._events):
            raise SessionError("[red]every program[/red] has ended")
        self._tell(1)
        while self._told < len(self._events):
            if isinstance(self._events[self._told], e.CallGranted):
                return
            self._tell(1)

    def _tell(self, count: int) -> None:
        for event in self._events[self._told : self._told + count]:
            self._told += 1
            self.listener(event)
