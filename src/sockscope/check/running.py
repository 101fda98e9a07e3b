"""One run of the programs under one plan, on a network of its own where that is allowed.

Without the right to one, the programs run on this machine's network.
"""

from __future__ import annotations

import asyncio
import atexit
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any, Final

from ..trace import events as e
from ..trace.names import QUESTIONS, RECEIVES, WAITS
from ..tracer.ensemble import FREE, STEP, first_of
from ..tracer.nursery import Nursery
from ..tracer.process import Tracee
from ..tracer.programs import Program, with_free_ports
from ..tracer.session import Session
from ..tracer.sleeping import sleep_of
from ..tracer.spawning import Spawn
from .bounds import FLOOR, WATCH, WHOLE_RUN, Bounds, too_long
from .outcome import Outcome, families, moved, outcome
from .plans import Plan, Streams
from .resting import Rest, rest, root

TICK: Final = 3.0
"""Milliseconds between two looks of a tracee at itself."""

LOOK: Final = 0.01
"""Seconds between two looks at whether anything can still happen."""

SPINS: Final = 300
"""As often in a row recv() gives b"" to a program that does not understand it."""

MOST_HELD: Final = 500
"""Calls after which a held program goes on freely: a long stream would take too long."""

RETRIES: Final = 5
"""Connections that are tried after a peer's death by one who waits for it to come back."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run's outcome, its trace, and the octets of each stream that a program received.

    It took so many ``seconds``, and ``is_late`` where it had to be ended for that.  ``quiet`` is
    the longest time for which nobody did anything and then somebody did, of those whom only the
    clock could wake.
    """

    outcome: Outcome
    events: tuple[e.Event, ...] = field(repr=False)
    received: Streams = field(repr=False)
    seconds: float = 0.0
    quiet: float = 0.0
    is_late: bool = False


def run(programs: Sequence[Program], plan: Plan, bounds: Bounds = WHOLE_RUN) -> Ran:
    """Run ``programs`` to their end, or until nothing can happen any more."""
    nursery = _nursery()
    nursery.own_network()
    return asyncio.run(_Run(programs, plan, bounds, nursery.spawn).play())


@cache
def _nursery() -> Nursery:
    """The one of this process, which ends with it."""
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery


class _Session(Session):
    """Has the streams of every program cut, and those of its children alike."""

    def __init__(self, plan: Plan) -> None:
        super().__init__([], mode=FREE)
        self._plan = plan

    def _setup(self, proc: str) -> Mapping[str, Any]:
        cuts = self._plan.setup(root(self.tracees, proc))
        return {**super()._setup(proc), "tick": TICK, "cuts": cuts}


class _Run:
    def __init__(
        self, programs: Sequence[Program], plan: Plan, bounds: Bounds, spawn: Spawn
    ) -> None:
        self._programs = [
            replace(program, setup={"mode": STEP if program.name in plan.held else FREE})
            for program in with_free_ports(programs)
        ]
        self._held = plan.held
        self._dies = plan.dies[0] if plan.dies else None
        self._bounds = bounds
        self._granted: set[int] = set()
        self._session = _Session(plan)
        self._session.listener = self._take
        self._session.spawn = spawn
        self._events: list[e.Event] = []
        self._calls: dict[int, str] = {}
        self._empty: dict[str | None, int] = {}
        self._retries: Counter[str | None] = Counter()
        self._stopped: set[str] = set()
        self._began = time.monotonic()
        self._resting_since: float | None = None
        self._quiet = 0.0

    def _take(self, event: e.Event) -> None:
        self._events.append(event)
        if isinstance(event, e.CallEntered):
            self._calls[event.call] = event.name
            if self._dies is not None and event.name.startswith("connect") and self._is_dead():
                self._retries[event.proc] += 1
        elif isinstance(event, e.CallReturned):
            name = self._calls.pop(event.call, "")
            if name in RECEIVES:
                before = self._empty.get(event.proc, 0)
                self._empty[event.proc] = before + 1 if event.data == b"" else 0
            if name not in _NO_DEEDS:
                self._note_deed()
        elif isinstance(event, (e.Output, e.ProcessStarted, e.ProcessExited)):
            self._note_deed()

    def _note_deed(self) -> None:
        """Somebody has done something: so long it may take until somebody does."""
        if self._resting_since is not None:
            self._quiet = max(self._quiet, time.monotonic() - self._resting_since)
            self._resting_since = None

    def _is_dead(self) -> bool:
        """Whether the program that should die has."""
        tracee = self._session.tracees.get(self._dies or "")
        return tracee is not None and tracee.exited.is_set()

    async def play(self) -> Ran:
        try:
            hang = await self._begin() or await self._until_over()
            quiet, seconds, is_late = self._quiet, time.monotonic() - self._began, self._is_late()
        finally:
            await self._session.close()
        events = tuple(event for event in self._events if not self._was_stopped(event))
        roots = families(events)
        own: dict[str, list[e.Event]] = {program.name: [] for program in self._programs}
        for event in events:
            if event.proc in roots:
                own[roots[event.proc]].append(event)
        received = {
            name: moved(events, RECEIVES, with_datagrams=False) for name, events in own.items()
        }
        return Ran(outcome(own, hang), events, received, seconds, quiet, is_late and bool(hang))

    def _was_stopped(self, event: e.Event) -> bool:
        """Whether this is the end of a program that we ended."""
        return isinstance(event, e.ProcessExited) and event.proc in self._stopped

    async def _begin(self) -> str:
        """Start each program once the one before it waits; says who never does."""
        for program, following in pairwise(self._programs):
            tracee = self._session.launch(program)
            while not (tracee.exited.is_set() or self._session.waits(tracee)):
                if self._is_late():
                    never = f"{program.name} does not come to wait for anybody"
                    hang = f"{self._who_runs()}; {never}, so {following.name} was not started"
                    return self._stop(hang)
                await self._stir()
                await self._session.catch_up()
        self._session.launch(self._programs[-1])
        return ""

    async def _until_over(self) -> str:
        """Until every program has ended or waits; gives who hangs, in words."""
        hang = None
        while hang is None:
            is_quiet = await self._stir()
            alive = self._alive()
            if not alive:
                await self._session.finished()
                return ""
            hang = await self._verdict(alive, is_quiet)
        return self._stop(hang)

    def _stop(self, hang: str) -> str:
        self._stopped = {tracee.name for tracee in self._alive()}
        return hang

    def _alive(self) -> list[Tracee]:
        return [t for t in self._session.tracees.values() if not t.exited.is_set()]

    async def _verdict(self, alive: Sequence[Tracee], is_quiet: bool) -> str | None:
        """Empty where the run is over, words where it hangs, None where it goes on."""
        spinning = [name for name, times in self._empty.items() if times > SPINS]
        if spinning:
            return f'{spinning[0]} takes b"" for data, again and again: it never ends'
        if any(self._retries[tracee.name] > RETRIES for tracee in alive):
            return ""
        found = rest(self._session) if is_quiet else None
        if found is not None and await self._lasts(found):
            asleep = {tracee.name for tracee in alive}
            return "" if found.is_over else self._session.graph().stall(asleep)
        return self._who_runs() if self._is_late() else None

    async def _lasts(self, found: Rest) -> bool:
        """Whether a rest is there to stay: a fresh look at everything shows the same."""
        if found.is_timed and not self._is_long(found):
            return False
        await self._session.observe()
        again = rest(self._session)
        return (
            again is not None
            and all(tracee.settled for tracee in self._alive())
            and (again.is_over, again.asleep) == (found.is_over, found.asleep)
        )

    def _is_long(self, found: Rest) -> bool:
        """Whether those whom the clock may wake have done nothing for long enough."""
        if self._resting_since is None:
            self._resting_since = time.monotonic()
        least = (FLOOR if found.is_slept else 0.0) if found.is_over else WATCH
        return time.monotonic() - self._resting_since >= max(least, self._bounds.quiet)

    def _is_late(self) -> bool:
        return time.monotonic() - self._began > self._bounds.seconds

    def _who_runs(self) -> str:
        return too_long(self._bounds, (t.name for t in self._alive() if t.parent is None))

    async def _stir(self) -> bool:
        """Until something happened, or nothing did for a while; gives whether nothing did."""
        alive = self._alive()
        if alive:
            await first_of(LOOK, *(tracee.stirred.wait() for tracee in alive))
        is_quiet = not any(tracee.stirred.is_set() for tracee in alive)
        for tracee in alive:
            tracee.stirred.clear()
        if self._held:
            await self._session.observe()
        for tracee in alive:
            if tracee.name in self._held:
                await self._let_through(tracee)
        return is_quiet

    async def _let_through(self, held: Tracee) -> None:
        """Let a held program make its call; one to read, once every other rests."""
        if len(self._granted) > MOST_HELD:
            held.set_mode(FREE)
            return
        call = self._session.desk.at_gate(held.name)
        if call is None or call.call in self._granted:
            return
        is_free = call.name not in RECEIVES or self._is_own(held.name, call.fd)
        if is_free or await self._all_rest_but(held):
            self._granted.add(call.call)
            held.order("grant", call=call.call)

    async def _all_rest_but(self, held: Tracee) -> bool:
        """Whether every other rests, and still does once it has told what brought it there."""
        others = [tracee for tracee in self._alive() if tracee is not held]
        if not all(map(self._rests, others)):
            return False
        await self._session.observe()
        return all(map(self._rests, others))

    def _is_own(self, proc: str, fd: int) -> bool:
        """Whether a program holds both ends: with what it tells itself nothing can be merged."""
        sockets = self._session.desk.sockets
        view = sockets.view(proc, fd)
        ends = {name for name, _ in sockets.others(view)} if view is not None else set()
        return ends == {proc}

    def _rests(self, tracee: Tracee) -> bool:
        call = self._session.desk.at_gate(tracee.name) if tracee.name in self._held else None
        if call is not None and call.name not in RECEIVES:
            return False  # it is about to be let through
        if tracee.waits_for_any() or self._session.desk.is_still(tracee.name):
            return True
        asleep = sleep_of({tracee.pid: tracee.agent})
        return asleep is not None and not asleep.timed


_NO_DEEDS: Final = WAITS | QUESTIONS | {"settimeout", "setblocking"}
"""Calls that change nothing for anybody."""
