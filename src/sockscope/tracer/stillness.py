"""Whether tracees that make no call are about to: they run, or wait for the CPU."""

from __future__ import annotations

import time
from collections.abc import Iterable

from ..tracee.proc import cpu_seconds, is_asleep
from .process import Tracee
from .sleeping import Sleep, sleep_of


def sleep(tracee: Tracee, calls: int) -> Sleep | None:
    """How its threads sleep, where more of them are there than ``calls``; None if they do not."""
    is_needed = tracee.is_here and tracee.threads > calls and not tracee.exited.is_set()
    return sleep_of({tracee.pid: tracee.agent}) if is_needed else None


def computes(tracee: Tracee, calls: int, before: Sleep | None) -> bool:
    """Whether any of its threads is neither in one of its ``calls`` nor asleep elsewhere.

    ``before`` is how they slept before the tracee was last asked for all that has happened: who
    has slept since then has told all that it did.
    """
    if not tracee.is_here or tracee.threads <= calls:
        return False
    return before is None or sleep(tracee, calls) != before


class Patience:
    """How long tracees are waited for: ``seconds`` in which they could run.

    Where other processes leave them less of the CPU, they have longer, but not more than
    ``most``.
    """

    def __init__(self, seconds: float, most: float) -> None:
        self._seconds = seconds
        self._most = most
        self._began = time.monotonic()
        self._used: dict[int, float] = {}

    def is_over(self, tracees: Iterable[Tracee]) -> bool:
        """Whether they have had that long, as far as they are on this host."""
        here = [t.pid for t in tracees if t.is_here and not t.exited.is_set()]
        lacking = [pid for pid in here if self._since(pid) < self._seconds]
        waited = time.monotonic() - self._began
        if waited < self._seconds:
            return False
        return waited >= self._most or all(map(is_asleep, lacking))

    def _since(self, pid: int) -> float:
        """The CPU time that a process has used since it was first looked at."""
        used = cpu_seconds(pid)
        return used - self._used.setdefault(pid, used)
