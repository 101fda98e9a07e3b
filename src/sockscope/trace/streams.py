"""The streams of a state: one changed, one added, the oldest let go; and who holds a socket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from .evolve import evolve
from .state import Fd, Socket, State
from .stream import Stream

KEPT_STREAMS: Final = 128
"""Streams that stay to be looked at after their connections have ended.

A server may see a hundred thousand connections, and every state has its own mapping.
"""


def holders(state: State, socket: Socket) -> Iterator[tuple[Fd, Socket]]:
    """Every fd at which a socket is held: it may be inherited or duplicated."""
    inode = socket.view.inode
    for key, other in state.sockets.items():
        if other.end == socket.end or other.view.inode == inode is not None:
            yield key, other


def with_stream(state: State, number: int, stream: Stream) -> State:
    """With this stream in the place of the one of the same number."""
    if state.streams[number] is stream:
        return state
    return evolve(state, streams={**state.streams, number: stream})


def with_new_streams(state: State, *new: Stream) -> tuple[State, int]:
    """With streams added; gives the number of the first, the others follow it."""
    first = max(state.streams, default=-1) + 1
    streams = _without_old(state.streams, state.sockets.values())
    streams.update(enumerate(new, first))
    if len(streams) < len(state.streams) + len(new):
        routes = {route: number for route, number in state.routes.items() if number in streams}
        state = evolve(state, routes=routes)
    return evolve(state, streams=streams), first


def _without_old(streams: Mapping[int, Stream], sockets: Iterable[Socket]) -> dict[int, Stream]:
    """The streams less the oldest ones that no socket needs any more."""
    if len(streams) <= KEPT_STREAMS:
        return dict(streams)
    needed = {number for s in sockets for number in (s.out, s.into)}
    ended = [number for number in streams if number not in needed]
    dropped = set(ended[: max(0, len(ended) - KEPT_STREAMS)])
    return {number: stream for number, stream in streams.items() if number not in dropped}
