"""What the socket options mean that programs use most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..names import ERRNOS, OPTIONS, is_int
from .scene import Scene

_SET: Mapping[str, str] = {
    "SO_BROADCAST": "datagrams to a broadcast address are allowed",
    "SO_KEEPALIVE": "the kernel will probe a silent connection to see whether it lives",
    "SO_LINGER": "close() will wait for the last bytes, or with time 0 reset the connection",
    "SO_RCVBUF": "asks for a receive buffer; the kernel doubles the number for its own needs",
    "SO_RCVLOWAT": "recv() wakes up only when this many bytes wait",
    "SO_REUSEADDR": "bind() may take an address whose old connections are still in TIME_WAIT",
    "SO_REUSEPORT": "several sockets may bind this address, and share its clients",
    "SO_SNDBUF": "asks for a send buffer; the kernel doubles the number for its own needs",
    "TCP_CORK": "holds small pieces back until a full segment can leave",
    "TCP_DEFER_ACCEPT": "accept() wakes up only when the client has sent something",
    "TCP_KEEPCNT": "how many unanswered probes end a silent connection",
    "TCP_KEEPIDLE": "how long a connection is silent before it is probed",
    "TCP_KEEPINTVL": "how long to wait between two probes",
    "TCP_NODELAY": "small sends leave at once: Nagle's algorithm is off",
    "TCP_QUICKACK": "acknowledges at once, until the kernel changes its mind",
    "TCP_USER_TIMEOUT": "how long sent bytes may stay unacknowledged",
    "IPV6_V6ONLY": "IPv6 clients only: an IPv4 socket may have the same port",
}

_UNSET: Mapping[str, str] = {
    "IPV6_V6ONLY": "IPv4 clients are welcome too",
    "SO_KEEPALIVE": "a silent connection is not probed",
    "SO_REUSEADDR": "an address whose old connections are in TIME_WAIT stays taken",
    "TCP_CORK": "what was held back leaves now",
    "TCP_NODELAY": "small sends may wait for an acknowledgement: Nagle's algorithm is on",
}

_ASKED: Mapping[str, str] = {
    "SO_ACCEPTCONN": "whether this socket listens",
    "SO_RCVBUF": "the receive buffer's size: twice what was asked for",
    "SO_SNDBUF": "the send buffer's size: twice what was asked for",
    "SO_TYPE": "the kind of socket: 1 is a stream, 2 is for datagrams",
    "TCP_INFO": "the kernel's own account of this connection",
    "TCP_NODELAY": "whether small sends leave at once",
}


def option_name(args: tuple[Any, ...]) -> str | None:
    """The name of the option that setsockopt() or getsockopt() was given."""
    if len(args) < 2 or not is_int(args[0]) or not is_int(args[1]):
        return None
    return OPTIONS.get(args[0], {}).get(args[1])


def option_set(scene: Scene) -> str:
    """What a setsockopt() means."""
    args = scene.call.args
    name = option_name(args) or ""
    off = len(args) > 2 and is_int(args[2]) and args[2] == 0
    return (_UNSET if off else _SET).get(name, "the option is set")


def option_asked(scene: Scene) -> str:
    """What the answer of a getsockopt() means."""
    name = option_name(scene.call.args) or ""
    if name == "SO_ERROR":
        return _pending_error(scene.call.value)
    return _ASKED.get(name, "only a question: it changes nothing")


def _pending_error(value: Any) -> str:
    if value == 0:
        return "no error is pending"
    name = ERRNOS.get(value) if is_int(value) else None
    return f"the pending error is {name or 'this number'}: asking has cleared it"
