"""How the threads of processes sleep, from /proc/PID/task (proc(5)): for ever, or for a time."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

Found = TypeVar("Found")

ALWAYS: Final = -1
"""Stands for the timeout of a system call that ends by the clock alone."""

_FUTEXES: Final = {"x86_64": 202, "aarch64": 98}

FUTEX: Final = _FUTEXES.get(platform.machine())
"""The number of futex(2), where it is known."""

_TIMEOUTS: Final[Mapping[str, Mapping[int, int]]] = {
    "x86_64": {
        7: 2,  # poll
        23: 4,  # select
        35: ALWAYS,  # nanosleep
        128: 2,  # rt_sigtimedwait
        _FUTEXES["x86_64"]: 3,
        230: ALWAYS,  # clock_nanosleep
        232: 3,  # epoll_wait
        270: 4,  # pselect6
        271: 2,  # ppoll
        281: 3,  # epoll_pwait
        441: 3,  # epoll_pwait2
    },
    "aarch64": {
        22: 3,  # epoll_pwait
        72: 4,  # pselect6
        73: 2,  # ppoll
        _FUTEXES["aarch64"]: 3,
        101: ALWAYS,  # nanosleep
        115: ALWAYS,  # clock_nanosleep
        137: 2,  # rt_sigtimedwait
        441: 3,  # epoll_pwait2
    },
}
"""Which argument of a system call is its timeout, by the call's number (syscalls(2))."""

_RUNNING: Final = "running"

_NO_TIMEOUT: Final = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
"""No pointer to a timeout, and the -1 of poll(2)."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Threads that all sleep: those that no clock will wake, and the number that one will.

    ``for_ever`` has each with how often it has gone to sleep: what is the same at a second
    look has not run in between.
    """

    for_ever: frozenset[tuple[int, str]]
    timed: int


def sleep_of(processes: Mapping[int, int]) -> Sleep | None:
    """How the threads of ``processes`` sleep; None where one of them may be running.

    It maps each pid to a thread of it that is left out, which serves us (0: to none).  While
    that one is awake, another may seem to sleep that only waits for Python's own lock.
    """
    try:
        return undisturbed(processes, lambda: _sleep(processes))
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return None


def _sleep(processes: Mapping[int, int]) -> Sleep | None:
    for_ever: set[tuple[int, str]] = set()
    timed = 0
    for pid, ours in processes.items():
        for task in threads(pid, ours):
            slept, call = _times_asleep(task), system_call(task)
            if slept is None or call == [_RUNNING]:
                return None
            if _is_timed(call):
                timed += 1
            else:
                for_ever.add((int(task.name), slept))
    return Sleep(frozenset(for_ever), timed)


def undisturbed(processes: Mapping[int, int], look: Callable[[], Found]) -> Found | None:
    """What ``look`` finds while each thread that serves us sleeps; None where one does not.

    Raises OSError where one of the ``processes``, mapped as for ``sleep_of``, has ended.
    """
    idle = _agents(processes)
    if None in idle:
        return None
    found = look()
    return found if _agents(processes) == idle else None


def _agents(processes: Mapping[int, int]) -> list[str | None]:
    """How often each thread that serves us has gone to sleep, None where it has work to do."""
    tasks = [Path(f"/proc/{pid}/task/{ours}") for pid, ours in processes.items() if ours]
    return [None if _is_in_lock(task) else _times_asleep(task) for task in tasks]


def _is_in_lock(task: Path) -> bool:
    return system_call(task)[:1] == [str(FUTEX)]


def threads(pid: int, ours: int = 0) -> Iterator[Path]:
    """The directories of a process's threads, but for one.  Raises OSError where it has ended."""
    for task in os.listdir(f"/proc/{pid}/task"):
        if int(task) != ours:
            yield Path(f"/proc/{pid}/task/{task}")


def _times_asleep(task: Path) -> str | None:
    """How often a thread has gone to sleep, None where it does not sleep now."""
    lines = (task / "status").read_text().splitlines()
    told = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return told.get("voluntary_ctxt_switches", "") if told["State"].startswith("S") else None


def system_call(task: Path) -> list[str]:
    """The number and the arguments, in hexadecimal, of the system call that a thread is in.

    Only ``running`` where it is in none; empty where that is not told.
    """
    try:
        return (task / "syscall").read_text().split()
    except OSError:
        return []


def _is_timed(call: Sequence[str]) -> bool:
    """Whether the clock may end this system call; what is not told counts as that."""
    timeouts = _TIMEOUTS.get(platform.machine())
    if timeouts is None or not call:
        return True
    at = timeouts.get(int(call[0]))
    if at is None or at == ALWAYS:
        return at is not None
    return int(call[1 + at], 16) not in _NO_TIMEOUT
