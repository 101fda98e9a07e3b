"""What may stir in a process besides its socket calls, from proc(5): threads, and signals.

A thread that sleeps in a lock of its own process, without a timeout, can only be woken by
another thread of it: as long as each of these sleeps, nothing will.  That is futex(2) with
FUTEX_PRIVATE_FLAG; the locks of ``multiprocessing`` are shared, and told by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .sleeping import FUTEX, system_call, threads, undisturbed

WAIT, WAIT_BITSET, PRIVATE = 0, 9, 0x80
COMMAND: Final = 0x7F
"""The bits of a futex operation that say what it does."""

USUAL: Final = 1 << 1
"""SIGINT, which Python catches in every program, as a bit of SigCgt."""


def awake(pid: int, ours: int) -> int | None:
    """The threads of a process that do not sleep in such a lock; None where nobody tells.

    Those in other calls are among them, and those of libraries too.
    """
    try:
        calls = undisturbed({pid: ours}, lambda: list(map(system_call, threads(pid))))
    except OSError:
        return None
    if calls is None or FUTEX is None:
        return None
    return sum(not _is_locked(call) for call in calls)


def _is_locked(call: Sequence[str]) -> bool:
    """Whether a thread sleeps in a lock of its own process, without a timeout."""
    if len(call) < 5 or call[0] != str(FUTEX):
        return False
    arguments = call[1:]
    operation, timeout = int(arguments[1], 16), int(arguments[3], 16)
    return bool(operation & PRIVATE) and operation & COMMAND in (WAIT, WAIT_BITSET) and not timeout


def catches_signals(pid: int) -> bool:
    """Whether a process has handlers of its own, for signals that somebody may send."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(next(caught, "0"), 16) & ~USUAL)
