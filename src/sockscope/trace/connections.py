"""Which sockets are the two ends of one connection, and what moves between them.

Two connected sockets belong together where one's local address is the other's peer
address.  ``routes`` remembers, for every such pair of addresses, the stream between
them that is in use now; a later connection between the same two addresses gets streams
of its own.
"""

from __future__ import annotations

from . import datagrams
from . import events as e
from .evolve import evolve
from .names import GATE, RECEIVES, SENDS, SHUT_DOWN
from .state import Call, Fd, Socket, State
from .stream import End, Stream
from .streams import holders, with_new_streams, with_stream


def after_return(state: State, call: Call) -> State:
    """After ``call`` did to its socket and streams what its result says."""
    key = (call.proc, call.fd)
    if call.name == "close":
        return close(state, key)
    socket = state.sockets.get(key)
    if socket is None:
        return state
    if socket.view.type == "dgram":
        return datagrams.after_call(state, call, socket)
    if call.name in SENDS and call.data is not None and socket.out is not None:
        stream = state.streams[socket.out].taken(
            call.id, call.proc, call.data, call.asked, call.is_urgent
        )
        return with_stream(state, socket.out, stream)
    if call.name in RECEIVES and call.data and socket.into is not None and call.takes:
        stream = state.streams[socket.into].delivered(call.id, call.proc, call.data, call.asked)
        return with_stream(state, socket.into, stream)
    if call.cipher_sent is not None:
        return carried_beneath(state, call)
    if call.name == "shutdown" and call.args[:1] != (0,) and socket.out is not None:
        return with_stream(state, socket.out, evolve(state.streams[socket.out], finished=True))
    return state


def carried_beneath(state: State, call: Call) -> State:
    """After octets moved beneath a call of a TLS socket: how many is known, not which."""
    socket = state.sockets.get((call.proc, call.fd))
    if socket is None or socket.out is None or socket.into is None:
        return state
    if call.cipher_sent:
        stream = state.streams[socket.out].carried_out(call.id, call.proc, call.cipher_sent)
        state = with_stream(state, socket.out, stream)
    if call.cipher_received:
        stream = state.streams[socket.into].carried_in(call.id, call.proc, call.cipher_received)
        state = with_stream(state, socket.into, stream)
    return state


def close(state: State, key: Fd) -> State:
    """Without this socket.  Its last holder's close ends what it sends, and drops what waits.

    Until then another who holds it, such as a forked child, is the end of its streams.
    """
    socket = state.sockets.get(key)
    if socket is None:
        return state
    sockets = {k: s for k, s in state.sockets.items() if k != key}
    state = _with_closed(evolve(state, sockets=sockets), key, is_closed=True)
    heir = next((heir for _, heir in holders(state, socket)), None)
    if heir is not None:
        return _handed_over(state, socket, heir)
    if socket.out is not None and socket.view.type != "dgram":
        state = with_stream(state, socket.out, evolve(state.streams[socket.out], finished=True))
    if socket.into is not None:
        stream = evolve(state.streams[socket.into], abandoned=True)
        state = with_stream(state, socket.into, stream)
    return state


def _handed_over(state: State, closed: Socket, heir: Socket) -> State:
    """With another holder of a socket as the end of its streams."""
    for number in (closed.out, closed.into):
        if number is None:
            continue
        stream = state.streams[number]
        if stream.sender == closed.end:
            stream = evolve(stream, sender=heir.end)
        if stream.receiver == closed.end:
            stream = evolve(stream, receiver=heir.end)
        state = with_stream(state, number, stream)
    return state


def _with_closed(state: State, key: Fd, is_closed: bool) -> State:
    """With the fd among those that its process has closed, or no longer."""
    proc, fd = key
    process = state.processes[proc]
    if (fd in process.closed) == is_closed:
        return state
    left = tuple(other for other in process.closed if other != fd)
    process = evolve(process, closed=(*left, fd) if is_closed else left)
    return evolve(state, processes={**state.processes, proc: process})


def observe(state: State, key: Fd, view: e.SocketView) -> State:
    """After the kernel described the socket of one fd."""
    socket = state.sockets.get(key)
    if socket is not None and socket.view.inode != view.inode:
        state, socket = close(state, key), None
    if socket is None:
        socket = _first_seen(state, key, view)
        state = _with_closed(state, key, is_closed=False)
    elif socket.view == view:
        return state
    before = socket.view
    state = evolve(state, sockets={**state.sockets, key: evolve(socket, view=view)})
    if view.type == "dgram":
        return datagrams.observed(state, key, before)
    if socket.out is None and view.kind == "connected":
        state = _link(state, key)
    return _settle(state, key)


def _first_seen(state: State, key: Fd, view: e.SocketView) -> Socket:
    """The socket of an fd that was none before; it may be known from another fd."""
    socket = Socket(end=End(*key, birth=state.n), view=view)
    for _, same in holders(state, socket):
        return evolve(same, end=socket.end)
    return socket


def observe_unheld(state: State, views: tuple[e.SocketView, ...]) -> State:
    """After the kernel described sockets that no process holds."""
    for view in views:
        if view.local is None or view.peer is None:
            continue
        into = state.routes.get((view.peer, view.local))
        stream = state.streams.get(into) if into is not None else None
        if into is not None and stream is not None and stream.receiver is None:
            waiting = view.recv_bytes
            if waiting is not None:
                state = with_stream(state, into, stream.seen_at_receiver(waiting, None))
    return evolve(state, unheld=views)


def _link(state: State, key: Fd) -> State:
    """Tie a connected socket to the two streams between its ends."""
    socket = state.sockets[key]
    here, there = _ends(state, socket.view)
    if here is None or there is None:
        return state
    out, into = state.routes.get((here, there)), state.routes.get((there, here))
    if out is None or into is None or out == into or _was_used(state, out, socket):
        state, out = _with_pair(state, here, there)
        into = out + 1
    streams = dict(state.streams)
    streams[out] = evolve(streams[out], sender=streams[out].sender or socket.end)
    streams[into] = evolve(streams[into], receiver=streams[into].receiver or socket.end)
    sockets = {**state.sockets, key: evolve(socket, out=out, into=into)}
    return evolve(state, streams=streams, sockets=sockets)


def _ends(state: State, view: e.SocketView) -> tuple[e.Address | None, e.Address | None]:
    """What tells the two ends of a connection from all others.

    TCP has addresses for it.  Unix sockets seldom do: they are told by their inodes, as
    /proc/self/fd writes them.  One that nobody has accepted yet has no inode, so the first
    end may have to name the second.
    """
    if view.family != "unix":
        return view.local, view.peer
    here = f"socket:[{view.inode}]"
    if not view.peer_inode:
        return here, f"peer of {here}"
    there = f"socket:[{view.peer_inode}]"
    alias = f"peer of {there}"
    return (alias if (alias, there) in state.routes else here), there


def _with_pair(state: State, here: e.Address, there: e.Address) -> tuple[State, int]:
    """With new streams from here to there and back; gives the number of the first."""
    there_and_back = Stream(source=here, target=there), Stream(source=there, target=here)
    state, out = with_new_streams(state, *there_and_back)
    routes = {**state.routes, (here, there): out, (there, here): out + 1}
    return evolve(state, routes=routes), out


def _was_used(state: State, out: int, socket: Socket) -> bool:
    """Whether these streams belong to an earlier connection between the same addresses.

    A second holder of the same socket (dup, an inherited fd) shares them instead.
    """
    end = state.streams[out].sender
    if end is None:
        return False
    holder = state.sockets.get((end.proc, end.fd))
    same = holder is not None and holder.end == end and holder.view.inode == socket.view.inode
    return not same


def _settle(state: State, key: Fd) -> State:
    """Move the boundaries of a socket's streams to where the kernel says they are."""
    socket = state.sockets[key]
    view = socket.view
    if socket.into is not None and view.recv_bytes is not None:
        stream = state.streams[socket.into].seen_at_receiver(view.recv_bytes, view.peek)
        state = with_stream(state, socket.into, stream)
    if socket.out is not None and view.unsent is not None:
        # A FIN that has not left is counted as one octet: it has a sequence number too.
        fin = int(view.state in SHUT_DOWN and view.unsent > 0)
        stream = state.streams[socket.out].seen_at_sender(view.unsent - fin, view.accepted)
        state = with_stream(state, socket.out, stream.offering(_offered(state, key)))
    return state


def _offered(state: State, key: Fd) -> bytes | None:
    """The first octets that a send under way on this socket was given, where it has any."""
    for call in state.processes[key[0]].open:
        if call.fd == key[1] and call.name in SENDS and call.phase != GATE:
            return call.offered
    return None
