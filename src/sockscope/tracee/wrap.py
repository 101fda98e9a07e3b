"""Wraps the methods of ``socket.socket`` in place, so that every call passes the gate.

In place, because a program's ``from socket import socket``, its subclasses and its
``isinstance`` checks then all stay right.  A method keeps its own arguments, results and
exceptions.
"""

from __future__ import annotations

import _socket
import functools
import socket
import warnings
from contextlib import suppress

from . import probe, transfers
from .gate import Gate, plain_value
from .passage import is_unseen, plain_args, put_in_place, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .passage import Make


def install(gate: Gate) -> None:
    """Wrap everything that sockscope follows."""
    for name in ("bind", "listen", "connect", "connect_ex", "shutdown"):
        _wrap_plain(gate, name)
    for name in ("setsockopt", "settimeout", "setblocking", "detach"):
        _wrap_plain(gate, name)
    for name in ("getsockname", "getpeername", "getsockopt", "dup"):
        _wrap_question(gate, name)
    transfers.install(gate)
    _wrap_accept(gate)
    _wrap_birth(gate)
    _wrap_close(gate)
    _wrap_socketpair(gate)


def _wrap_plain(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_unseen(gate):
            return original(self, *args, **kwargs)
        shown = plain_args(args, kwargs)
        return take(
            gate,
            name,
            self,
            shown,
            lambda _: original(self, *args, **kwargs),
            lambda value: (plain_value(value), None),
        )

    put_in_place(name, original, method)


def _wrap_question(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_unseen(gate):
            return original(self, *args, **kwargs)
        shown = plain_args(args, kwargs)
        return gate.recorded(name, self, shown, lambda: original(self, *args, **kwargs))

    put_in_place(name, original, method)


def _wrap_accept(gate: Gate) -> None:
    original = socket.socket.accept

    def accept(self: Any) -> Any:
        if is_unseen(gate):
            return original(self)
        return take(
            gate,
            "accept",
            self,
            [],
            lambda _: original(self),
            lambda value: (
                [socket.socket.fileno(value[0]), probe.plain_address(value[1])],
                None,
            ),
        )

    put_in_place("accept", original, accept)


def _wrap_birth(gate: Gate) -> None:
    original = socket.socket.__init__

    def __init__(  # noqa: N807
        self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None
    ) -> None:
        numbers = isinstance(family, int) and isinstance(type, int) and isinstance(proto, int)
        if is_unseen(gate) or fileno is not None or not numbers:
            original(self, family, type, proto, fileno)
            return
        given = [int(v) for v in (family, type, proto)]
        while given and given[-1] == -1:
            given.pop()
        take(
            gate,
            "socket",
            self,
            list(given),
            lambda _: original(self, family, type, proto),
            lambda _: (socket.socket.fileno(self), None),
        )

    put_in_place("__init__", original, __init__)


def _wrap_close(gate: Gate) -> None:
    """A socket truly closes in ``_real_close``, or when it is forgotten."""
    original = socket.socket._real_close  # type: ignore[attr-defined]

    def closing(self: Any, make: Make, via: str | None = None) -> None:
        take(gate, "close", self, [], make, lambda _: (None, None), via)

    def _real_close(self: Any, *args: Any) -> Any:
        if is_unseen(gate) or socket.socket.fileno(self) < 0:
            return original(self, *args)
        closing(self, lambda _: original(self, *args))
        return None

    def __del__(self: Any) -> None:  # noqa: N807
        if is_unseen(gate) or socket.socket.fileno(self) < 0:
            _socket.socket.__del__(self)  # type: ignore[attr-defined]
            return
        gate.own.inside = True  # the text asks for the names, which the program did not
        try:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            gate.own.inside = False
        closing(self, lambda _: _close_quietly(self), via="gc")

    put_in_place("_real_close", original, _real_close)
    socket.socket.__del__ = __del__  # type: ignore[attr-defined]


def _close_quietly(sock: Any) -> None:
    with suppress(OSError):
        _socket.socket.close(sock)


def _wrap_socketpair(gate: Gate) -> None:
    original = socket.socketpair

    def socketpair(*args: Any, **kwargs: Any) -> Any:
        if is_unseen(gate):
            return original(*args, **kwargs)
        unborn = _socket.socket.__new__(socket.socket)
        shown = plain_args(args, kwargs)
        return gate.recorded("socketpair", unborn, shown, lambda: original(*args, **kwargs))

    functools.update_wrapper(socketpair, original, updated=())
    socket.socketpair = socketpair
