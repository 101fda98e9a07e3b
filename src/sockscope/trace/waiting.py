"""What a wait for any of several sockets waits for, and why some of them are ready.

``select``, ``poll`` and ``epoll_wait`` are told alike: ``[[fd, "IN|OUT"], ...]`` is their
first argument, and those that are ready are their value in the same form (poll(2)).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .events import SocketView
from .names import is_int
from .words import counted, size_text

Awaited = tuple[int, frozenset[str]]
"""An fd, and the events of poll(2) in its own words: ``IN``, ``OUT``, ``HUP``."""

ENDED = frozenset({"CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT", "CLOSE"})
"""States of a connection whose other direction has ended (RFC 9293, 3.3.2)."""


def awaited(told: Any) -> Iterator[Awaited]:
    """Reads what a wait was for, or what came of it; skips what makes no sense."""
    for item in told if isinstance(told, (list, tuple)) else ():
        match item:
            case [fd, str(words)] if is_int(fd):
                yield fd, frozenset(words.split("|"))


def why_ready(view: SocketView | None, events: frozenset[str]) -> str:
    """Why poll(2) names a socket, from what the kernel showed of it."""
    reasons = [] if view is None else list(_reasons(view, events))
    return " and ".join(reasons) or "ready for " + "|".join(sorted(events))


def standing(view: SocketView | None, events: frozenset[str]) -> tuple[bool, str]:
    """Whether a socket that is waited for is ready, as it was last seen, and why.

    Room to send is told by how much is not sent yet: what poll(2) makes of it nobody can ask.
    """
    if view is None:
        return False, "not seen"
    if "IN" in events:
        if view.accept_length:
            return True, f"{counted(view.accept_length, 'client')} in the accept queue"
        if view.recv_bytes:
            return True, f"{size_text(view.recv_bytes)} to read"
        if view.state in ENDED:
            return True, "its peer has closed"
    if "OUT" in events and view.kind == "connected":
        return False, f"to send, {size_text(view.unsent or 0)} unsent"
    return False, "no client yet" if view.kind == "listening" else "nothing to read yet"


def _reasons(view: SocketView, events: frozenset[str]) -> Iterator[str]:
    if "ERR" in events:
        yield "has an error waiting"
    if "IN" in events:
        yield from _reasons_to_read(view)
    if "OUT" in events:
        yield "has room to send"
    if "HUP" in events:
        yield "both directions have ended"


def _reasons_to_read(view: SocketView) -> Iterator[str]:
    if view.kind == "listening":
        yield "has a client in its accept queue"
    elif view.recv_bytes:
        yield f"has {size_text(view.recv_bytes)} to read"
    elif view.state in ENDED:
        yield "has come to the end of its stream"
    else:
        yield "has something to read"
