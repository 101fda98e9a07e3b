"""The explorer's session: consoles that make the calls which a person orders, one by one."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

from ..trace import events as e
from ..trace.fields import Linger, Named, OrderError, Repeat, Value
from ..trace.orders import CALLS, Order, arguments, line_of, order
from .ensemble import STEP_DEADLINE, Ensemble, first_of
from .errors import SessionError
from .process import Tracee
from .programs import Program
from .publisher import Mapper
from .rerun import Rerun

TOLD = "told"

FIRST = ("server", "client")
"""The processes that an explorer begins with."""

FEW_FDS = 12
"""How many fds a message names."""


class Explorer(Ensemble):
    """Drives consoles.  What is ordered becomes an event of the trace, like all else.

    ``earlier`` is a session that ``start`` runs again.
    """

    def __init__(self, earlier: Rerun | None = None, mapper: Mapper | None = None) -> None:
        super().__init__(TOLD, mapper)
        self._earlier = earlier

    async def start(self) -> None:
        """Start a server and a client without sockets, or run the earlier session again.

        Raises SessionError where that comes to a step that cannot be done any more, as
        when somebody from outside took part in it.
        """
        if self._earlier is None:
            for name in FIRST:
                await self.add(name)
            return
        for step in self._earlier.steps:
            one = self._earlier.anew(step.order)
            try:
                await self.perform(one)
            except SessionError as error:
                raise SessionError(f"it went otherwise at {line_of(one)}: {error}") from None
            self._earlier.done(step, self.desk.views(one.proc))

    async def perform(self, one: Order) -> None:
        """Carry out one order; returns once its call has ended or is blocked.

        Raises SessionError where it cannot be done now, and OrderError where it never can.
        """
        if one.name in CALLS:
            await self.call(one)
        elif one.name == "start":
            await self.add(one.proc)
        elif one.name == "exit":
            await self.remove(one.proc)
        else:
            await self.kill(one.proc, one.typed["signal"])

    async def call(self, one: Order) -> None:
        """Have a console make one call; returns once it has ended or is blocked."""
        given = [_wire(value) for value in arguments(one)]
        tracee = self._free(one.proc)
        self._check_fd(one)
        self._note(one)
        self._last = one.proc
        blocked = self.desk.expect_blocked(one.proc)
        ended = tracee.request("call", name=one.name, fd=one.fd, args=given)
        await first_of(STEP_DEADLINE, asyncio.shield(ended), asyncio.shield(blocked))
        await self._rest()

    async def add(self, proc: str | None = None) -> str:
        """Start one more console, and give its name: ``client-2`` and so on unless named."""
        name = proc or self._next_name()
        started = order(name, None, "start")
        if name in self.tracees:
            raise SessionError(f"there is, or was, a process called {name} already")
        self._note(started)
        self.launch(Program(name))
        await self._rest()
        return name

    async def remove(self, proc: str) -> None:
        """Let a console's program end, as at its last line: the kernel closes what is open."""
        tracee = self._free(proc)
        self._note(order(proc, None, "exit"))
        tracee.order("exit")
        await first_of(STEP_DEADLINE, tracee.exited.wait())
        await self._rest()

    async def interrupt(self, proc: str) -> None:
        """Interrupt the call that a console sleeps in (SIGINT, as Ctrl+C sends it)."""
        if next(self.desk.blocked(proc), None) is None:
            raise SessionError(f"{proc} is in no call that could be interrupted")
        await self.kill(proc, "SIGINT")

    async def kill(self, proc: str, signal_name: str = "SIGKILL") -> None:
        """Send a console a signal; returns once it has ended its call, or the process."""
        self._alive(proc)
        self._note(order(proc, None, "signal", {"signal": signal_name}))
        call = self.desk.under_way(proc)
        tracee = self._send_signal(proc, signal_name)
        if signal_name != "SIGINT":
            await first_of(STEP_DEADLINE, tracee.exited.wait())
        elif call is not None:
            ended = self.desk.expect(proc, call.call)
            await first_of(STEP_DEADLINE, asyncio.shield(ended), tracee.exited.wait())
        await self._rest()

    # -- what can be ordered now -------------------------------------------------

    def _alive(self, proc: str) -> Tracee:
        tracee = self._tracee(proc)
        if tracee.exited.is_set():
            raise SessionError(f"{proc} has ended: start another process")
        return tracee

    def _free(self, proc: str) -> Tracee:
        """The console called ``proc``, which is in no call.  Raises SessionError."""
        tracee = self._alive(proc)
        call = self.desk.under_way(proc)
        if call is not None:
            how = "another process can wake it, a signal interrupts it"
            raise SessionError(f"{proc} is blocked in {call.name}(): {how}")
        return tracee

    def _check_fd(self, one: Order) -> None:
        known = self.desk.known_fds(one.proc)
        if one.fd is None or one.fd in known:
            return
        has = _listed(sorted(known)) or "none yet: order socket() first"
        raise SessionError(f"{one.proc} has no socket with fd {one.fd}: it has {has}")

    def _next_name(self) -> str:
        taken = set(self.tracees)
        numbered = (f"client-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in ("client", *numbered) if name not in taken)

    def _note(self, one: Order) -> None:
        """Make the order an event, before anything that it brings about."""

        def make(n: int, t: int, proc: str, _: Any) -> e.Event:
            return e.Ordered(n=n, t=t, proc=proc, name=one.name, fd=one.fd, typed=one.typed)

        self._arrived([(time.monotonic_ns(), make, one.proc, None)])

    def _is_still(self, name: str, _tracee: Tracee) -> bool:
        return self.desk.is_free_or_blocked(name)


def _listed(fds: list[int]) -> str:
    """The fds in few words: of hundreds, the first ones and the last."""
    few = fds if len(fds) <= FEW_FDS else [*fds[: FEW_FDS - 1], "...", fds[-1]]
    return ", ".join(map(str, few))


def _wire(value: Value) -> Any:
    """An argument as it goes to a console: in JSON, octets and sizes as objects."""
    if isinstance(value, bytes):
        return {"octets": base64.b64encode(value).decode()}
    if isinstance(value, Linger):
        return _wire(value.packed())
    if isinstance(value, Repeat):
        return {"repeat": value.size}
    return value.number if isinstance(value, Named) else value


__all__ = ["Explorer", "OrderError", "SessionError"]
