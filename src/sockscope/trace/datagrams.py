"""The ledger of datagrams: what each socket was sent, what it read, what was lost.

A datagram socket has one queue, whoever sends to it.  So the stream into it has a piece for
each datagram that our tracees sent to it, in the order in which they were sent, and keeps
the edges.  What no recv() gave stands in ``skipped``: the end of a datagram that was cut,
and those that the kernel dropped because the queue was full (udp(7)).
"""

from __future__ import annotations

from typing import Any

from .events import Address, SocketView
from .evolve import evolve
from .names import RECEIVES, SENDS
from .places import covers, is_address
from .state import Call, Fd, Socket, State
from .stream import Stream
from .streams import holders, with_new_streams, with_stream


def after_call(state: State, call: Call, socket: Socket) -> State:
    """After a call on a datagram socket returned."""
    if call.data is not None and call.name in SENDS:
        return _sent(state, call, socket, call.data)
    if call.data is not None and call.name in RECEIVES and call.takes:
        return _received(state, call, socket, call.data)
    return state


def _sent(state: State, call: Call, socket: Socket, data: bytes) -> State:
    """It is in the queue of whoever of ours is there."""
    receiver = _receiver(state, call, socket)
    if receiver is None:
        return state
    sockets = dict(state.sockets)
    number = receiver.into
    if number is None:
        target = receiver.view.local
        stream = Stream(
            source=socket.view.local or "",
            target=target or "",
            sender=socket.end,
            receiver=receiver.end,
            is_datagrams=True,
        )
        state, number = with_new_streams(state, stream)
        for key, holder in holders(state, receiver):
            sockets[key] = evolve(holder, into=number)
    stream = state.streams[number].datagram_sent(call.id, call.proc, data, call.asked)
    here = (call.proc, call.fd)
    sockets[here] = evolve(sockets[here], out=number)
    return with_stream(evolve(state, sockets=sockets), number, stream)


def _received(state: State, call: Call, socket: Socket, data: bytes) -> State:
    if socket.into is None:
        return state
    stream = state.streams[socket.into]
    received = stream.datagram_received(call.id, call.proc, data, call.asked)
    return with_stream(state, socket.into, received)


def observed(state: State, key: Fd, before: SocketView) -> State:
    """After another look at a datagram socket: what its kernel counts as dropped is lost."""
    socket = state.sockets[key]
    others = [other.view.drops or 0 for at, other in holders(state, socket) if at != key]
    more = (socket.view.drops or 0) - max(before.drops or 0, *others, 0)
    if more <= 0 or socket.into is None:
        return state
    return with_stream(state, socket.into, state.streams[socket.into].datagrams_dropped(more))


def _receiver(state: State, call: Call, socket: Socket) -> Socket | None:
    """The socket of ours that a datagram is for."""
    target = _target(call, socket)
    kind = (socket.view.family, socket.view.type)
    for other in state.sockets.values():
        view = other.view
        if (view.family, view.type) != kind or not covers(view.local, target):
            continue
        if view.peer is None or covers(socket.view.local, view.peer):
            return other
    return None


def _target(call: Call, socket: Socket) -> Address | None:
    address: Any = call.args[-1] if call.name == "sendto" and call.args else None
    if isinstance(address, str):
        return address
    return (address[0], address[1]) if is_address(address) else socket.view.peer
