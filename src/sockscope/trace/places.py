"""Whether two addresses are the same place."""

from __future__ import annotations

from typing import Any, Final

from .events import SocketView
from .names import is_int

ANYWHERE: Final = ("", "0.0.0.0", "::")
"""Hosts that stand for every address of the machine."""


WAITING: Final = ("ESTABLISHED", "CLOSE_WAIT")
"""States of a connection in an accept queue."""


def covers(own: Any, address: Any) -> bool:
    """Whether a socket named ``own`` answers to ``address``."""
    if isinstance(own, str) or isinstance(address, str):
        return bool(own) and own == address
    if own is None or address is None or own[1] != address[1]:
        return False
    same = own[0] == address[0] or own[0] in ANYWHERE or address[0] in ANYWHERE
    return same or {own[0], address[0]} == {"localhost", "127.0.0.1"}


def waits_at(listener: SocketView, view: SocketView) -> bool:
    """Whether a socket that no process holds waits to be accepted by ``listener``.

    Its client may have finished already; a socket that was closed is in neither state.
    """
    is_queue = listener.kind == "listening" and view.fd is None
    return is_queue and view.state in WAITING and covers(listener.local, view.local)


def is_address(value: Any) -> bool:
    """Whether an argument is ``(host, port)``, with more behind it for IPv6."""
    return (
        isinstance(value, (list, tuple))
        and len(value) >= 2
        and isinstance(value[0], str)
        and is_int(value[1])
    )
