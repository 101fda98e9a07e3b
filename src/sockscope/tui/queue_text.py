"""Who waits in an accept queue, by address; and which halves of connections are not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from textual.content import Content

from sockscope.trace.events import SocketView
from sockscope.trace.places import WAITING, waits_at
from sockscope.trace.state import Fd, Socket, State
from sockscope.trace.words import address_text, size_text

from .text import data
from .themes import tracee_style

MOST_NAMED: Final = 12
"""How many of those who wait are named; the accept queue's bar counts all."""

NOT_SEEN: Final = "not seen"
INDENT: Final = "    "
APART: Final = "  "


class Queues:
    """The halves of connections that the kernel alone holds, of one state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._halves = {(view.local, view.peer) for view in state.unheld}
        self._queues: dict[Fd, list[SocketView]] = {}
        waiting = [view for view in state.unheld if view.state in WAITING]
        for key, socket in state.sockets.items() if waiting else ():
            if socket.view.kind == "listening":
                self._queues[key] = [view for view in waiting if waits_at(socket.view, view)]
        queued = {id(view) for views in self._queues.values() for view in views}
        self.left = [view for view in state.unheld if id(view) not in queued]
        """Those that are in no accept queue of the session."""

    def at(self, socket: Socket) -> Sequence[SocketView]:
        """Those that wait to be accepted by a listener."""
        return self._queues.get((socket.end.proc, socket.end.fd), ())

    def has_stranger(self, socket: Socket) -> bool:
        """Whether the other half of a TCP connection is, and was, in no process of the session.

        That is worth a word where programs are driven, which is all of them but those watched.
        """
        process = self._state.processes.get(socket.end.proc)
        if process is not None and process.watched:
            return False
        if socket.out is None or self._state.streams[socket.out].receiver is not None:
            return False
        view = socket.view
        return view.family != "unix" and (view.peer, view.local) not in self._halves

    def lines(self, views: Sequence[SocketView], width: int) -> list[Content]:
        """The names of those who wait, as many a line as fit."""
        lines: list[Content] = []
        for name in islice(_names(self._state, views), MOST_NAMED):
            if lines and (longer := lines[-1] + Content(APART) + name).cell_length <= width:
                lines[-1] = longer
            else:
                lines.append(Content(INDENT) + name)
        if len(views) > MOST_NAMED:
            lines.append(Content.styled(f"{INDENT}and {len(views) - MOST_NAMED} more", "$quiet"))
        return lines


def _names(state: State, views: Sequence[SocketView]) -> Iterator[Content]:
    for view in views:
        assert view.peer is not None
        waiting = f" {size_text(view.recv_bytes)}" if view.recv_bytes else ""
        yield Content.assemble(
            _whose(state, view),
            f" {address_text(view.peer)}",
            (waiting, "$place-waiting"),
        )


def _whose(state: State, view: SocketView) -> Content:
    """The process at the other end, or that it is not seen."""
    number = state.routes.get((view.peer, view.local)) if view.peer and view.local else None
    end = state.streams[number].sender if number is not None else None
    process = state.processes.get(end.proc) if end is not None else None
    if process is None:
        return Content.styled(NOT_SEEN, "$quiet")
    return data(process.name, tracee_style(process.order))
