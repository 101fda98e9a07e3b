"""A process that runs a tracee, wherever that is: how it is watched and signalled."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..trace.events import SocketView
from ..tracee import proc
from .ending import status_of
from .holders import held_by


class Child(Protocol):
    """What a tracer needs of a process.  The fds are for the tracer to close.

    ``ended`` can be read once it has ended; then ``wait`` reaps it, and gives its exit
    status, negative for the signal that ended it, or None where nobody knows.  ``stdout`` and
    ``stderr`` are -1 where what it writes goes where its parent's output goes.
    """

    pid: int
    stdout: int
    stderr: int
    ended: int
    is_here: bool  # on this host, with its network and its files
    ahead: int  # nanoseconds by which its clock is ahead of ours

    def wait(self) -> int | None: ...

    def kill(self, number: int, whole_group: bool) -> None:
        """Send a signal to it, or to all that it has started as well."""

    def waits_for_any(self) -> bool:
        """Whether its main thread sleeps until any of some files is ready."""

    def rest(self) -> str | None:
        """The call in which its main thread sleeps until another process does something."""

    def children(self) -> list[int]:
        """The pids of live processes that it has started."""

    def held_by(self, pid: int) -> list[SocketView]:
        """What is known of the sockets of one of them."""

    def read(self, file: str, take: Callable[[bytes], None]) -> None:
        """Give ``take`` the text of a file, now or soon; empty where it cannot be read."""

    def heard(self) -> list[str]:
        """What was said since the last time, on the way to it, that its user should know."""


class NearChild:
    """A process of this host.  ``wait`` reaps it."""

    is_here = True
    ahead = 0

    def __init__(self, pid: int, stdout: int, stderr: int, wait: Callable[[], int | None]) -> None:
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.wait = wait
        self.ended = os.pidfd_open(pid)

    def kill(self, number: int, whole_group: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.killpg if whole_group else os.kill)(self.pid, number)

    def waits_for_any(self) -> bool:
        return proc.waits_for_any(self.pid)

    def rest(self) -> str | None:
        return proc.rest(self.pid)

    def children(self) -> list[int]:
        return proc.children(self.pid)

    def held_by(self, pid: int) -> list[SocketView]:
        return held_by(pid)

    def read(self, file: str, take: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError, ValueError):
            take(Path(file).read_bytes())

    def heard(self) -> list[str]:
        return []


class Grandchild(NearChild):
    """A process that another tracee has started, so that it is not ours to reap.

    Its pid may be another's once it has ended.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(pid, -1, -1, self._status)
        self._has_ended = False

    def _status(self) -> int | None:
        self._has_ended = True
        return status_of(self.pid, self.ended)

    def kill(self, number: int, whole_group: bool) -> None:
        """Its group only where it has one of its own: most are in their parent's."""
        if self._has_ended:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self.ended, number)
            if whole_group and os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, number)
