"""The unread octets of one socket, as a hex dump."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual import events
from textual.content import Content
from textual.reactive import reactive

from sockscope.trace.events import SocketView
from sockscope.trace.state import Fd
from sockscope.trace.words import counted, size_text

from .frame import set_titles
from .line_view import LineView
from .scene import NOTHING, Scene
from .text import data

ROW: Final = 16
"""Octets of one line."""


class OctetsPanel(LineView):
    """What waits in the receive buffer of the socket ``key``, as far as the kernel showed it."""

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    key: reactive[Fd | None] = reactive(None, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content("unread bytes")
        self._lines: list[Content] = []

    def watch_scene(self) -> None:
        self._rebuild()

    def watch_key(self) -> None:
        self._rebuild()

    def on_resize(self, event: events.Resize) -> None:
        event.stop()
        self._rebuild()

    def _rebuild(self) -> None:
        socket = self.scene.state.sockets.get(self.key) if self.key else None
        name = f" · {socket.end.proc} fd {socket.end.fd}" if socket else ""
        set_titles(self, data(f"unread bytes{name}"))
        self._lines = list(octet_lines(socket.view)) if socket else []
        self.set_line_count(len(self._lines))

    def line(self, y: int) -> Content:
        return self._lines[y]


def octet_lines(view: SocketView) -> Iterator[Content]:
    """The whole panel for one socket."""
    peek = view.peek or b""
    for start in range(0, len(peek), ROW):
        yield _row(start, peek[start : start + ROW])
    if text := _rest(view, len(peek)):
        yield Content.styled(text, "$quiet")


def _row(start: int, octets: bytes) -> Content:
    halves = octets[: ROW // 2].hex(" "), octets[ROW // 2 :].hex(" ")
    text = "".join(chr(octet) if 0x20 <= octet < 0x7F else "·" for octet in octets)
    return Content.assemble(
        (f"{start:6}  ", "$quiet"),
        (f"{halves[0]:23}  {halves[1]:23}  ", "$place-waiting"),
        (text, "bold $place-waiting"),
    )


def _rest(view: SocketView, shown: int) -> str:
    """What the dump does not show, and why."""
    waiting = view.recv_bytes or 0
    if view.kind == "listening":
        clients = counted(view.accept_length or 0, "client")
        return f"A listening socket receives no bytes; {clients} in its accept queue."
    if not waiting:
        return "Nothing waits in its receive buffer."
    if view.type == "dgram":
        return f"The first datagram has {counted(waiting, 'byte')}; datagrams are only counted."
    if not shown:
        is_reset = view.state == "CLOSE"
        why = "the connection was reset" if is_reset else "the program has set SO_PEEK_OFF"
        return f"{size_text(waiting)} wait, only counted: {why}."
    return f"… and {size_text(waiting - shown)} more, only counted." if waiting > shown else ""
