"""The control channel: JSON messages, each after its length, over two inherited pipes.

A message to the tracer may have octets behind it, whose length stands before them both.

The pipes move to high numbers, so that the program's first socket is fd 3 as in the
books.  A third pipe is the lifeline: nothing is ever written to it, and its other end
is held by the tracer alone.  When the tracer dies, however it dies, the kernel itself
signals the tracee and its whole process group (fcntl(2), F_SETSIG; pipe(7)), so neither a
sleeping thread nor a busy one can outlive the tracer.
"""

from __future__ import annotations

import binascii
import errno
import fcntl
import json
import os
import select
import signal
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FIRST_FD = 200

kernel_poll = type(select.poll()).__dict__["poll"]
"""``poll`` of a poll object, as it was before anybody wrapped it."""

_LENGTH = struct.Struct(">I")
_LENGTHS = struct.Struct(">II")


def raise_fd(fd: int) -> int:
    """Move ``fd`` to FIRST_FD or above, closed on exec."""
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FIRST_FD)
    os.close(fd)
    return high


class Owned:
    """A file descriptor of ours: the program may close it, and have a file of its own there."""

    def __init__(self, fd: int) -> None:
        self.fd = raise_fd(fd)
        self._inode = os.fstat(self.fd).st_ino

    @property
    def is_there(self) -> bool:
        """Whether it is still ours."""
        try:
            return os.fstat(self.fd).st_ino == self._inode
        except OSError:
            return False

    def close(self) -> None:
        """Let go of it, where it is still ours."""
        if self.is_there:
            os.close(self.fd)


class Lifeline:
    """Has the kernel kill this process once the other end of pipe ``fd`` is gone.

    The process group too, with what it has started that knows nothing of us.  Whom the kernel
    signals belongs to the open file, so the pipe is opened again for each.
    """

    def __init__(self, fd: int) -> None:
        self._itself, self._group = Owned(_opened_again(fd)), Owned(_opened_again(fd))
        os.close(fd)
        for owned, owner in ((self._itself, os.getpid()), (self._group, -os.getpgrp())):
            fcntl.fcntl(owned.fd, fcntl.F_SETOWN, owner)
            fcntl.fcntl(owned.fd, 10, signal.SIGKILL)  # F_SETSIG, which older Pythons do not name
            flags = fcntl.fcntl(owned.fd, fcntl.F_GETFL)
            fcntl.fcntl(owned.fd, fcntl.F_SETFL, flags | os.O_ASYNC)

    @property
    def fd(self) -> int | None:
        """For a program to inherit that this process starts; None where it was closed."""
        return self._group.fd if self._group.is_there else None

    def inherited(self) -> Lifeline:
        """The same for a forked child, which lets go of its parent's.  Raises OSError."""
        fd = self.fd
        if fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        own = Lifeline(os.dup(fd))
        for owned in (self._itself, self._group):
            owned.close()
        return own

    def follow(self) -> None:
        """Take the process group that this process is in now, which others will inherit."""
        if self._group.is_there:
            fcntl.fcntl(self._group.fd, fcntl.F_SETOWN, -os.getpgrp())


def _opened_again(pipe: int) -> int:
    """The same pipe as an open file of its own; without /proc there is only the one."""
    try:
        return os.open(f"/proc/self/fd/{pipe}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return os.dup(pipe)


def _base64(octets: bytes) -> str:
    return binascii.b2a_base64(octets, newline=False).decode()


_encode = json.JSONEncoder(
    separators=(",", ":"), check_circular=False, ensure_ascii=False, default=_base64
).encode


class Channel:
    """Messages to and from the tracer.  Only one thread may receive."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._owned = Owned(read_fd), Owned(write_fd)
        self._read_fd, self._write_fd = (owned.fd for owned in self._owned)
        self._received = bytearray()
        self._poll = select.poll()
        self._poll.register(self._read_fd, select.POLLIN)

    def close(self) -> None:
        """Let go of the channel of another process: a child inherits its parent's."""
        for owned in self._owned:
            owned.close()

    def send(self, message: dict[str, Any], tail: bytes = b"") -> bool:
        """Write one message, its octets in base64, and ``tail`` as it is.

        Gives False where the tracer is gone.
        """
        body = _encode(message).encode("utf-8", "surrogatepass")
        view = memoryview(b"".join((_LENGTHS.pack(len(body), len(tail)), body, tail)))
        try:
            while view:
                view = view[os.write(self._write_fd, view) :]
        except OSError:
            return False
        return True

    def receive(self, milliseconds: float | None) -> dict[str, Any] | None:
        """The next message, or None where none came in time.

        Raises EOFError when the tracer is gone or the program closed the channel.
        """
        while True:
            message = self._take()
            if message is not None:
                return message
            if not kernel_poll(self._poll, milliseconds):
                return None
            try:
                data = os.read(self._read_fd, 65536)
            except OSError:
                data = b""
            if not data:
                raise EOFError
            self._received += data

    def _take(self) -> dict[str, Any] | None:
        if len(self._received) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._received)
        end = _LENGTH.size + length
        if len(self._received) < end:
            return None
        body = bytes(self._received[_LENGTH.size : end])
        del self._received[:end]
        message: dict[str, Any] = json.loads(body)
        return message
