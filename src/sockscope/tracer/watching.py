"""The sockets of a running process of any language, looked at from outside.

pidfd_getfd(2) gives us a second fd for each of its sockets; the probe that tracees use looks
at it, and it is closed at once.  The process is not stopped, and nothing of it is changed.

Unread octets are looked at only where ``TCP_INFO`` shows no reset connection: on an empty
queue recv(2) hands out a pending error, even with MSG_PEEK, and nobody holds the process back
from emptying it meanwhile.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..tracee import probe

PIDFD_GETFD = 438
"""Its number, the same on every architecture (pidfd_getfd(2); Linux 5.6)."""

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
        self.argv = tuple(_read(pid, "cmdline").rstrip("\0").split("\0"))
        command = re.sub(r"[^A-Za-z0-9_]+", "-", _read(pid, "comm").strip()).strip("-")
        self.name = f"{command or 'process'}-{pid}"

    def fileno(self) -> int:
        """Readable once the process has ended (pidfd_open(2))."""
        return self._pidfd

    def close(self) -> None:
        """Let go of the process."""
        os.close(self._pidfd)

    def has_ended(self, seconds: float = 0) -> bool:
        """Whether it has ended, waiting for that at most so long."""
        return bool(select.select([self], [], [], seconds)[0])

    def views(self) -> list[dict[str, Any]]:
        """What the kernel holds for each of its sockets now, as a tracee's probe tells it.

        Raises WatchError where that is refused.
        """
        found = []
        for fd in self._socket_fds():
            with suppress(ProcessLookupError):
                if (view := self._view(fd)) is not None:
                    found.append({**view, "fd": fd})
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

    def _view(self, fd: int) -> dict[str, Any] | None:
        ours = _syscall(PIDFD_GETFD, self._pidfd, fd, 0)
        if ours < 0:
            number = ctypes.get_errno()
            if number in (errno.EPERM, errno.EACCES):
                raise self._refused()
            if number == errno.ENOSYS:
                raise WatchError("this kernel has no pidfd_getfd(2): Linux 5.6 and later have it")
            return None  # it was closed meanwhile
        try:
            return _look(ours)
        finally:
            os.close(ours)

    def _refused(self) -> WatchError:
        return WatchError(
            f"process {self.pid} may not be looked into: it should be your own, and where"
            " kernel.yama.ptrace_scope is not 0, watched by root (ptrace(2))"
        )


def _look(fd: int) -> dict[str, Any] | None:
    view = probe.observe(fd, peek=False)
    if view is None or view["state"] == "CLOSE" or not (view["recv_queue"] or {}).get("bytes"):
        return view
    return probe.observe(fd)


def _read(pid: int, name: str) -> str:
    """A file of /proc/PID (proc(5)); empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "backslashreplace")
    except OSError:
        return ""


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
