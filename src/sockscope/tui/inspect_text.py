"""Every number of a socket with the kernel interface that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sockscope.trace.events import SocketView
from sockscope.trace.state import Socket, State
from sockscope.trace.stream import Stream
from sockscope.trace.words import address_text, octets_text, size_text

from .text import grouped, printable

NOT_GIVEN: Final = "not given"
INFERRED: Final = "inferred: "


@dataclass(frozen=True, slots=True)
class Fact:
    """A name, what it is now, and how that is known."""

    name: str
    value: str
    source: str

    @property
    def inferred(self) -> bool:
        """Whether no interface of the kernel gave it."""
        return self.source.startswith(INFERRED)


def _size(value: int | None) -> str:
    if value is None:
        return NOT_GIVEN
    return f"{grouped(value)} bytes" + (f" ({size_text(value)})" if value >= 10_000 else "")


def _count(value: int | None) -> str:
    return NOT_GIVEN if value is None else grouped(value)


def _word(value: str | None) -> str:
    return NOT_GIVEN if value is None else printable(value)


def _peek(value: bytes | None) -> str:
    return NOT_GIVEN if value is None else octets_text(value, 200)


_Row = tuple[str, Callable[[SocketView], str], str]

COMMON: Final[tuple[_Row, ...]] = (
    ("kind", lambda v: v.kind, INFERRED + "from state, addresses and SO_ACCEPTCONN"),
    ("state", lambda v: _word(v.state), "TCP_INFO: tcpi_state"),
    ("family", lambda v: _word(v.family), "getsockopt SO_DOMAIN"),
    ("type", lambda v: _word(v.type), "getsockopt SO_TYPE"),
    ("local address", lambda v: address_text(v.local), "getsockname()"),
    ("peer address", lambda v: address_text(v.peer), "getpeername()"),
    ("inode", lambda v: NOT_GIVEN if v.inode is None else str(v.inode), "fstat(fd): st_ino"),
)
LISTENING: Final[tuple[_Row, ...]] = (
    ("accept queue", lambda v: _count(v.accept_length), "TCP_INFO: tcpi_unacked"),
    ("its limit", lambda v: _count(v.accept_limit), "TCP_INFO: tcpi_sacked"),
)
CONNECTED: Final[tuple[_Row, ...]] = (
    ("bytes to read", lambda v: _size(v.recv_bytes), "ioctl FIONREAD"),
    ("the first of them", lambda v: _peek(v.peek), "recv(MSG_PEEK | MSG_DONTWAIT)"),
    ("in Python's buffer", lambda v: _size(v.buffered), "BufferedReader of makefile()"),
    ("recv buffer size", lambda v: _size(v.recv_size), "getsockopt SO_RCVBUF"),
    ("not acknowledged", lambda v: _size(v.send_bytes), "ioctl SIOCOUTQ"),
    ("not sent yet", lambda v: _size(v.unsent), "ioctl SIOCOUTQNSD"),
    (
        "taken from the program",
        lambda v: _size(v.accepted),
        "TCP_INFO: bytes_sent − bytes_retrans + notsent",
    ),
    ("largest segment", lambda v: _size(v.mss), "TCP_INFO: tcpi_snd_mss"),
    ("send buffer size", lambda v: _size(v.send_size), "getsockopt SO_SNDBUF"),
)


def facts(state: State, socket: Socket) -> list[Fact]:
    """All that is known of a socket and of the two streams at it."""
    view = socket.view
    rows = COMMON + (LISTENING if view.kind == "listening" else CONNECTED)
    known = [Fact(name, read(view), source) for name, read, source in rows]
    known += [
        Fact(printable(str(k)), printable(str(v))[:200], "the trace") for k, v in view.extra.items()
    ]
    for key, direction in ((socket.into, "received"), (socket.out, "sent")):
        if key is not None:
            known.extend(_stream_facts(state.streams[key], direction))
    return known


def _stream_facts(stream: Stream, direction: str) -> Iterator[Fact]:
    yield Fact(
        f"{direction} stream: given",
        _size(stream.accepted),
        "results of the calls, TCP_INFO while one sleeps",
    )
    yield Fact(f"{direction} stream: read", _size(stream.read), "sum of the results of recv")
    yield Fact(
        f"{direction} stream: in flight",
        _size(stream.in_flight),
        INFERRED + "given − read − FIONREAD − SIOCOUTQNSD",
    )
