"""How much of what a program received lies in Python's own buffer, above the kernel's.

``makefile()`` reads ahead, and neither the kernel nor a later ``recv()`` knows of it.  A
``BufferedReader`` cannot be asked what it holds: ``peek()`` reads when it is empty, and
takes its lock, which a sleeping ``readline()`` has.  ``tell()`` does neither: it asks the
raw file for its place and takes away what is still in the buffer.  Sockets have no place,
but while we look they say ``FAR``.
"""

from __future__ import annotations

import io
import socket
import threading
import weakref
from contextlib import suppress

from .passage import look_like, put_in_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FAR = 1 << 40

_readers: weakref.WeakSet[Any] = weakref.WeakSet()
_looking: set[int] = set()
"""Threads that are counting just now."""


def install() -> None:
    """Remember the readers that ``makefile()`` makes."""
    original = socket.socket.makefile

    def makefile(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(self, *args, **kwargs)
        reader = getattr(made, "buffer", made)
        if type(reader) is io.BufferedReader:
            _readers.add(reader)
        return made

    put_in_place("makefile", original, makefile)
    placeless = socket.SocketIO.tell

    def tell(self: Any) -> int:
        return FAR if threading.get_ident() in _looking else placeless(self)

    look_like(placeless, tell)
    socket.SocketIO.tell = tell  # type: ignore[method-assign]


def counts() -> dict[int, int]:
    """The octets in Python's own buffers, by the fd of their socket."""
    found: dict[int, int] = {}
    me = threading.get_ident()
    _looking.add(me)
    try:
        for reader in list(_readers):
            with suppress(ValueError, AttributeError, TypeError):  # closed or detached
                fd = socket.socket.fileno(reader.raw._sock)
                found[fd] = found.get(fd, 0) + FAR - reader.tell()
    finally:
        _looking.discard(me)
    return found
