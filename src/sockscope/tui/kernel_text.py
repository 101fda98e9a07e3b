"""What the kernel holds, as lines: every socket of every tracee, and those of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from sockscope.trace.events import SocketView
from sockscope.trace.state import Fd, Socket
from sockscope.trace.words import address_text, octets_text, size_text

from .scene import Scene
from .text import data, printable
from .themes import tracee_style

BAR: Final = 6
EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
KIND_STYLES: Final = {
    "listening": "bold $tracee-1",
    "connected": "bold $place-read",
    "connecting": "bold $place-waiting",
}


@dataclass(frozen=True, slots=True)
class KernelLine:
    """One line, and the socket that it belongs to."""

    content: Content
    socket: Fd | None = None


def kernel_lines(
    scene: Scene, width: int, height: int = 0, chosen: Fd | None = None
) -> list[KernelLine]:
    """The whole panel; where it leaves room in ``height``, blank lines part the groups."""
    groups = list(_groups(scene, width, chosen))
    lines = [line for group in groups for line in group]
    if len(lines) + len(groups) > height:
        return lines
    return [line for group in groups for line in (*group, KernelLine(Content("")))][:-1]


def _groups(scene: Scene, width: int, chosen: Fd | None) -> Iterator[list[KernelLine]]:
    for process in scene.tracees:
        owned = sorted(key for key in scene.state.sockets if key[0] == process.name)
        lines = [KernelLine(data(process.name, tracee_style(process.order)))]
        for key in owned:
            lines.extend(_socket_lines(scene.state.sockets[key], width, key == chosen))
        if not owned:
            what = "exited" if process.exited else "no socket"
            lines.append(KernelLine(Content.styled(f"  {what}", "$quiet")))
        yield lines
    if scene.state.unheld:
        heading = KernelLine(Content.styled("held by no process", "bold"))
        views = scene.state.unheld
        yield [heading, *(KernelLine(line) for view in views for line in _unheld(view, width))]


def _socket_lines(socket: Socket, width: int, chosen: bool) -> Iterator[KernelLine]:
    view, key = socket.view, (socket.end.proc, socket.end.fd)
    head = Content.assemble(
        ("▸" if chosen else " ", "bold $line-on"),
        (f"fd {socket.end.fd} ", "bold"),
        (state_text(view), KIND_STYLES.get(view.kind, "bold")),
        " ",
    )
    yield KernelLine(_with_ends(head, view, width), key)
    for line in _queues(view, width):
        yield KernelLine(line, key)


def state_text(view: SocketView) -> str:
    """The kernel's name for the state, or ours for the kind where it gave none."""
    return printable(view.state or view.kind)


def _with_ends(head: Content, view: SocketView, width: int) -> Content:
    if view.local is None:
        return head
    room = width - head.cell_length
    return head + Content(ends_text(view, room))


def ends_text(view: SocketView, room: int) -> str:
    """Both addresses; the hosts are left out where there is no room for them."""
    local = address_text(view.local) if view.local is not None else "?"
    if view.peer is None:
        return local
    peer = address_text(view.peer)
    for text in (f"{local} ⇄ {peer}", f"{local} ⇄ {_port(peer)}"):
        if len(text) <= room:
            return text
    return f"{_port(local)} ⇄ {_port(peer)}"


def _port(address: str) -> str:
    return ":" + address.rpartition(":")[2]


def _queues(view: SocketView, width: int) -> Iterator[Content]:
    if view.kind == "listening" and view.accept_length is not None:
        limit = "?" if view.accept_limit is None else str(view.accept_limit)
        text = f"{view.accept_length} of {limit}"
        yield _queue("accept queue", view.accept_length, view.accept_limit, text, "tracee-1")
    if view.kind != "listening":
        yield from _side_by_side(_receive_line(view, width), _send_line(view), width)


def _side_by_side(left: Content | None, right: Content | None, width: int) -> list[Content]:
    """In one line where both fit."""
    lines = [line for line in (left, right) if line is not None]
    joined = Content("  ").join(lines)
    return [joined] if lines and joined.cell_length <= width else lines


def _receive_line(view: SocketView, width: int) -> Content | None:
    if view.recv_bytes is None:
        return None
    size = size_text(view.recv_bytes)
    line = _queue("recv buffer", view.recv_bytes, view.recv_size, size, "place-waiting")
    if not view.peek:
        return line
    room = width - line.cell_length - 1
    return Content.assemble(line, " ", (peek_text(view.peek, room), "$place-waiting"))


def peek_text(peek: bytes, room: int) -> str:
    """As many of the octets as have room, as Python would write them."""
    limit = min(len(peek), max(0, room))
    while limit > 0 and len(octets_text(peek, limit)) > room:
        limit -= 1
    return octets_text(peek, limit)


def _send_line(view: SocketView) -> Content | None:
    if view.send_bytes is None:
        return None
    text = size_text(view.send_bytes)
    if view.send_bytes:
        text = f"{size_text(view.unsent)} unsent" if view.unsent else f"{text} unacked"
    return _queue("send buffer", view.send_bytes, view.send_size, text, "place-unsent")


def _queue(name: str, value: int, limit: int | None, text: str, colour: str) -> Content:
    style = f"${colour}" if value else "$quiet"
    return Content.assemble(
        (f"  {name:<12} ", "$quiet"),
        ("▕", "$quiet"),
        (bar(value, limit, BAR), f"${colour} on $bar"),
        ("▏", "$quiet"),
        (f" {text}", style),
    )


def bar(value: int, limit: int | None, width: int) -> str:
    """A bar true to scale, except that what is not nothing shows at least a sliver."""
    if value <= 0 or not limit or limit < 0:
        return ("█" if value > 0 else "").ljust(width)
    eighths = max(1, min(width * 8, value * width * 8 // limit))
    whole, part = divmod(eighths, 8)
    return ("█" * whole + EIGHTHS[part] * (part > 0)).ljust(width)


def _unheld(view: SocketView, width: int) -> Iterator[Content]:
    what = unheld_text(view)
    head = Content.assemble(("  " + what, "bold"), " ")
    yield _with_ends(head, view, width)
    if view.recv_bytes:
        yield Content.styled(f"     {size_text(view.recv_bytes)} to read", "$place-waiting")


def unheld_text(view: SocketView) -> str:
    """Why a socket exists though no process holds it."""
    if view.state == "ESTABLISHED":
        return "waiting for accept"
    timer = "" if view.timer is None else f" {view.timer:.0f} s"
    return state_text(view) + timer
