"""Wraps the methods of ``socket.socket`` in place, so that every call passes the gate.

In place, because a program's ``from socket import socket``, its subclasses and its
``isinstance`` checks then all stay right.  A method keeps its own arguments, results and
exceptions; ``limit`` may only make it ask for less than the program did, which is an
answer the kernel may always give.
"""

from __future__ import annotations

import _socket
import functools
import os
import select
import socket
import time
import warnings
from contextlib import suppress

from . import probe
from .gate import Gate, octets_argument, plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Tuple

    Make = Callable[[Optional[int]], Any]
    Outcome = Tuple[Any, Optional[bytes]]  # its value, and the octets that it moved


def install(gate: Gate) -> None:
    """Wrap everything that sockscope follows."""
    for name in ("bind", "listen", "connect", "connect_ex", "shutdown"):
        _wrap_plain(gate, name)
    for name in ("setsockopt", "settimeout", "setblocking", "detach"):
        _wrap_plain(gate, name)
    for name in ("getsockname", "getpeername", "getsockopt", "dup"):
        _wrap_question(gate, name)
    _wrap_receives(gate)
    _wrap_sends(gate)
    _wrap_sendall(gate)
    _wrap_sendfile(gate)
    _wrap_accept(gate)
    _wrap_birth(gate)
    _wrap_close(gate)
    _wrap_socketpair(gate)


def _pass(
    gate: Gate,
    name: str,
    sock: Any,
    args: list[Any],
    make: Make,
    outcome: Callable[[Any], Outcome],
    via: str | None = None,
) -> Any:
    """Take one call through the gate; calls that it makes inside are part of it."""
    record = gate.enter(name, sock, args, True, via)
    own = gate.own
    own.inside = True
    try:
        value = make(record.limit)
    except BaseException as error:
        own.inside = False
        gate.raised(record, error)
        raise
    own.inside = False
    shown, data = outcome(value)
    gate.returned(record, shown, data)
    return value


def _unseen(gate: Gate) -> bool:
    """Whether a call should pass unseen: in a forked child, or as part of another call."""
    return not gate.active or gate.own.inside


def _replace(name: str, original: Any, method: Any) -> None:
    functools.update_wrapper(method, original, updated=())
    del method.__wrapped__
    setattr(socket.socket, name, method)


def _plain_args(args: tuple[Any, ...], kwargs: Any) -> list[Any]:
    return [
        probe.plain_address(arg) if isinstance(arg, tuple) else plain_value(arg)
        for arg in (*args, *kwargs.values())
    ]


def _wrap_plain(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _unseen(gate):
            return original(self, *args, **kwargs)
        shown = _plain_args(args, kwargs)
        return _pass(
            gate,
            name,
            self,
            shown,
            lambda _: original(self, *args, **kwargs),
            lambda value: (plain_value(value), None),
        )

    _replace(name, original, method)


def _wrap_question(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _unseen(gate):
            return original(self, *args, **kwargs)
        shown = _plain_args(args, kwargs)
        return gate.recorded(name, self, shown, lambda: original(self, *args, **kwargs))

    _replace(name, original, method)


# -- receiving -------------------------------------------------------------------


def _less(asked: Any, limit: int | None, flags: Any) -> Any:
    """How many octets to ask for; a receive that waits for all of them is not cut."""
    if limit is None or not isinstance(asked, int) or flags & socket.MSG_WAITALL:
        return asked
    return min(asked, limit)


def _wrap_receives(gate: Gate) -> None:
    def first(value: Any) -> Outcome:
        return [len(value[0]), probe.plain_address(value[-1])], bytes(value[0])

    _wrap_receive(gate, "recv", lambda value: (len(value), bytes(value)))
    _wrap_receive(gate, "recvfrom", first)
    _wrap_receive(gate, "recvmsg", first)
    _wrap_receive_into(gate, "recv_into", lambda value: value)
    _wrap_receive_into(gate, "recvfrom_into", lambda value: value[0])
    _wrap_recvmsg_into(gate)


def _wrap_receive(gate: Gate, name: str, outcome: Callable[[Any], Outcome]) -> None:
    original = getattr(socket.socket, name)
    position = 2 if name == "recvmsg" else 1

    def method(self: Any, *args: Any) -> Any:
        if _unseen(gate) or not args:
            return original(self, *args)
        flags = args[position] if len(args) > position and isinstance(args[position], int) else 0

        def make(limit: int | None) -> Any:
            return original(self, _less(args[0], limit, flags), *args[1:])

        return _pass(gate, name, self, [plain_value(arg) for arg in args], make, outcome)

    _replace(name, original, method)


def _wrap_receive_into(gate: Gate, name: str, count: Callable[[Any], int]) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, buffer: Any, nbytes: Any = 0, flags: Any = 0) -> Any:
        if _unseen(gate):
            return original(self, buffer, nbytes, flags)
        size = _buffer_size(buffer)
        asked = nbytes if nbytes else size
        shown = [plain_value(asked), *([plain_value(flags)] if flags else [])]

        def make(limit: int | None) -> Any:
            return original(self, buffer, _less(asked, limit, flags), flags)

        def outcome(value: Any) -> Outcome:
            taken = count(value)
            shown = taken if name == "recv_into" else [taken, probe.plain_address(value[1])]
            return shown, bytes(memoryview(buffer).cast("B")[:taken])

        return _pass(gate, name, self, shown, make, outcome)

    _replace(name, original, method)


def _buffer_size(buffer: Any) -> int:
    try:
        return memoryview(buffer).nbytes
    except TypeError:
        return 0


def _wrap_recvmsg_into(gate: Gate) -> None:
    original = socket.socket.recvmsg_into

    def method(self: Any, buffers: Any, *args: Any) -> Any:
        buffers = list(buffers)
        if _unseen(gate):
            return original(self, buffers, *args)
        shown = [sum(map(_buffer_size, buffers)), *map(plain_value, args)]

        def outcome(value: Any) -> Outcome:
            data = b"".join(bytes(memoryview(b).cast("B")) for b in buffers)[: value[0]]
            return [value[0], probe.plain_address(value[3])], data

        return _pass(
            gate, "recvmsg_into", self, shown, lambda _: original(self, buffers, *args), outcome
        )

    _replace("recvmsg_into", original, method)


# -- sending ---------------------------------------------------------------------


def _sent(data: Any) -> Callable[[Any], Outcome]:
    """The outcome of a send: the octets that the kernel took, from the front of ``data``."""
    return lambda count: (count, bytes(_octets(data)[:count]))


def _octets(data: Any) -> memoryview:
    view = memoryview(data)
    return view.cast("B") if view.contiguous else memoryview(bytes(view))


def _first(data: Any, limit: int | None) -> Any:
    return data if limit is None else _octets(data)[:limit]


def _is_octets(data: Any) -> bool:
    try:
        memoryview(data)
    except TypeError:
        return False
    return True


def _wrap_sends(gate: Gate) -> None:
    for name in ("send", "sendto"):
        _wrap_send(gate, name)
    original = socket.socket.sendmsg

    def sendmsg(self: Any, buffers: Any, *args: Any) -> Any:
        buffers = list(buffers)
        if _unseen(gate) or not all(map(_is_octets, buffers)):
            return original(self, buffers, *args)
        data = b"".join(bytes(_octets(buffer)) for buffer in buffers)
        shown = [octets_argument(data), *map(plain_value, args)]

        def make(limit: int | None) -> Any:
            return original(self, buffers if limit is None else [data[:limit]], *args)

        return _pass(gate, "sendmsg", self, shown, make, _sent(data))

    _replace("sendmsg", original, sendmsg)


def _wrap_send(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any) -> Any:
        if _unseen(gate) or not args or not _is_octets(args[0]):
            return original(self, *args)
        data = args[0]
        shown = [octets_argument(data), *_plain_args(args[1:], {})]

        def make(limit: int | None) -> Any:
            return original(self, _first(data, limit), *args[1:])

        return _pass(gate, name, self, shown, make, _sent(data))

    _replace(name, original, method)


def _wrap_sendall(gate: Gate) -> None:
    original = socket.socket.sendall
    send = _socket.socket.send

    def sendall(self: Any, data: Any, flags: int = 0) -> None:
        if _unseen(gate) or not _is_octets(data):
            return original(self, data, flags)
        rest, timeout, used = _octets(data), socket.socket.gettimeout(self), 0.0
        while True:
            left = None if not timeout else timeout - used
            piece = rest

            def make(limit: int | None, piece: Any = piece, left: Any = left) -> int:
                if left is not None:
                    _wait_for_room(self, left)
                return send(self, _first(piece, limit), flags)

            started = time.monotonic()
            shown = [octets_argument(piece), *([flags] if flags else [])]
            sent = _pass(gate, "send", self, shown, make, _sent(piece), via="sendall")
            used += time.monotonic() - started
            rest = rest[sent:]
            if not rest:
                return None

    _replace("sendall", original, sendall)


def _wait_for_room(sock: Any, seconds: float) -> None:
    """Wait until a send would take something; sendall's timeout is for all of its sends."""
    poll = select.poll()
    poll.register(socket.socket.fileno(sock), select.POLLOUT)
    if not poll.poll(max(0.0, seconds) * 1000):
        raise TimeoutError("timed out")


def _wrap_sendfile(gate: Gate) -> None:
    original = socket.socket._sendfile_use_sendfile  # type: ignore[attr-defined]

    def use_sendfile(self: Any, file: Any, offset: int = 0, count: int | None = None) -> Any:
        if _unseen(gate) or not _is_regular(file):
            return original(self, file, offset, count)

        def outcome(sent: Any) -> Outcome:
            return sent, os.pread(file.fileno(), sent, offset)

        size = count or max(0, os.fstat(file.fileno()).st_size - offset)
        shown = [{"bytes": size, "peek": os.pread(file.fileno(), min(size, 1024), offset)}]
        return _pass(
            gate, "sendfile", self, shown, lambda _: original(self, file, offset, count), outcome
        )

    socket.socket._sendfile_use_sendfile = use_sendfile  # type: ignore[attr-defined]


def _is_regular(file: Any) -> bool:
    try:
        return os.path.isfile(file.fileno()) and os.fstat(file.fileno()).st_size > 0
    except (AttributeError, OSError, ValueError):
        return False


# -- birth and end ---------------------------------------------------------------


def _wrap_accept(gate: Gate) -> None:
    original = socket.socket.accept

    def accept(self: Any) -> Any:
        if _unseen(gate):
            return original(self)
        return _pass(
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

    _replace("accept", original, accept)


def _wrap_birth(gate: Gate) -> None:
    original = socket.socket.__init__

    def __init__(  # noqa: N807
        self: Any, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None
    ) -> None:
        if _unseen(gate) or fileno is not None:
            original(self, family, type, proto, fileno)
            return
        given = [int(v) for v in (family, type, proto)]
        while given and given[-1] == -1:
            given.pop()
        _pass(
            gate,
            "socket",
            self,
            list(given),
            lambda _: original(self, family, type, proto),
            lambda _: (socket.socket.fileno(self), None),
        )

    _replace("__init__", original, __init__)


def _wrap_close(gate: Gate) -> None:
    """A socket truly closes in ``_real_close``, or when it is forgotten."""
    original = socket.socket._real_close  # type: ignore[attr-defined]

    def closing(self: Any, make: Make, via: str | None = None) -> None:
        _pass(gate, "close", self, [], make, lambda _: (None, None), via)

    def _real_close(self: Any, *args: Any) -> Any:
        if _unseen(gate) or socket.socket.fileno(self) < 0:
            return original(self, *args)
        closing(self, lambda _: original(self, *args))
        return None

    def __del__(self: Any) -> None:  # noqa: N807
        if _unseen(gate) or socket.socket.fileno(self) < 0:
            _socket.socket.__del__(self)  # type: ignore[attr-defined]
            return
        warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
        closing(self, lambda _: _close_quietly(self), via="gc")

    _replace("_real_close", original, _real_close)
    socket.socket.__del__ = __del__  # type: ignore[attr-defined]


def _close_quietly(sock: Any) -> None:
    with suppress(OSError):
        _socket.socket.close(sock)


def _wrap_socketpair(gate: Gate) -> None:
    original = socket.socketpair

    def socketpair(*args: Any, **kwargs: Any) -> Any:
        if _unseen(gate):
            return original(*args, **kwargs)
        unborn = _socket.socket.__new__(socket.socket)
        shown = _plain_args(args, kwargs)
        return gate.recorded("socketpair", unborn, shown, lambda: original(*args, **kwargs))

    functools.update_wrapper(socketpair, original, updated=())
    socket.socketpair = socketpair
