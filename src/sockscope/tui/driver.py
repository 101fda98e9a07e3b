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

    async def step(self, proc: str, limit: int | None = None) -> None:
        """Let one tracee make the call at its gate, with at most ``limit`` octets."""

    async def step_next(self, limit: int | None = None) -> None:
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
