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
import fcntl
import json
import os
import select
import signal
import struct
from contextlib import suppress

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


class Lifeline:
    """Has the kernel kill this process once the other end of pipe ``fd`` is gone.

    The process group too, with what it has started that knows nothing of us.  The owner who
    is signalled belongs to the open file, so the same pipe is opened once for each.
    """

    def __init__(self, fd: int) -> None:
        self._group = raise_fd(fd)
        again = os.open(f"/proc/self/fd/{self._group}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._itself = raise_fd(again)
        _signal_owner(self._itself, os.getpid())
        _signal_owner(self._group, -os.getpgrp())

    def follow(self) -> None:
        """Take the process group that this process is in now, which others will inherit."""
        with suppress(OSError):  # the program may have closed it
            fcntl.fcntl(self._group, fcntl.F_SETOWN, -os.getpgrp())

    def close(self) -> None:
        """Let go of the lifeline of another process: a child inherits its parent's."""
        os.close(self._group)
        os.close(self._itself)


def _signal_owner(fd: int, owner: int) -> None:
    fcntl.fcntl(fd, fcntl.F_SETOWN, owner)
    fcntl.fcntl(fd, 10, signal.SIGKILL)  # F_SETSIG, which older Pythons do not name
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)


def _base64(octets: bytes) -> str:
    return binascii.b2a_base64(octets, newline=False).decode()


_encode = json.JSONEncoder(
    separators=(",", ":"), check_circular=False, ensure_ascii=False, default=_base64
).encode


class Channel:
    """Messages to and from the tracer.  Only one thread may receive."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = raise_fd(read_fd)
        self._write_fd = raise_fd(write_fd)
        self._received = bytearray()
        self._poll = select.poll()
        self._poll.register(self._read_fd, select.POLLIN)

    def close(self) -> None:
        """Let go of the channel of another process: a child inherits its parent's."""
        os.close(self._read_fd)
        os.close(self._write_fd)

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
