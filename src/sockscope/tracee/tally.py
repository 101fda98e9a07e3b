"""Whether a socket carried octets by calls that nobody saw: the kernel counts them too.

``os.read()`` on its fd, C code, whoever else holds it: none of them passes the gate.  What the
calls that did have moved is added up, and when a TCP socket is closed the kernel is asked how
much went through it in all.  Only of sockets that a call of ours has made, and that are
nobody else's, can that be said.
"""

from __future__ import annotations

import os
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .records import Record


class Tally:
    """What the calls of each socket have moved, in the order in which they ended."""

    def __init__(self) -> None:
        self._moved: dict[int, list[int]] = {}  # by fd: octets sent, and received

    def forget(self, held: int | None = None) -> None:
        """Others come to hold the socket of this fd, or all: what they do is not counted."""
        inode = None if held is None else _inode(held)
        for fd in list(self._moved):
            if inode is None or _inode(fd) == inode:
                del self._moved[fd]

    def take(self, record: Record) -> str | None:
        """Add one call.  Where it closes a socket that carried more than its calls, says so."""
        data, method = record.data, record.method
        name = method.name
        if data is not None:
            moved = self._moved.get(record.fd)
            if moved is not None and (len(record.args) == 1 or not _peeks(record)):
                moved[method.receives] += len(data)
        elif name == "close":
            return self._closed(record)
        elif record.error is not None:
            return None
        elif name in ("socket", "accept"):
            made = record.value if name == "socket" else record.value[0]
            self._moved[made] = [0, 0]
        elif name in ("dup", "detach"):
            self._moved.pop(record.fd, None)
        return None

    def _closed(self, record: Record) -> str | None:
        moved = self._moved.pop(record.fd, None)
        if moved is None or record.carried is None:
            return None
        unseen = [max(0, whole - seen) for whole, seen in zip(record.carried, moved)]
        if not any(unseen):
            return None
        words = zip(unseen, ("sent", "received"))
        told = " and ".join(f"{_octets(count)} {word}" for count, word in words if count)
        return f"fd {record.fd} was closed: {told} through it by calls that are not seen"


def _inode(fd: int) -> int:
    try:
        return os.fstat(fd).st_ino
    except OSError:
        return 0


def _octets(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"


def _peeks(record: Record) -> bool:
    at = 2 if record.name.startswith("recvmsg") else 1
    args = record.args
    if len(args) <= at or not record.method.receives:
        return False
    flags = args[at]
    return isinstance(flags, int) and bool(flags & socket.MSG_PEEK)
