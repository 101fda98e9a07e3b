"""The sockets of a running process of any language, looked at from outside.

pidfd_getfd(2) gives us a second fd for each of its sockets; the probe that tracees use looks
at it, and it is closed at once.  The process is not stopped, and nothing of it is changed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ..trace.words import address_text, octets_text, plain_text, size_text
from ..tracee import probe

PIDFD_GETFD = 438
"""Its number, the same on every architecture (pidfd_getfd(2); Linux 5.6)."""

SHOWN = 40
"""Octets of a receive queue that a line shows at most."""

_syscall = ctypes.CDLL(None, use_errno=True).syscall


class WatchError(Exception):
    """The process cannot be watched; the message is one line that says why."""


class Watched:
    """One running process.  Raises WatchError where there is none, or it may not be seen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._pidfd = os.pidfd_open(pid)
        except (OSError, OverflowError):
            raise WatchError(
                f"there is no process {pid}: `ps` lists those that there are"
            ) from None

    def close(self) -> None:
        """Let go of the process."""
        os.close(self._pidfd)

    def has_ended(self, seconds: float) -> bool:
        """Whether it has ended, waiting for that at most so long."""
        return bool(select.select([self._pidfd], [], [], seconds)[0])

    def lines(self) -> dict[int, str]:
        """What the kernel holds for each of its sockets now, in words, by fd."""
        found = {}
        for fd in self._socket_fds():
            with suppress(ProcessLookupError):
                if (view := self._view(fd)) is not None:
                    found[fd] = line(view)
        return found

    def _socket_fds(self) -> Iterator[int]:
        folder = f"/proc/{self.pid}/fd"
        try:
            fds = sorted(map(int, os.listdir(folder)))
        except FileNotFoundError:
            return
        except PermissionError:
            raise self._refused() from None
        for fd in fds:
            with suppress(OSError):
                if os.readlink(f"{folder}/{fd}").startswith("socket:"):
                    yield fd

    def _view(self, fd: int) -> Mapping[str, Any] | None:
        ours = _syscall(PIDFD_GETFD, self._pidfd, fd, 0)
        if ours < 0:
            number = ctypes.get_errno()
            if number in (errno.EPERM, errno.EACCES):
                raise self._refused()
            if number == errno.ENOSYS:
                raise WatchError("this kernel has no pidfd_getfd(2): Linux 5.6 and later have it")
            return None  # it was closed meanwhile
        try:
            return probe.observe(ours)
        finally:
            os.close(ours)

    def _refused(self) -> WatchError:
        return WatchError(
            f"process {self.pid} may not be looked into: it should be your own, and where"
            " kernel.yama.ptrace_scope is not 0, watched by root (ptrace(2))"
        )


def line(view: Mapping[str, Any]) -> str:
    """One socket in words: its kind, its ends, and what waits in its queues."""
    peer = f" - {address_text(view['peer'])}" if view["peer"] else ""
    parts = [plain_text(f"{view['kind']} {view['state'] or ''}".rstrip())]
    if view["local"]:
        parts.append(f"{address_text(view['local'])}{peer}")
    accepts, receives, sends = view["accept_queue"], view["recv_queue"], view["send_queue"]
    if accepts:
        parts.append(f"accept queue {accepts['length']} of {accepts['limit']}")
    if receives and receives["bytes"]:
        octets = octets_text(receives["peek"], SHOWN)
        parts.append(f"{size_text(receives['bytes'])} to read {octets}")
    if sends and sends["bytes"]:
        parts.append(f"{size_text(sends['bytes'])} not acknowledged")
    return "  ".join(parts)


def changes(before: Mapping[int, str], now: Mapping[int, str]) -> Iterator[str]:
    """The lines that are new, and the fds that are gone."""
    for fd in sorted(before.keys() | now.keys()):
        if before.get(fd) != now.get(fd):
            yield f"fd {fd}  {now.get(fd, 'closed')}"


def supported() -> bool:
    """Whether this kernel has pidfd_getfd(2), found out with a socket of our own."""
    with socket.socket() as own:
        pidfd = os.pidfd_open(os.getpid())
        try:
            fd = _syscall(PIDFD_GETFD, pidfd, own.fileno(), 0)
            if fd >= 0:
                os.close(fd)
            return bool(fd >= 0)
        finally:
            os.close(pidfd)
