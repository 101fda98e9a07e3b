"""TLS sockets: what the program calls is seen; what OpenSSL reads and writes beneath is not.

``ssl.SSLSocket`` has methods of its own, so they are wrapped too, once the program makes the
first of its kind: their octets are plain text, and are no part of the stream that the kernel
carries.  That stream is said to be not seen; what waits in the kernel's queues is shown.
"""

from __future__ import annotations

import sys

from .passage import Method, is_unseen, look_like, plain_args, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .gate import Gate

NOT_SEEN = "a TLS socket: what OpenSSL sends and receives for it is not seen"

CALLS = ("do_handshake", "read", "send", "unwrap")
"""What the other methods of a TLS socket come down to."""


class Tls:
    """Watches for TLS sockets."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._is_wrapped = False

    def born(self, sock: Any) -> None:
        """A socket is being made, of whatever kind."""
        kind = getattr(sys.modules.get("ssl"), "SSLSocket", None)
        if kind is None or not issubclass(type(sock), kind):
            return
        self._gate.not_seen(NOT_SEEN)
        if not self._is_wrapped:
            self._is_wrapped = True
            for name in CALLS:
                _wrap(self._gate, kind, name)


def _wrap(gate: Gate, kind: Any, name: str) -> None:
    original = getattr(kind, name)
    method = Method(f"ssl.{name}", original, shown=_shown)

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_plain = getattr(self, "_sslobj", None) is None
        if is_unseen(gate) or kwargs or is_plain:
            return original(self, *args, **kwargs)
        return take(gate, method, self, args)

    look_like(original, wrapped)
    setattr(kind, name, wrapped)


def _shown(args: Any) -> list[Any]:
    """The first argument: the others are flags, or a buffer that is only there to be filled."""
    first = args[:1]
    return plain_args([bytes(arg) if type(arg) is memoryview else arg for arg in first])
