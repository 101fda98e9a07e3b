"""Wraps the methods of ``socket.socket`` in place, so that every call passes the gate.

In place, because a program's ``from socket import socket``, its subclasses and its
``isinstance`` checks then all stay right.  A method keeps its own arguments, results and
exceptions.
"""

from __future__ import annotations

import _socket
import socket

from . import buffers, forgotten, probe, tls, transfers, waits
from .gate import Gate
from .passage import Method, look_like, put_in_place, take, take_counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .passage import Outcome

_fileno = socket.socket.fileno


def install(gate: Gate) -> None:
    """Wrap everything that sockscope follows."""
    for name in ("bind", "listen", "connect", "connect_ex", "shutdown"):
        _wrap_plain(gate, name)
    for name in ("setsockopt", "settimeout", "setblocking", "detach"):
        _wrap_plain(gate, name)
    for name in ("getsockname", "getpeername", "getsockopt", "dup"):
        _wrap_plain(gate, name, stops=False)
    transfers.install(gate)
    waits.install(gate)
    buffers.install()
    gate.looks.read_ahead = buffers.counts
    _wrap_accept(gate)
    _wrap_birth(gate)
    _wrap_close(gate)
    _wrap_socketpair(gate)
    _tell_of_raw(gate)


def _wrap_plain(gate: Gate, name: str, stops: bool = True) -> None:
    original = getattr(socket.socket, name)
    method = Method(name, original, stops=stops)

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or kwargs:
            return original(self, *args, **kwargs)
        return take(gate, me, method, self, args)

    put_in_place(name, original, wrapped)


def _wrap_accept(gate: Gate) -> None:
    original = socket.socket.accept

    def outcome(value: Any, _sock: Any, _args: Any) -> Outcome:
        peer = value[1]  # "" is a peer without a name (unix(7))
        return (_fileno(value[0]), probe.plain_address(peer) if peer else peer), None

    method = Method("accept", original, outcome=outcome)

    def accept(self: Any) -> Any:
        me = gate.own.me
        return original(self) if me.inside or not gate.active else take(gate, me, method, self, ())

    put_in_place("accept", original, accept)


def _wrap_birth(gate: Gate) -> None:
    original = socket.socket.__init__

    def shown(args: Any) -> tuple[Any, ...]:
        given = [int(arg) for arg in args]
        while given and given[-1] == -1:
            given.pop()
        return tuple(given)

    def outcome(_value: Any, sock: Any, _args: Any) -> Outcome:
        gate.looks.strangers.meet(_fileno(sock))
        return _fileno(sock), None

    method = Method("socket", original, shown=shown, outcome=outcome)
    secret = tls.Tls(gate)

    def __init__(  # noqa: N807
        self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None
    ) -> None:
        numbers = isinstance(family, int) and isinstance(type, int) and isinstance(proto, int)
        me = gate.own.me
        if me.inside or not gate.active or fileno is not None or not numbers:
            original(self, family, type, proto, fileno)
            gate.looks.strangers.meet(_fileno(self))
            if fileno is not None and gate.active:
                secret.born(self)
                if not me.inside:
                    gate.share(_fileno(self))
        else:
            take(gate, me, method, self, (family, type, proto))

    put_in_place("__init__", original, __init__)


def _wrap_close(gate: Gate) -> None:
    """A socket truly closes in ``_real_close``, or when it is forgotten."""
    original = socket.socket._real_close  # type: ignore[attr-defined]
    closed = Method("close", original, shown=lambda _: ())
    lost = Method("close", forgotten.close, via="gc")

    def _real_close(self: Any, *args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or _fileno(self) < 0:
            return original(self, *args)
        return take_counted(gate, me, closed, self, args, gate.note_close)

    def __del__(self: Any) -> None:  # noqa: N807
        if _fileno(self) < 0:
            return
        me = gate.own.me
        before, me.inside = me.inside, True  # the text asks for names, which the program did not
        forgotten.warn(self)
        me.inside = before
        if me.inside or not gate.active:
            forgotten.close(self)
        else:
            take_counted(gate, me, lost, self, (), gate.note_close)

    put_in_place("_real_close", original, _real_close)
    socket.socket.__del__ = __del__  # type: ignore[attr-defined]


def _tell_of_raw(gate: Gate) -> None:
    """``_socket.socket`` is replaced, not wrapped: ``socket.socket`` is made of it, in C.

    An audit hook would be told of such a socket, too, but also of each frame that a call of
    a free run looks at.
    """
    original = _socket.socket

    class Kind(type):
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, original)

        def __subclasscheck__(cls, kind: Any) -> bool:
            return issubclass(kind, original)

    class raw(original, metaclass=Kind):  # type: ignore[misc,valid-type]  # noqa: N801
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            if cls is raw and gate.active:
                gate.not_seen("a raw _socket.socket: its calls are not seen")
            return original.__new__(cls, *args, **kwargs)

    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(raw, name, getattr(original, name))
    _socket.socket = _socket.SocketType = socket.SocketType = raw  # type: ignore[misc]


def _wrap_socketpair(gate: Gate) -> None:
    original = socket.socketpair

    def socketpair(*args: Any, **kwargs: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active:
            return original(*args, **kwargs)

        def make(*_: Any) -> Any:
            pair = original(*args, **kwargs)
            probe.note_pair(*(sock.fileno() for sock in pair))
            return pair

        method = Method("socketpair", make, stops=False)
        unborn = _socket.socket.__new__(socket.socket)
        return take(gate, me, method, unborn, (*args, *kwargs.values()))

    look_like(original, socketpair)
    socket.socketpair = socketpair
