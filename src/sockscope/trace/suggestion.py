"""The next call of a whole conversation, whoever makes it.

A server listens; each other process connects, asks, is answered and goes; then the server
goes too.  Pure: it looks at a state and takes the arguments from the menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from .menu import menu
from .orders import Order
from .state import Process, Socket, State

Wanted = tuple[str, int | None, str]
"""A process, one of its sockets, and the call that it would make."""


def suggested(state: State) -> Order | None:
    """The next call; None where everybody waits, or all is said."""
    for proc, fd, name in _wanted(state):
        for choice in menu(state, proc, fd).sensible:
            if choice.form.name == name:
                return choice.order
    return None


def _wanted(state: State) -> Iterator[Wanted]:
    """What could be done now, what matters most first."""
    streams = [socket for socket in state.sockets.values() if socket.view.type == "stream"]
    connected = [socket for socket in streams if socket.view.kind == "connected"]
    listeners = [socket for socket in streams if socket.view.kind == "listening"]
    yield from (_call(socket, "accept") for socket in listeners if socket.view.accept_length)
    yield from _arrived(state)
    yield from (_call(socket, "sendall") for socket in connected if _has_the_word(state, socket))
    yield from (_call(socket, "close") for socket in connected if _has_said_all(state, socket))
    yield from _to_connect(state, listeners) if listeners else _to_listen(state)
    if not connected:
        yield from (_call(socket, "close") for socket in listeners)


def _call(socket: Socket, name: str) -> Wanted:
    return (socket.end.proc, socket.end.fd, name)


def _arrived(state: State) -> Iterator[Wanted]:
    for socket in state.sockets.values():
        if socket.view.recv_bytes:
            is_alone = socket.view.type == "dgram" and socket.view.peer is None
            yield _call(socket, "recvfrom" if is_alone else "recv")


def _asks(state: State, socket: Socket) -> bool:
    """Whether this end speaks first: the first process answers, the others ask."""
    return state.processes[socket.end.proc].order > 0


def _has_the_word(state: State, socket: Socket) -> bool:
    key = (socket.end.proc, socket.end.fd)
    out, into = state.stream_out(key), state.stream_into(key)
    if out is None or into is None or out.sends or out.finished:
        return False
    return _asks(state, socket) or into.read > 0


def _has_said_all(state: State, socket: Socket) -> bool:
    key = (socket.end.proc, socket.end.fd)
    out, into = state.stream_out(key), state.stream_into(key)
    if out is None or into is None:
        return False
    return into.finished or (bool(out.sends) and into.read > 0 and _asks(state, socket))


def _to_listen(state: State) -> Iterator[Wanted]:
    """The first process that lives becomes the server, unless it has been one."""
    server = next(iter(_living(state)), None)
    if server is None or server.closed:
        return
    yield from _first_socket(state, server)
    for socket in _of(state, server, "unbound", "bound"):
        yield _call(socket, "bind" if socket.view.kind == "unbound" else "listen")


def _to_connect(state: State, listeners: list[Socket]) -> Iterator[Wanted]:
    servers = {socket.end.proc for socket in listeners}
    for process in _living(state):
        if process.name not in servers:
            if not process.closed:
                yield from _first_socket(state, process)
            yield from (_call(s, "connect") for s in _of(state, process, "unbound", "bound"))


def _first_socket(state: State, process: Process) -> Iterator[Wanted]:
    if all(name != process.name for name, _ in state.sockets):
        yield (process.name, None, "socket")


def _of(state: State, process: Process, *kinds: str) -> Iterator[Socket]:
    for socket in state.sockets.values():
        view = socket.view
        if socket.end.proc == process.name and view.type == "stream" and view.kind in kinds:
            yield socket


def _living(state: State) -> list[Process]:
    known = sorted(state.processes.values(), key=lambda process: process.order)
    return [process for process in known if not process.exited]
