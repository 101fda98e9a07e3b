"""The sockets of our connections that no process holds, from sock_diag(7).

A connection that waits in an accept queue has no fd yet, and one that was closed has
none any more, but the kernel still keeps both, with their state and their timer.  Each
is asked for by its two addresses: /proc/net/tcp would tell the same, but the kernel
walks its whole table for that, which takes longer than a step.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from types import TracebackType

from ..trace.events import Address, SocketView

Pair = tuple[Address, Address]
"""``(local, peer)``."""

STATES = (
    "",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "SYN_RECV",
)

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST = 1
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_FIN_RECEIVED = ("CLOSE_WAIT", "LAST_ACK", "CLOSING")
_ANY_COOKIE = b"\xff" * 8
DIAG_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr
_REQUEST = struct.Struct("=BBBxI")  # struct inet_diag_req_v2, before its id
_ID = struct.Struct("!HH16s16s4s8s")  # struct inet_diag_sockid
NOBODY = bytes(_ID.size)
ALL_STATES = 0xFFFFFFFF
_ANSWER_HEAD = struct.Struct("=4B")  # struct inet_diag_msg, before its id
_ANSWER_TAIL = struct.Struct("=5I")  # and after it: expires, rqueue, wqueue, uid, inode

_TAIL = DIAG_HEADER.size + _ANSWER_HEAD.size + _ID.size


class Asker:
    """Asks the kernel for single TCP sockets by their addresses."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG)
        self._socket.settimeout(1.0)

    def __enter__(self) -> Asker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def ask(self, pair: Pair) -> SocketView | None:
        """The socket named ``pair`` if it exists and no process holds it, else None."""
        packed = _pack(pair)
        if packed is None:
            return None
        family, identity = packed
        self._socket.send(request(family, ALL_STATES, identity))
        return view_of(self._socket.recv(4096), family, pair)

    def unread(self, pair: Pair) -> int:
        """Octets in the receive queue of the socket named ``pair``, whoever holds it.

        0 where there is none any more.
        """
        packed = _pack(pair)
        if packed is None:
            return 0
        family, identity = packed
        self._socket.send(request(family, ALL_STATES, identity))
        answer = self._socket.recv(4096)
        return 0 if DIAG_HEADER.unpack_from(answer)[1] == _NLMSG_ERROR else _waiting(answer)[1]

    def ask_all(self, dump: bytes) -> Iterator[bytes]:
        """The answers to a request for many sockets."""
        self._socket.send(dump)
        while True:
            answers = memoryview(self._socket.recv(1 << 16))
            while answers:
                size, kind, _, _, _ = DIAG_HEADER.unpack_from(answers)
                if kind == _NLMSG_DONE:
                    return
                yield bytes(answers[:size])
                if kind == _NLMSG_ERROR:
                    return
                answers = answers[size + 3 & ~3 :]


def read(pairs: Iterable[Pair]) -> tuple[SocketView, ...]:
    """What the kernel keeps of the connections ``pairs`` that no process holds.

    Empty where the kernel does not offer sock_diag.
    """
    views: list[SocketView] = []
    with contextlib.suppress(OSError), Asker() as asker:
        for pair in sorted(pairs):
            view = asker.ask(pair)
            if view is not None:
                views.append(view)
    return tuple(views)


def _pack(pair: Pair) -> tuple[int, bytes] | None:
    local, peer = pair
    if isinstance(local, str) or isinstance(peer, str):
        return None
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    try:
        source, target = (
            socket.inet_pton(family, host.partition("%")[0]).ljust(16, b"\0")
            for host, _ in (local, peer)
        )
    except OSError:
        return None
    return family, _ID.pack(local[1], peer[1], source, target, bytes(4), _ANY_COOKIE)


def request(
    family: int, states: int, identity: bytes = NOBODY, flags: int = 0, attributes: bytes = b""
) -> bytes:
    """A message of netlink(7) that asks for TCP sockets."""
    body = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, states) + identity + attributes
    size = DIAG_HEADER.size + len(body)
    return DIAG_HEADER.pack(size, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, 0, 0) + body


def view_of(answer: bytes, family: int, pair: Pair | None = None) -> SocketView | None:
    """The socket that an answer is about, unless a process holds it.

    Raises OSError for an answer that tells of an error.
    """
    _, kind, _, _, _ = DIAG_HEADER.unpack_from(answer)
    if kind == _NLMSG_ERROR:
        (code,) = struct.unpack_from("=i", answer, DIAG_HEADER.size)
        if code not in (0, -errno.ENOENT):
            raise OSError(-code, os.strerror(-code))
        return None
    local, peer = pair or _pair_in(answer, family)
    _, _, timer, _ = _ANSWER_HEAD.unpack_from(answer, DIAG_HEADER.size)
    state, waiting = _waiting(answer)
    milliseconds, _, unacknowledged, _, inode = _ANSWER_TAIL.unpack_from(answer, _TAIL)
    if inode or state in ("LISTEN", "CLOSE"):
        return None
    queues = state != "TIME_WAIT"
    return SocketView(
        fd=None,
        kind="connecting" if state == "SYN_RECV" else "connected",
        state=state,
        family="inet" if family == socket.AF_INET else "inet6",
        type="stream",
        local=local,
        peer=peer,
        recv_bytes=waiting if queues else None,
        send_bytes=unacknowledged if queues else None,
        timer=milliseconds / 1000 if timer else None,
    )


def _waiting(answer: bytes) -> tuple[str, int]:
    """A socket's state, and the octets in its receive queue."""
    number = answer[DIAG_HEADER.size + 1]
    state = STATES[number] if number < len(STATES) else str(number)
    waiting: int = _ANSWER_TAIL.unpack_from(answer, _TAIL)[1]
    # a FIN has a sequence number too (RFC 9293)
    return state, max(0, waiting - 1) if state in _FIN_RECEIVED else waiting


def _pair_in(answer: bytes, family: int) -> Pair:
    at = DIAG_HEADER.size + _ANSWER_HEAD.size
    near, far, source, target, _, _ = _ID.unpack_from(answer, at)
    length = 4 if family == socket.AF_INET else 16
    return (
        (socket.inet_ntop(family, source[:length]), near),
        (socket.inet_ntop(family, target[:length]), far),
    )
