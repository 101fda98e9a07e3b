"""Whether a call sleeps in the kernel: from evidence, not from a guess by time."""

from __future__ import annotations

import _thread
import os
import select
import threading
from contextlib import suppress

from .channel import kernel_poll, raise_fd

RECEIVES = frozenset(("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"))
READS = RECEIVES | {"accept"}
WRITES = frozenset(("send", "sendto", "sendmsg", "sendfile"))

PASSING = ("futex", "synchronize_rcu")
"""Where a call sleeps that waits for no peer: for Python's own lock, or for the kernel while
it makes the table of fds larger (fd 256 and on), which takes it some 15 ms.
"""


def may_read(name: str) -> bool:
    """Whether a call may take octets, or an error, from its socket."""
    return name in READS or name.startswith("ssl.")


def would_block(name: str, fd: int, awaited: dict[int, int] | None = None) -> bool | None:
    """What poll(2) says of a call before it is made; None where it cannot tell.

    ``awaited`` are the fds that a wait for any of several is for, with poll(2)'s events.
    """
    events = select.POLLIN if name in READS else select.POLLOUT if name in WRITES else 0
    fds = awaited if awaited is not None else {fd: events}
    if not any(fds.values()) or min(fds) < 0:
        return None
    poll = select.poll()
    for number, mask in fds.items():
        poll.register(number, mask & 0xFFFF)
    return not kernel_poll(poll, 0)


_EVENTS = (
    (select.POLLIN, "IN"),
    (select.POLLPRI, "PRI"),
    (select.POLLOUT, "OUT"),
    (select.POLLERR, "ERR"),
    (select.POLLHUP, "HUP"),
    (select.POLLNVAL, "NVAL"),
    (select.POLLRDHUP, "RDHUP"),
)


class _Texts(dict):  # type: ignore[type-arg]
    def __missing__(self, mask: int) -> str:
        text = "|".join(word for bit, word in _EVENTS if mask & bit)
        self[mask] = text
        return text


EVENTS_TEXT = _Texts()
"""poll(2)'s events in its own words, by their bits: ``IN``, ``IN|OUT``."""


class Thread:
    """Where a thread sleeps, from /proc/thread-self/wchan (proc(5)).

    Made by the thread itself, and kept open at a high number: a file that the agent opened
    while the program runs could take the fd that the program's next socket should have.
    """

    def __init__(self) -> None:
        self._stat = f"/proc/self/task/{threading.get_native_id()}/stat"
        self._fd = -1
        try:
            self._fd = raise_fd(os.open("/proc/thread-self/wchan", os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            return

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._fd)

    def channel(self) -> str | None:
        """The kernel function that it sleeps in; None while it runs, or where it is not told."""
        try:
            channel = os.pread(self._fd, 100, 0).decode().strip()
        except OSError:
            return None
        return None if channel in ("", "0") else channel

    def await_sleep(self) -> None:
        """Wait until it sleeps, from its state in /proc/self/task/TID/stat (proc(5)).

        For a thread that sleeps soon, and before the program has any fd: this opens a file.
        Raises OSError where the system does not tell.
        """
        state = b""
        while state not in (b"S", b"D"):
            with open(self._stat, "rb") as file:
                state = file.read().rpartition(b") ")[2][:1]


class Evidence:
    """Tells whether calls are asleep.

    Two readings must agree: ``wchan`` that the thread sleeps in the kernel, and poll(2) that
    there is nothing for it to wake up to.  Some systems do not tell ``wchan``.
    """

    def __init__(self) -> None:
        self._is_told = False

    def learn(self) -> None:
        """Find out whether ``wchan`` is told here, from a thread that sleeps meanwhile."""
        made, over = _thread.allocate_lock(), _thread.allocate_lock()
        sleepers: list[Thread] = []

        def sleep() -> None:
            sleepers.append(Thread())
            made.release()
            over.acquire()

        made.acquire()
        over.acquire()
        _thread.start_new_thread(sleep, ())
        made.acquire()
        with suppress(OSError):
            sleepers[0].await_sleep()
            self._is_told = sleepers[0].channel() is not None
        over.release()

    def of(
        self, name: str, fd: int, thread: Thread, awaited: dict[int, int] | None = None
    ) -> str | None:
        """What shows that a call is asleep; None where nothing does."""
        blocks = would_block(name, fd, awaited)
        if blocks is False:
            return None
        channel = thread.channel()
        if channel is not None:
            return None if channel.startswith(PASSING) else f"asleep in {channel} (/proc wchan)"
        return None if self._is_told or blocks is None else "not ready (poll)"
