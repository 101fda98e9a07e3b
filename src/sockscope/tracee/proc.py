"""What proc(5) tells of processes, on the machine where they run."""

from __future__ import annotations

import contextlib
import os


def waits_for_any(pid: int) -> bool:
    """Whether a process's main thread sleeps until any of some files is ready.

    ``selectors`` and what is built on it (``socketserver``, ``http.server``) wait so,
    in poll(2) and its like: no call of a socket, but a program that waits all the same.
    """
    channel = _sleeps_in(pid)
    return "poll" in channel or "select" in channel


def rest(pid: int) -> str | None:
    """The call in which its main thread sleeps until another process does something.

    ``wait``, ``pause`` or ``read`` (of a pipe); None for none of these.
    """
    return _RESTS.get(_sleeps_in(pid))


_RESTS = {
    "do_wait": "wait",
    "__do_sys_pause": "pause",
    "do_sys_pause": "pause",
    "pipe_read": "read",
    "anon_pipe_read": "read",
}
"""By the kernel function that a thread sleeps in."""


def _sleeps_in(pid: int) -> str:
    return _read(f"/proc/{pid}/task/{pid}/wchan").strip()


def children(pid: int) -> list[int]:
    """The live processes that ``pid`` has started."""
    return [child for child in _all_children(pid) if not _is_dead(child)]


def is_about_to_reap(pid: int) -> bool:
    """Whether a process sleeps in wait(2) though a child of it has ended, or is just ending.

    A child counts as dead as soon as its first thread is; its parent wakes after the last.
    """
    return rest(pid) == "wait" and any(map(_is_dead, _all_children(pid)))


def _all_children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, _read(f"/proc/{pid}/task/{task}/children").split())
    return found


def descendants(pid: int) -> list[int]:
    """The live processes that ``pid`` and those that it has started have started."""
    found = children(pid)
    for child in found:  # grows as it is gone through
        found += children(child)
    return found


def threads(pid: int) -> int:
    """The threads of a process, each that was made but has not yet run too; 0 after its end."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def is_asleep(pid: int) -> bool:
    """Whether every thread of a process sleeps at this moment (stat, the third field)."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return False
    stats = [_read(f"/proc/{pid}/task/{task}/stat") for task in tasks]
    return all(stat.rpartition(")")[2].split()[:1] in (["S"], ["D"]) for stat in stats)


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used, in itself and the kernel (stat); 0 after its end."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def clock() -> str | None:
    """Whose monotonic clock this process reads: the kernel's, by its boot, in a time namespace.

    None where that is not told.
    """
    boot = _read("/proc/sys/kernel/random/boot_id").strip()
    namespace = ""
    with contextlib.suppress(OSError):  # a kernel before 5.6 has no such namespaces
        namespace = os.readlink("/proc/self/ns/time")
    return f"{boot} {namespace}" if boot else None


def _is_dead(pid: int) -> bool:
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return not fields or fields[0] in "ZX"


def _read(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""
