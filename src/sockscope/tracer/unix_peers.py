"""Which Unix socket is at the other end of which, from sock_diag(7) with UDIAG_SHOW_PEER."""

from __future__ import annotations

import contextlib
import socket
import struct
from dataclasses import replace

from ..trace import events as e
from .unheld import DIAG_HEADER, NETLINK_SOCK_DIAG, NLM_F_REQUEST, SOCK_DIAG_BY_FAMILY

_UDIAG_SHOW_PEER = 0x4
_UNIX_DIAG_PEER = 2
_NO_COOKIE = 0xFFFFFFFF
_REQUEST = struct.Struct("=BBxxIIIII")  # struct unix_diag_req
_ANSWER = DIAG_HEADER.size + 16  # struct unix_diag_msg
_ATTRIBUTE = struct.Struct("=HH")


class UnixPeers:
    """Completes what tracees report of their connected Unix sockets; each is asked for once.

    A socket cannot ask for the inode of its peer itself.  One that waits in an accept
    queue has none yet, so the other end is asked for again until there is one.
    """

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def complete(self, event: e.SocketsObserved) -> e.SocketsObserved:
        """The same report with the inodes of Unix peers."""
        if not any(map(_has_peer, event.sockets)):
            return event
        return replace(event, sockets=tuple(map(self._completed, event.sockets)))

    def _completed(self, view: e.SocketView) -> e.SocketView:
        inode = view.inode
        if not _has_peer(view) or inode is None or view.peer_inode is not None:
            return view
        if inode not in self._known and (peer := _ask(inode)):
            self._known[inode] = peer
        return replace(view, peer_inode=self._known.get(inode))


def _has_peer(view: e.SocketView) -> bool:
    return view.family == "unix" and view.type == "stream" and view.kind == "connected"


def _ask(inode: int) -> int | None:
    """The inode at the other end; None where there is none, or the kernel does not tell."""
    request = _REQUEST.pack(
        socket.AF_UNIX, 0, 0xFFFFFFFF, inode, _UDIAG_SHOW_PEER, _NO_COOKIE, _NO_COOKIE
    )
    head = DIAG_HEADER.pack(
        DIAG_HEADER.size + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0
    )
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as asker,
    ):
        asker.settimeout(1.0)
        asker.send(head + request)
        return _peer_in(asker.recv(4096))
    return None


def _peer_in(answer: bytes) -> int | None:
    """The attribute UNIX_DIAG_PEER of an answer; an error has no room for one."""
    at = _ANSWER
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _UNIX_DIAG_PEER:
            return int(struct.unpack_from("=I", answer, at + _ATTRIBUTE.size)[0])
        at += max(length + 3 & ~3, _ATTRIBUTE.size)
    return None
