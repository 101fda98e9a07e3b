"""TLS sockets: what the program calls is seen; what OpenSSL reads and writes beneath is counted.

``ssl.SSLSocket`` has methods of its own, so they are wrapped too, once the program makes the
first of its kind: their octets are plain text, and are no part of the stream that the kernel
carries.  Of that stream the kernel counts the octets, before and after each call; which ones
they are is said to be not seen.

Two threads may be in calls of one socket at once.  What moved until the end of one call is
that call's, so that nothing is counted twice.
"""

from __future__ import annotations

import _socket
import functools
import sys

from . import probe
from .passage import Method, look_like, plain_args, take_counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate
    from .passage import Counts
    from .records import Record

NOT_SEEN = "a TLS socket: what OpenSSL sends and receives for it is counted, but not seen"

_fileno = _socket.socket.fileno

CALLS = ("do_handshake", "read", "send", "unwrap")
"""What the other methods of a TLS socket come down to."""


class Tls:
    """Watches for TLS sockets."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._is_wrapped = False
        self._told: dict[int, Counts] = {}  # by fd, what calls that ended have told of

    def born(self, sock: Any) -> None:
        """A socket is being made, of whatever kind."""
        kind = getattr(sys.modules.get("ssl"), "SSLSocket", None)
        if kind is None or not issubclass(type(sock), kind):
            return
        self._told.pop(_fileno(sock), None)
        self._gate.not_seen(NOT_SEEN)
        if not self._is_wrapped:
            self._is_wrapped = True
            for name in CALLS:
                self._wrap(kind, name)

    def _wrap(self, kind: Any, name: str) -> None:
        original = getattr(kind, name)
        method = Method(f"ssl.{name}", original, shown=_shown)

        def wrapped(sock: Any, *args: Any, **kwargs: Any) -> Any:
            is_plain = getattr(sock, "_sslobj", None) is None
            me = self._gate.own.me
            if me.inside or not self._gate.active or kwargs or is_plain:
                return original(sock, *args, **kwargs)
            note = functools.partial(self._note, sock)
            return take_counted(self._gate, me, method, sock, args, note)

        look_like(original, wrapped)
        setattr(kind, name, wrapped)

    def _note(self, sock: Any, record: Record, before: Counts | None) -> None:
        record.cipher = self._carried(sock, before)
        record.whole = False

    def _carried(self, sock: Any, before: Counts | None) -> Counts | None:
        """The octets that moved since ``before``, and that no other call has told of."""
        now, fd = probe.carried(sock), _fileno(sock)
        if before is None or now is None:
            return None
        told = self._told.get(fd, before)
        self._told[fd] = max(told[0], now[0]), max(told[1], now[1])
        sent, received = (max(b, t) for b, t in zip(before, told))
        return max(0, now[0] - sent), max(0, now[1] - received)


def _shown(args: Any) -> tuple[Any, ...]:
    """The first argument: the others are flags, or a buffer that is only there to be filled."""
    first = args[:1]
    return plain_args([bytes(arg) if type(arg) is memoryview else arg for arg in first])
