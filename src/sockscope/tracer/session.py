"""A session: programs run side by side, one call at a time or freely."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..trace.conditions import Breakpoint
from ..trace.history import History
from .beginnings import Beginning
from .breakpoints import Breakpoints
from .ensemble import (
    FREE,
    ROUND_INTERVAL,
    STEP,
    STEP_DEADLINE,
    UNTIL_BLOCKED,
    Ensemble,
    first_of,
)
from .errors import SessionError
from .process import Tracee
from .programs import Program
from .publisher import Mapper
from .turn import next_in_turn

__all__ = ["Session", "SessionError"]


class Session(Ensemble):
    """Drives the programs of one trace.

    They stop at ``every_call``, or else where a person would: a step lets through all calls
    that a library makes for one line, and those that only set a socket up for it.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        mode: str = STEP,
        mapper: Mapper | None = None,
        every_call: bool = True,
    ) -> None:
        super().__init__(mode, mapper)
        self.programs = list(programs)
        self.every_call = every_call
        self.breakpoints = Breakpoints(self)

    def launch(self, program: Program) -> Tracee:
        """Start one more program."""
        setup = {**self._setup(program.name), **program.setup}
        return super().launch(replace(program, setup=setup))

    def _setup(self, proc: str) -> Mapping[str, Any]:
        if self._mode == FREE and not self.breakpoints.all:
            return {}
        return {**self.breakpoints.setup(proc), "every_call": self.every_call}

    def _join(self, beginning: Beginning, mode: str) -> Tracee:
        tracee = super()._join(beginning, mode)
        tracee.on_stop = partial(self.breakpoints.take, tracee)
        return tracee

    async def close(self) -> None:
        """End every tracee; nothing is left running."""
        self.breakpoints.close()
        await super().close()

    def set_breakpoints(self, breakpoints: Sequence[Breakpoint], history: History) -> None:
        """Stop at these calls, and no others, as ``history``, the trace, tells of them."""
        self.breakpoints.history = history
        self.breakpoints.set(breakpoints)

    def set_every_call(self, value: bool) -> None:
        """Stop at every call from here on, or not."""
        self.every_call = value
        for tracee in self.tracees.values():
            tracee.order("every_call", value=value)

    async def start(self) -> None:
        """Start all programs; each stops at its first call (unless the mode is ``free``)."""
        for program in self.programs:
            self.launch(program)
        await self._rest()

    async def step(
        self,
        proc: str,
        limit: int | None = None,
        into: bool = False,
        number: int | None = None,
    ) -> None:
        """Let ``proc`` make the call at its gate, with at most ``limit`` octets.

        Of several threads, at a gate each, the one that came first, or that of the call with
        this ``number``.  A call that a library makes is followed by all that it makes for the
        same line, unless the step goes ``into`` it.  Returns once the last has ended or is
        blocked.  Raises SessionError where the tracee waits at no gate.
        """
        tracee = self._tracee(proc)
        if limit is not None and limit < 1:
            raise SessionError(f"a call moves at least 1 byte, not {limit}")
        self.breakpoints.met.clear()
        if number is None and self._goes_on_after(proc):
            await self._rest()
            return
        call = self.desk.at_gate(proc, number)
        if call is None:
            raise SessionError(self.desk.why_not(proc, tracee.exited.is_set(), tracee.rest()))
        self._last = proc
        ended = self.desk.expect(proc, call.call)
        into = into or limit is not None
        tracee.order("grant", call=call.call, limit=limit, into=into)
        await first_of(STEP_DEADLINE, asyncio.shield(ended), tracee.exited.wait())
        if call.within is not None and not into:
            await self._settle(STEP_DEADLINE, tracee)
        await self._rest()

    def _goes_on_after(self, proc: str) -> bool:
        """Whether ``proc`` stood still after a call, and now comes to its next one."""
        after = self.desk.stands_after(proc)
        if after is None:
            return False
        self.tracees[proc].order("go", call=after, open=[])
        self.desk.goes_on(proc, after)
        return True

    async def step_next(self, limit: int | None = None, into: bool = False) -> None:
        """Step the tracee whose turn it is.  Raises SessionError where none can be stepped."""
        proc = self.next_in_turn()
        if proc is None:
            raise SessionError(self._why_none())
        await self.step(proc, limit, into)

    def next_in_turn(self) -> str | None:
        """The tracee that ``step_next`` would step."""
        standings = [
            self.desk.standing(t.name, t.exited.is_set(), self.waits(t) or t.rest() is not None)
            for t in self._families()
        ]
        return next_in_turn(standings, self._last)

    def _families(self) -> Iterator[Tracee]:
        """Every tracee, each before its children, and these before the next program."""
        children: dict[str | None, list[Tracee]] = {}
        for tracee in self.tracees.values():
            children.setdefault(tracee.parent, []).append(tracee)
        left = children.get(None, [])[::-1]
        while left:
            tracee = left.pop()
            yield tracee
            left += children.get(tracee.name, [])[::-1]

    def _why_none(self) -> str:
        if all(tracee.exited.is_set() for tracee in self.tracees.values()):
            return "every program has ended: restart to run them again"
        return "no program waits at a call: each is blocked, running or has ended"

    async def run(self, proc: str) -> None:
        """Run ``proc`` until it blocks or ends."""
        tracee = self._tracee(proc)
        if tracee.exited.is_set():
            raise SessionError(self.desk.why_not(proc, True))
        self._last = proc
        self.breakpoints.met.clear()
        blocked = self.desk.expect_blocked(proc)
        tracee.set_mode(UNTIL_BLOCKED)
        await first_of(STEP_DEADLINE, asyncio.shield(blocked), tracee.exited.wait())
        await self._rest()

    async def run_all(self) -> None:
        """Let every program go on by itself, up to a breakpoint.

        One that has made no call yet begins once those before it have blocked or ended.
        Raises SessionError where all have ended, and no call met a breakpoint.
        """
        self.breakpoints.met.clear()
        for tracee in self.tracees.values():
            tracee.mode = FREE
        for name, tracee in self.tracees.items():
            if tracee.mode != FREE:
                break  # somebody paused meanwhile, or a breakpoint is met
            tracee.set_mode(FREE)
            self._dirty.set()
            if not self.desk.has_begun(name):
                await self.until_waiting(tracee)
        await self._until_over()

    async def _until_over(self) -> None:
        """Until a run has stopped or is in a deadlock.

        Raises SessionError where it has ended without a call that met a breakpoint.
        """
        while not all(map(self._has_stopped, self.tracees.values())):
            await first_of(ROUND_INTERVAL, self.breakpoints.met.wait())
        if self.breakpoints.all and all(t.exited.is_set() for t in self.tracees.values()):
            raise SessionError(self.breakpoints.why_not())

    async def until_waiting(self, tracee: Tracee) -> None:
        """Until a program that runs freely has blocked, ended or stopped."""
        while not self._has_stopped(tracee) and not any(self.desk.blocked(tracee.name)):
            waited = self.waits(tracee)
            tracee.stirred.clear()
            await first_of(ROUND_INTERVAL, tracee.stirred.wait(), tracee.exited.wait())
            if waited and self.waits(tracee) and not tracee.stirred.is_set():
                return

    def _has_stopped(self, tracee: Tracee) -> bool:
        is_over = tracee.exited.is_set() or tracee.name in self.deadlock
        return is_over or tracee.mode != FREE or self.breakpoints.met.is_set()

    async def pause(self) -> None:
        """Stop every program at its next call."""
        self.stop_all()
        await self._rest()

    def stop_all(self) -> None:
        """Tell every program to stop at its next call."""
        for tracee in self.tracees.values():
            tracee.set_mode(STEP)
