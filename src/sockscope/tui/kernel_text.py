"""What the kernel holds, as lines: every socket of every tracee, and those of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from sockscope.trace.events import SocketView
from sockscope.trace.places import WAITING
from sockscope.trace.state import Fd, Process, Socket, State
from sockscope.trace.words import address_text, counted, octets_text, size_text

from .queue_text import Queues
from .scene import Scene
from .text import data, printable
from .themes import tracee_style
from .waits_text import best_drawing, verdict_line

BAR: Final = 6
EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
MARK: Final = "▸"
MARK_STYLE: Final = "bold $line-on"
MANY: Final = 6
"""Sockets of a process from which they are counted."""

ALONE: Final = "  its peer is in no process of this session: not seen"

KIND_STYLES: Final = {
    "listening": "bold $tracee-1",
    "connected": "bold $place-read",
    "connecting": "bold $place-waiting",
}


@dataclass(frozen=True, slots=True)
class KernelLine:
    """One line, and the socket that it belongs to; the one that ``leads`` has room for a mark.

    It ``draws`` where it is part of the drawing of a deadlock.
    """

    content: Content
    socket: Fd | None = None
    leads: bool = False
    draws: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How sockets are shown: the width, and words that pick some."""

    width: int
    wanted: str = ""


Sharing = dict[int | None, list[Fd]]
"""By the inode of a socket the fds at which it is held."""

Memory = dict[Fd, tuple[Socket, tuple[KernelLine, ...]]]
"""The lines of each socket as they were last made for one width.

Of hundreds of sockets only a few change.
"""


def kernel_lines(
    scene: Scene, look: Look, height: int = 0, memory: Memory | None = None
) -> list[KernelLine]:
    """The whole panel; where it leaves room in ``height``, blank lines part the groups."""
    groups = [*_deadlock(scene, look.width, height)]
    groups += _groups(scene, look, {} if memory is None else memory)
    lines = [line for group in groups for line in group]
    if len(lines) + len(groups) > height:
        return lines
    return [line for group in groups for line in (*group, KernelLine(Content("")))][:-1]


def _deadlock(scene: Scene, width: int, height: int) -> Iterator[list[KernelLine]]:
    """A deadlock, in words and drawn."""
    if scene.state.deadlock:
        words = verdict_line(scene.state).wrap(max(1, width))
        picture = best_drawing(scene, width, height - len(words))
        yield [KernelLine(line, draws=True) for line in (*words, *picture)]


def _groups(scene: Scene, look: Look, memory: Memory) -> Iterator[list[KernelLine]]:
    state = scene.state
    queues, sharing = Queues(state), _sharing(state)
    owned: dict[str, list[Socket]] = {}
    for key in sorted(state.sockets):
        owned.setdefault(key[0], []).append(state.sockets[key])
    for process in scene.tracees:
        sockets = owned.get(process.name, [])
        shown = _wanted(sockets, queues, look.wanted)
        lines = [KernelLine(_heading(process, len(shown), len(sockets), look))]
        for socket in shown:
            lines += _lines_of(socket, queues, sharing, look, memory)
        if not sockets:
            what = "exited" if process.exited else "no socket"
            lines.append(KernelLine(Content.styled(f"  {what}", "$quiet")))
        yield lines
    if queues.left:
        heading = KernelLine(Content.styled("held by no process", "bold"))
        views = [view for view in queues.left if _is_wanted(view, "", (), look.wanted)]
        yield [heading, *(KernelLine(line) for view in views for line in _unheld(view, look.width))]


def _wanted(sockets: list[Socket], queues: Queues, wanted: str) -> list[Socket]:
    if not wanted:
        return sockets
    return [s for s in sockets if _is_wanted(s.view, _name(s), queues.at(s), wanted)]


def _name(socket: Socket) -> str:
    return f"{socket.end.proc} fd {socket.end.fd}"


def _heading(process: Process, shown: int, sockets: int, look: Look) -> Content:
    heading = data(process.name, tracee_style(process.order))
    if sockets >= MANY or look.wanted:
        heading += Content.styled(f"  {shown} of {counted(sockets, 'socket')}", "$quiet")
    return heading


def _is_wanted(view: SocketView, name: str, queue: Sequence[SocketView], wanted: str) -> bool:
    """Whether each of the words stands somewhere in what is said of a socket."""
    if not wanted:
        return True
    ends = [view.local, view.peer, *(waiting.peer for waiting in queue)]
    texts = (address_text(end) for end in ends if end is not None)
    text = " ".join((name, state_text(view), *texts)).lower()
    return all(word in text for word in wanted.lower().split())


def _lines_of(
    socket: Socket, queues: Queues, sharing: Sharing, look: Look, memory: Memory
) -> Sequence[KernelLine]:
    key = (socket.end.proc, socket.end.fd)
    queue, is_alone = queues.at(socket), queues.has_stranger(socket)
    others = [other for other in sharing.get(socket.view.inode, ()) if other != key]
    if queue or is_alone or others:
        lines = list(_socket_lines(socket, key, look.width))
        if others:
            lines.insert(1, KernelLine(_shared(key[1], others, look.width), key))
        if is_alone:
            lines.insert(1, KernelLine(Content.styled(ALONE, "$quiet"), key))
        named = queues.lines(queue, look.width)
        return [*lines, *(KernelLine(line, key) for line in named)]
    known = memory.get(key)
    if known is None or known[0] is not socket:
        known = memory[key] = (socket, tuple(_socket_lines(socket, key, look.width)))
    return known[1]


def _sharing(state: State) -> Sharing:
    """Where each socket is held, if that is in several places."""
    places: dict[int | None, list[Fd]] = {}
    for key, socket in state.sockets.items():
        places.setdefault(socket.view.inode, []).append(key)
    return {inode: keys for inode, keys in places.items() if inode and len(keys) > 1}


def _shared(fd: int, others: Sequence[Fd], width: int) -> Content:
    """Where else a socket is held: it was inherited, handed over or duplicated."""
    places = (proc if at == fd else f"{proc} fd {at}" for proc, at in sorted(others))
    return data("  also " + ", ".join(places), "$quiet").truncate(width, ellipsis=True)


def rows_of(lines: Sequence[KernelLine]) -> dict[Fd, tuple[int, int]]:
    """The first and the last row of each socket, from top to bottom."""
    rows: dict[Fd, tuple[int, int]] = {}
    for y, line in enumerate(lines):
        if line.socket is not None:
            rows[line.socket] = (y if line.leads else rows[line.socket][0], y)
    return rows


def marked(line: KernelLine) -> Content:
    """The line with the mark of the chosen socket."""
    if not line.leads:
        return line.content
    return Content.styled(MARK, MARK_STYLE) + line.content[len(MARK) :]


def _socket_lines(socket: Socket, key: Fd, width: int) -> Iterator[KernelLine]:
    view = socket.view
    head = Content.assemble(
        (" " * len(MARK), MARK_STYLE),
        (f"fd {socket.end.fd} ", "bold"),
        (state_text(view), KIND_STYLES.get(view.kind, "bold")),
        " ",
    )
    yield KernelLine(_with_ends(head, view, width), key, leads=True)
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
    if view.buffered:
        text = f"Python's own buffer  {size_text(view.buffered)}"
        yield Content.styled(text, "$place-waiting")
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
        # Of what is no TCP socket, ioctl SIOCOUTQ counts the memory that it takes up: unix(7).
        rest = "unacked" if view.state else "taken up"
        text = f"{size_text(view.unsent)} unsent" if view.unsent else f"{text} {rest}"
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
    if view.state in WAITING:
        return "waiting for accept"
    timer = "" if view.timer is None else f" {view.timer:.0f} s"
    return state_text(view) + timer
