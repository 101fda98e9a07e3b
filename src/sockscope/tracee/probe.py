"""Reads what the kernel holds for a socket, and leaves no mark on it.

* Nothing is taken: unread octets are looked at with MSG_PEEK | MSG_DONTWAIT.
* No pending error is consumed: recv(2) on an empty queue would hand out, and so clear,
  a waiting ECONNRESET.  So we peek only where FIONREAD counts something, and never ask
  for SO_ERROR or read an error queue.
* No place is moved: where the program has set SO_PEEK_OFF, a peek would move its place on
  (socket(7)), so the octets are only counted.
* Nothing is changed: a socket object around a foreign fd is made with SOCK_NONBLOCK in
  its type, because otherwise a default timeout would set O_NONBLOCK on it.
* Nothing is held open: the object lets go of the fd before the probe ends.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import struct
from _socket import socket as raw_socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    View = Dict[str, Any]

PEEK_BOUND = 4096
"""How many unread octets are shown; those beyond are only counted."""

GAP = 64
"""How many unused fds in a row end the search for sockets."""

FIONREAD = 0x541B
SIOCOUTQ = 0x5411
SIOCOUTQNSD = 0x894B
TCP_INFO_SIZE = 256
SO_PEEK_OFF = 42
SO_MEMINFO = 55

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
    "NEW_SYN_RECV",
)
"""``tcpi_state`` by number (include/net/tcp_states.h)."""

SHUT_DOWN = ("FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK")

PEER_SHUT_DOWN = ("CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT")

_FAMILIES: dict[int, str] = {
    socket.AF_INET: "inet",
    socket.AF_INET6: "inet6",
    socket.AF_UNIX: "unix",
}
_TYPES: dict[int, str] = {
    socket.SOCK_STREAM: "stream",
    socket.SOCK_DGRAM: "dgram",
    socket.SOCK_RAW: "raw",
}
_INT = struct.Struct("i")


def socket_fds() -> list[int]:
    """The fds of this process that are sockets, in order.

    Tried one by one, because listing /proc/self/fd needs an fd, and would take the one that
    the program's next socket should have.  The kernel gives out the lowest free number, so
    the search ends after GAP numbers without a file.
    """
    found = []
    fd = missing = 0
    while missing < GAP:
        try:
            status = os.fstat(fd)
            if stat.S_ISSOCK(status.st_mode) and status.st_ino not in _ours:
                found.append(fd)
            missing = 0
        except OSError:
            missing += 1
        fd += 1
    return found


def observe(fd: int, peek: bool = True) -> View | None:
    """What the kernel holds for one socket, as the trace writes it; None once it is gone."""
    try:
        inode = os.fstat(fd).st_ino
        family, kind = _family_and_type(fd)
        probe = raw_socket(family, kind | socket.SOCK_NONBLOCK, 0, fileno=fd)
    except OSError:
        return None
    try:
        view = _describe(probe, fd, family, kind, peek)
    finally:
        probe.detach()
    view["inode"] = inode
    if inode in _pairs:
        view["peer_inode"] = _pairs[inode]
    return view


_ours: set[int] = set()
"""The inodes of sockets that are not the program's."""


def hide(inode: int) -> None:
    """Never show this socket, which is ours."""
    _ours.add(inode)


_pairs: dict[int, int] = {}


def note_pair(first: int, second: int) -> None:
    """Remember two fds that socketpair(2) has made: a socket cannot ask for its peer's inode."""
    one, other = os.fstat(first).st_ino, os.fstat(second).st_ino
    _pairs[one], _pairs[other] = other, one


def _family_and_type(fd: int) -> Any:
    probe = raw_socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK, 0, fileno=fd)
    try:
        family = probe.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)
        return family, probe.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
    finally:
        probe.detach()


def _describe(probe: Any, fd: int, family: int, kind: int, peek: bool) -> View:
    tcp = kind == socket.SOCK_STREAM and family in (socket.AF_INET, socket.AF_INET6)
    info = _tcp_info(probe) if tcp else {}
    local, (has_peer, peer) = _address(probe.getsockname)[1], _address(probe.getpeername)
    listening = bool(probe.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    view: View = {
        "fd": fd,
        "kind": _kind(info, local, has_peer, listening),
        "state": info.get("state"),
        "family": _FAMILIES.get(family, str(family)),
        "type": _TYPES.get(kind, str(kind)),
        "local": local,
        "peer": peer,
        "mss": info.get("mss"),
        "recv_queue": None,
        "send_queue": None,
        "accept_queue": None,
    }
    if listening:
        view["accept_queue"] = {"length": info.get("unacked"), "limit": info.get("sacked")}
    else:
        # A peek at datagrams would hand out an error that waits before them.
        peek = peek and kind == socket.SOCK_STREAM
        view["recv_queue"] = _recv_queue(probe, fd, peek, info.get("state"))
        if kind == socket.SOCK_DGRAM:
            view["datagram_queue"] = _datagram_queue(probe)
        view["send_queue"] = _send_queue(probe, fd, info)
    return view


def _recv_queue(probe: Any, fd: int, peek: bool, state: str | None) -> View:
    waiting = count(fd, FIONREAD) if state != "LISTEN" else None
    octets = b""
    if peek and waiting:
        octets = _peek(probe, min(waiting, PEEK_BOUND))
    return {
        "bytes": waiting,
        "peek": octets,
        "size": probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF),
    }


def _datagram_queue(probe: Any) -> View | None:
    """What waiting datagrams take up, and how many found no room: SO_MEMINFO, socket(7)."""
    try:
        raw = probe.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36)
    except OSError:
        return None
    numbers = struct.unpack(f"{len(raw) // 4}I", raw)
    return {"memory": numbers[0], "drops": numbers[8] if len(numbers) > 8 else None}


def _peek(probe: Any, size: int) -> bytes:
    try:
        if probe.getsockopt(socket.SOL_SOCKET, SO_PEEK_OFF) >= 0:
            return b""
        octets: bytes = probe.recv(size, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""
    return octets


def _send_queue(probe: Any, fd: int, info: View) -> View:
    return {
        "bytes": count(fd, SIOCOUTQ),
        "unsent": count(fd, SIOCOUTQNSD) if info else None,
        "accepted": info.get("accepted"),
        "size": probe.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF),
    }


def carried(sock: raw_socket) -> tuple[int, int] | None:
    """How many octets a TCP socket has taken from its program, and given it, since birth.

    None where the kernel does not count them, as for what is closed, or no TCP.  Between two
    questions octets may come: then it asks again.
    """
    fd = raw_socket.fileno(sock)
    info = _tcp_info(sock)
    while "accepted" in info:
        waiting, before = count(fd, FIONREAD), info
        info = _tcp_info(sock)
        if waiting is not None and info.get("received") == before["received"]:
            return info["accepted"], info["received"] - waiting
    return None


def count(fd: int, request: int) -> int | None:
    """What an ioctl(2) that counts octets gives; None where this socket has no such count."""
    try:
        octets: int = _INT.unpack(fcntl.ioctl(fd, request, b"\0\0\0\0"))[0]
    except OSError:
        return None
    return octets


def _tcp_info(probe: Any) -> View:
    """The fields of struct tcp_info (linux/tcp.h) that the trace uses; tcp(7)."""
    try:
        raw = raw_socket.getsockopt(probe, socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
    except OSError:
        return {}
    raw = raw.ljust(TCP_INFO_SIZE, b"\0")
    state = STATES[raw[0]] if raw[0] < len(STATES) else str(raw[0])
    unacked, sacked = struct.unpack_from("2I", raw, 24)
    segments_out, segments_in, unsent = struct.unpack_from("3I", raw, 136)
    (bytes_received,) = struct.unpack_from("Q", raw, 128)
    bytes_sent, bytes_retransmitted = struct.unpack_from("2Q", raw, 200)
    info = {
        "state": state,
        "unacked": unacked,
        "sacked": sacked,
        "was_used": segments_out + segments_in > 0,
    }
    if state not in ("CLOSE", "LISTEN", "SYN_SENT"):
        info["mss"] = struct.unpack_from("I", raw, 16)[0]
        fin = 1 if unsent and state in SHUT_DOWN else 0  # it has a sequence number too
        info["accepted"] = bytes_sent - bytes_retransmitted + unsent - fin
        info["received"] = bytes_received - (1 if state in PEER_SHUT_DOWN else 0)
    return info


def _kind(info: View, local: Any, has_peer: bool, listening: bool) -> str:
    if listening:
        return "listening"
    state = info.get("state")
    if state in ("SYN_SENT", "SYN_RECV"):
        return "connecting"
    if state == "CLOSE" and info["was_used"]:
        return "closed"
    if has_peer or (state is not None and state != "CLOSE"):
        return "connected"
    return "bound" if _is_claimed(local) else "unbound"


def _is_claimed(local: Any) -> bool:
    return bool(local) if not isinstance(local, list) else local[1] != 0


def _address(ask: Any) -> tuple[bool, Any]:
    """Whether there is an address, and ``[host, port]`` or a path; a Unix one may be unnamed."""
    try:
        answer = ask()
    except OSError:
        return False, None
    address = plain_address(answer)
    return True, list(address) if isinstance(address, tuple) else address


def plain_address(answer: Any) -> Any:
    """An address as the trace writes it, with a tuple for the list there."""
    if isinstance(answer, tuple) and len(answer) >= 2:
        return (str(answer[0]), answer[1]) if isinstance(answer[1], int) else None
    if isinstance(answer, bytes):
        return os.fsdecode(answer)
    return answer if isinstance(answer, str) and answer else None
