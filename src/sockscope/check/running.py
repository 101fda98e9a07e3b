"""One run of the programs under one plan, on a network of its own where that is allowed.

Without the right to one, the programs run on this machine's network.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from ..trace import events as e
from ..trace.names import RECEIVES
from ..tracer.ensemble import FREE, STEP, first_of
from ..tracer.nursery import Nursery
from ..tracer.process import Tracee
from ..tracer.programs import Program, free_port
from ..tracer.session import Session
from ..tracer.spawning import Spawn
from .outcome import Outcome, moved, outcome
from .plans import Plan, Streams

TICK: Final = 3.0
"""Milliseconds between two looks of a tracee at itself."""

LOOK: Final = 0.01
"""Seconds between two looks at whether anything can still happen."""

LONGEST: Final = 20.0
"""Seconds that a run may take."""

SPINS: Final = 300
"""As often in a row recv() gives b"" to a program that does not understand it."""

Holds = Callable[[Sequence[Tracee]], bool]


@dataclass(frozen=True, slots=True)
class Ran:
    """A run's outcome, its trace, and the octets that each program received, by stream."""

    outcome: Outcome
    events: tuple[e.Event, ...]
    received: Streams


def run(programs: Sequence[Program], plan: Plan) -> Ran:
    """Run ``programs`` to their end, or until nothing can happen any more."""
    nursery = _nursery()
    nursery.own_network()
    return asyncio.run(_Run(programs, plan, nursery.spawn).play())


@cache
def _nursery() -> Nursery:
    """The one of this process, which ends with it."""
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery


class _Run:
    def __init__(self, programs: Sequence[Program], plan: Plan, spawn: Spawn) -> None:
        ports = {"{port}": str(free_port()), "{other_port}": str(free_port())}
        self._programs = [
            replace(
                program,
                args=tuple(ports.get(arg, arg) for arg in program.args),
                setup={
                    "tick": TICK,
                    "cuts": plan.setup(program.name),
                    "mode": STEP if program.name in plan.held else FREE,
                },
            )
            for program in programs
        ]
        self._held = plan.held
        self._granted: set[int] = set()
        self._session = Session([], mode=FREE)
        self._session.listener = self._take
        self._session.spawn = spawn
        self._events: list[e.Event] = []
        self._calls: dict[int, str] = {}
        self._empty: dict[str | None, int] = {}
        self._stopped: set[str] = set()
        self._began = time.monotonic()

    def _take(self, event: e.Event) -> None:
        self._events.append(event)
        if isinstance(event, e.CallEntered) and event.name in RECEIVES:
            self._calls[event.call] = event.name
        elif isinstance(event, e.CallReturned) and event.call in self._calls:
            del self._calls[event.call]
            before = self._empty.get(event.proc, 0)
            self._empty[event.proc] = before + 1 if event.data == b"" else 0

    async def play(self) -> Ran:
        try:
            for program in self._programs:
                await self._until_waiting(self._session.launch(program))
            hang = await self._until_over()
        finally:
            await self._session.close()
        names = [program.name for program in self._programs]
        events = tuple(event for event in self._events if not self._was_stopped(event))
        own = {name: [event for event in events if event.proc == name] for name in names}
        received = {name: moved(own[name], RECEIVES) for name in names}
        return Ran(outcome(names, events, hang), events, received)

    def _was_stopped(self, event: e.Event) -> bool:
        """Whether this is the end of a program that we ended."""
        return isinstance(event, e.ProcessExited) and event.proc in self._stopped

    async def _until_waiting(self, tracee: Tracee) -> None:
        while not tracee.exited.is_set():
            if self._session.waits(tracee):
                return
            await self._stir()

    async def _until_over(self) -> str:
        """Until every program has ended or waits; gives who hangs, in words."""
        hang = None
        while hang is None:
            alive = self._alive()
            if not alive:
                await self._session.finished()
                break
            hang = await self._verdict(alive)
            if hang is None:
                await self._stir()
        self._stopped = {tracee.name for tracee in self._alive()}
        return hang or ""

    def _alive(self) -> list[Tracee]:
        return [t for t in self._session.tracees.values() if not t.exited.is_set()]

    async def _verdict(self, alive: Sequence[Tracee]) -> str | None:
        """Empty where the run is over, words where it hangs, None where it goes on."""
        spinning = [name for name, times in self._empty.items() if times > SPINS]
        if spinning:
            return f'{spinning[0]} takes b"" for data, again and again: it never ends'
        if self._is_served(alive) and await self._is_confirmed(self._is_served):
            return ""
        if self._is_stuck(alive) and await self._is_confirmed(self._is_stuck):
            return self._who_waits()
        if time.monotonic() - self._began > LONGEST:
            return self._who_waits()
        return None

    async def _is_confirmed(self, holds: Holds) -> bool:
        """Whether it still holds after a fresh look at everything."""
        await self._session.observe()
        alive = self._alive()
        return bool(alive) and all(t.settled for t in alive) and holds(alive)

    def _is_served(self, alive: Sequence[Tracee]) -> bool:
        """Whether clients have come and gone, and servers wait for others."""
        return len(alive) < len(self._session.tracees) and self._is_idle(alive)

    def _is_idle(self, _alive: Sequence[Tracee]) -> bool:
        return self._session.graph().is_idle()

    def _is_stuck(self, alive: Sequence[Tracee]) -> bool:
        sleep = bool(alive) and not self._has_timeouts(alive) and all(map(self._sleeps, alive))
        return sleep and not self._session.graph().is_coming()

    def _sleeps(self, tracee: Tracee) -> bool:
        return len(list(self._session.desk.blocked(tracee.name))) >= tracee.threads

    def _has_timeouts(self, alive: Sequence[Tracee]) -> bool:
        calls = (call for t in alive for call in self._session.desk.blocked(t.name))
        return any(call.timeout is not None for call in calls)

    def _who_waits(self) -> str:
        return self._session.graph().stall()

    async def _stir(self) -> None:
        """Until something happened, or it is time to look whether anything does; then look."""
        alive = self._alive()
        if not alive:
            return
        await first_of(LOOK, *(event.wait() for t in alive for event in (t.stirred, t.exited)))
        await self._session.observe()
        for tracee in alive:
            tracee.stirred.clear()
            if tracee.name in self._held:
                self._let_through(tracee)

    def _let_through(self, held: Tracee) -> None:
        """Let a held program make its call; one to read, once every other rests."""
        call = self._session.desk.at_gate(held.name)
        if call is None or call.call in self._granted:
            return
        others = (tracee for tracee in self._alive() if tracee is not held)
        if call.name not in RECEIVES or all(map(self._rests, others)):
            self._granted.add(call.call)
            held.order("grant", call=call.call)

    def _rests(self, tracee: Tracee) -> bool:
        desk = self._session.desk
        return tracee.waits_for_any() or desk.is_still(tracee.name)
