"""The next call of a whole conversation, whoever makes it.

A server listens; each other process connects, asks, is answered and goes; then the server
goes too.  With datagrams there is nothing to listen to: the others write, and it writes back.
Pure: it looks at a state and takes the arguments from the menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from .menu import offered
from .orders import Order, order
from .state import Process, Socket, State

Wanted = tuple[str, int | None, str]
"""A process, one of its sockets, and the call that it would make."""


def suggested(state: State) -> Order | None:
    """The next call; None where everybody waits, or all is said."""
    kinds = {socket.view.type for socket in state.sockets.values()}
    for proc, fd, name in _letters(state) if kinds == {"dgram"} else _wanted(state):
        if name == "socket" and kinds == {"dgram"}:
            return _another(state, proc)
        choice = offered(state, proc, fd, name)
        if choice is not None and not choice.why:
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


def _letters(state: State) -> Iterator[Wanted]:
    """The same where all sockets are for datagrams."""
    living = _living(state)
    writers = {process.name for process in living[1:]}
    for socket in state.sockets.values():
        if socket.view.kind == "unbound" and _needs_address(socket, writers):
            yield _call(socket, "bind")
    yield from _arrived(state)
    for process in living[1:]:
        if not process.closed:
            yield from _first_socket(state, process)
    for socket in state.sockets.values():
        if not _has_written(state, socket) and (
            socket.end.proc in writers or _has_mail(state, socket)
        ):
            yield _call(socket, "send" if socket.view.peer is not None else "sendto")
    others = [socket for socket in state.sockets.values() if socket.end.proc in writers]
    yield from (_call(socket, "close") for socket in others if _has_mail(state, socket))
    if not others:
        yield from (_call(socket, "close") for socket in state.sockets.values())


def _needs_address(socket: Socket, writers: set[str]) -> bool:
    """Who is written to has one; a Unix socket gets none by itself when it writes."""
    return socket.end.proc not in writers or socket.view.family == "unix"


def _has_written(state: State, socket: Socket) -> bool:
    out = state.stream_out((socket.end.proc, socket.end.fd))
    return out is not None and any(piece.proc == socket.end.proc for piece in out.sends)


def _has_mail(state: State, socket: Socket) -> bool:
    """Whether it has read something."""
    into = state.stream_into((socket.end.proc, socket.end.fd))
    return into is not None and bool(into.recvs)


def _another(state: State, proc: str) -> Order | None:
    """A socket of the kind that there is already, for another process."""
    view = next(iter(state.sockets.values())).view
    kind = {"family": f"AF_{(view.family or 'inet').upper()}", "type": "SOCK_DGRAM"}
    return order(proc, None, "socket", kind) if offered(state, proc, None, "socket") else None


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
