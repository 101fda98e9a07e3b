"""Names that several modules of the trace share, and Linux's numbers by name.

The numbers are Linux's own, as literals, because a trace is made on Linux and read
anywhere: ``socket.SO_REUSEADDR`` is another number on the machine that opens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

GATE, RUNNING, BLOCKED, RETURNED, RAISED = "gate", "running", "blocked", "returned", "raised"

SENDS = frozenset({"send", "sendto", "sendmsg", "sendfile"})
RECEIVES = frozenset({"recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"})
WAITS = frozenset({"select", "poll", "epoll_wait"})
"""Waits for any of several sockets: which, and for what, is their first argument."""

QUESTIONS = frozenset({"getsockname", "getpeername", "getsockopt"})

SETS_UP = frozenset({"setsockopt", "settimeout", "setblocking", "detach"})
"""Calls at which nothing happens: where a library makes them, no step stops there."""

CALLS = (
    frozenset({"socket", "socketpair", "bind", "listen", "accept", "connect", "connect_ex"})
    | frozenset({"shutdown", "close", "dup"})
    | SETS_UP
    | QUESTIONS
    | SENDS
    | RECEIVES
    | WAITS
)
"""Every call that a trace of ours may hold."""

SHUT_DOWN = frozenset({"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"})
"""States of a connection whose own direction has ended (RFC 9293, 3.3.2)."""

BY_SIGNAL = 128
"""What a shell adds to a signal's number for the status of what it ended."""

MSG_OOB = 0x1
MSG_PEEK = 0x2
MSG_WAITALL = 0x100

FLAGS_AT: Mapping[str, int] = {
    "recv": 1,
    "recv_into": 1,
    "recvfrom": 1,
    "recvfrom_into": 1,
    "recvmsg": 2,
    "recvmsg_into": 2,
    "send": 1,
    "sendmsg": 2,
    "sendto": 1,
}
"""Where the MSG_ flags stand among the arguments of a call; a ``sendto`` of two has none."""


def flags_of(name: str, args: Sequence[Any]) -> int:
    """The MSG_ flags of a send or a receive."""
    position = FLAGS_AT.get(name)
    if position is None or len(args) <= position or (name == "sendto" and len(args) < 3):
        return 0
    flags = args[position]
    return flags if isinstance(flags, int) else 0


Numbers = Mapping[int, str]

FAMILIES: Numbers = {0: "AF_UNSPEC", 1: "AF_UNIX", 2: "AF_INET", 10: "AF_INET6", 17: "AF_PACKET"}

TYPES: Numbers = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}

HOWS: Numbers = {0: "SHUT_RD", 1: "SHUT_WR", 2: "SHUT_RDWR"}

LEVELS: Numbers = {0: "IPPROTO_IP", 1: "SOL_SOCKET", 6: "IPPROTO_TCP", 41: "IPPROTO_IPV6"}

OPTIONS: Mapping[int, Numbers] = {
    0: {1: "IP_TOS", 2: "IP_TTL"},
    1: {
        1: "SO_DEBUG",
        2: "SO_REUSEADDR",
        3: "SO_TYPE",
        4: "SO_ERROR",
        5: "SO_DONTROUTE",
        6: "SO_BROADCAST",
        7: "SO_SNDBUF",
        8: "SO_RCVBUF",
        9: "SO_KEEPALIVE",
        10: "SO_OOBINLINE",
        13: "SO_LINGER",
        15: "SO_REUSEPORT",
        18: "SO_RCVLOWAT",
        19: "SO_SNDLOWAT",
        20: "SO_RCVTIMEO",
        21: "SO_SNDTIMEO",
        25: "SO_BINDTODEVICE",
        30: "SO_ACCEPTCONN",
        38: "SO_PROTOCOL",
        39: "SO_DOMAIN",
    },
    6: {
        1: "TCP_NODELAY",
        2: "TCP_MAXSEG",
        3: "TCP_CORK",
        4: "TCP_KEEPIDLE",
        5: "TCP_KEEPINTVL",
        6: "TCP_KEEPCNT",
        7: "TCP_SYNCNT",
        8: "TCP_LINGER2",
        9: "TCP_DEFER_ACCEPT",
        10: "TCP_WINDOW_CLAMP",
        11: "TCP_INFO",
        12: "TCP_QUICKACK",
        13: "TCP_CONGESTION",
        18: "TCP_USER_TIMEOUT",
        23: "TCP_FASTOPEN",
        25: "TCP_NOTSENT_LOWAT",
    },
    41: {26: "IPV6_V6ONLY"},
}
"""Options of each level."""

FLAGS: Numbers = {
    0x1: "MSG_OOB",
    0x2: "MSG_PEEK",
    0x4: "MSG_DONTROUTE",
    0x20: "MSG_TRUNC",
    0x40: "MSG_DONTWAIT",
    0x80: "MSG_EOR",
    0x100: "MSG_WAITALL",
    0x2000: "MSG_ERRQUEUE",
    0x4000: "MSG_NOSIGNAL",
    0x8000: "MSG_MORE",
}

ERRNOS: Numbers = {
    4: "EINTR",
    9: "EBADF",
    11: "EAGAIN",
    13: "EACCES",
    22: "EINVAL",
    98: "EADDRINUSE",
    99: "EADDRNOTAVAIL",
    101: "ENETUNREACH",
    104: "ECONNRESET",
    106: "EISCONN",
    110: "ETIMEDOUT",
    111: "ECONNREFUSED",
    113: "EHOSTUNREACH",
    114: "EALREADY",
    115: "EINPROGRESS",
}
"""What connect_ex() may return instead of raising."""


def is_int(value: Any) -> bool:
    """Whether ``value`` is a number as C has it: JSON's true and false are not."""
    return isinstance(value, int) and not isinstance(value, bool)
