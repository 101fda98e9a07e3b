"""What the stage asks of whatever drives the tracees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from sockscope.trace.conditions import Breakpoint
from sockscope.trace.events import Event
from sockscope.trace.history import History


class Driver(Protocol):
    """Starts, steps and ends tracees, and tells ``listener`` of every event in order.

    Where a command cannot be carried out, it raises ``SessionError``.
    """

    listener: Callable[[Event], None]

    async def start(self) -> None:
        """Start every tracee; each runs up to its first gate."""

    async def close(self) -> None:
        """End every tracee and let go of everything."""

    async def observe(self) -> None:
        """Look at what the kernel holds now."""


class Stepper(Driver, Protocol):
    """Drives programs that stop before each call."""

    every_call: bool

    def set_every_call(self, value: bool) -> None:
        """Stop at every call, or only where a line of the program's own comes to its next."""

    async def step(
        self,
        proc: str,
        limit: int | None = None,
        into: bool = False,
        number: int | None = None,
    ) -> None:
        """Let one tracee make the call at its gate, with at most ``limit`` octets.

        Of several threads, at a gate each, the one that came first, or that of the call with
        this ``number``.  Where a library makes it, and the step does not go ``into`` it, also
        what it does next.
        """

    async def step_next(self, limit: int | None = None, into: bool = False) -> None:
        """The same for the tracee whose turn it is."""

    def next_in_turn(self) -> str | None:
        """The tracee that ``step_next`` would step."""

    async def run(self, proc: str) -> None:
        """Let one tracee go on until it blocks or exits."""

    async def run_all(self) -> None:
        """Let every tracee go on until each has blocked or exited, or a breakpoint is met."""

    def set_breakpoints(self, breakpoints: Sequence[Breakpoint], history: History) -> None:
        """Stop at these calls, and no others, as ``history``, the trace, tells of them."""

    async def pause(self) -> None:
        """Stop every running tracee at its next gate."""

    async def kill(self, proc: str, signal_name: str) -> None:
        """Send one tracee a signal."""


MakeDriver = Callable[[], Driver]
