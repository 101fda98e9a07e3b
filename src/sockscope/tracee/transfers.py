"""Wraps the methods that move octets.

They alone can be limited: a receive may be made to ask for less than the program did, and
a send to offer less, which are answers that the kernel may always give.
"""

from __future__ import annotations

import _socket
import os
import select
import socket
import time
from collections.abc import Iterable

from . import probe
from .gate import Gate, octets_argument, plain_value
from .passage import is_unseen, plain_args, put_in_place, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .passage import Outcome


def install(gate: Gate) -> None:
    """Wrap every receive and every send."""
    _wrap_receives(gate)
    _wrap_sends(gate)
    _wrap_sendall(gate)
    _wrap_sendfile(gate)


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
        if is_unseen(gate) or not args:
            return original(self, *args)
        flags = args[position] if len(args) > position and isinstance(args[position], int) else 0

        def make(limit: int | None) -> Any:
            return original(self, _less(args[0], limit, flags), *args[1:])

        return take(gate, name, self, [plain_value(arg) for arg in args], make, outcome)

    put_in_place(name, original, method)


_MISSING = object()


def _wrap_receive_into(gate: Gate, name: str, count: Callable[[Any], int]) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, buffer: Any = _MISSING, nbytes: Any = 0, flags: Any = 0) -> Any:
        if buffer is _MISSING:
            return original(self)
        if is_unseen(gate):
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

        return take(gate, name, self, shown, make, outcome)

    put_in_place(name, original, method)


def _buffer_size(buffer: Any) -> int:
    try:
        return memoryview(buffer).nbytes
    except TypeError:
        return 0


def _wrap_recvmsg_into(gate: Gate) -> None:
    original = socket.socket.recvmsg_into

    def method(self: Any, *args: Any) -> Any:
        if is_unseen(gate) or not args or not isinstance(args[0], Iterable):
            return original(self, *args)
        buffers, args = list(args[0]), args[1:]
        shown = [sum(map(_buffer_size, buffers)), *map(plain_value, args)]

        def outcome(value: Any) -> Outcome:
            data = b"".join(bytes(memoryview(b).cast("B")) for b in buffers)[: value[0]]
            return [value[0], probe.plain_address(value[3])], data

        return take(
            gate, "recvmsg_into", self, shown, lambda _: original(self, buffers, *args), outcome
        )

    put_in_place("recvmsg_into", original, method)


# -- sending ---------------------------------------------------------------------


def _sent(data: Any) -> Callable[[Any], Outcome]:
    """The outcome of a send: the octets that the kernel took, from the front of ``data``."""
    if type(data) is bytes:
        octets: bytes = data
        return lambda count: (count, octets[:count])
    return lambda count: (count, bytes(_octets(data)[:count]))


def _octets(data: Any) -> memoryview:
    view = memoryview(data)
    return view.cast("B") if view.contiguous else memoryview(bytes(view))


def _first(data: Any, limit: int | None) -> Any:
    return data if limit is None else _octets(data)[:limit]


def _is_octets(data: Any) -> bool:
    if type(data) is bytes:
        return True
    try:
        memoryview(data)
    except TypeError:
        return False
    return True


def _wrap_sends(gate: Gate) -> None:
    for name in ("send", "sendto"):
        _wrap_send(gate, name)
    original = socket.socket.sendmsg

    def sendmsg(self: Any, *args: Any) -> Any:
        if is_unseen(gate) or not args or not isinstance(args[0], Iterable):
            return original(self, *args)
        buffers, args = list(args[0]), args[1:]
        if not all(map(_is_octets, buffers)):
            return original(self, buffers, *args)
        data = b"".join(bytes(_octets(buffer)) for buffer in buffers)
        shown = [octets_argument(data, gate.arg_bound()), *map(plain_value, args)]

        def make(limit: int | None) -> Any:
            return original(self, buffers if limit is None else [data[:limit]], *args)

        return take(gate, "sendmsg", self, shown, make, _sent(data))

    put_in_place("sendmsg", original, sendmsg)


def _wrap_send(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)

    def method(self: Any, *args: Any) -> Any:
        if is_unseen(gate) or not args or not _is_octets(args[0]):
            return original(self, *args)
        data = args[0]
        shown = [octets_argument(data, gate.arg_bound())]
        if len(args) > 1:
            shown += plain_args(args[1:], {})

        def make(limit: int | None) -> Any:
            return original(self, _first(data, limit), *args[1:])

        return take(gate, name, self, shown, make, _sent(data))

    put_in_place(name, original, method)


def _wrap_sendall(gate: Gate) -> None:
    original = socket.socket.sendall
    send = _socket.socket.send

    def sendall(self: Any, *args: Any) -> None:
        if is_unseen(gate) or not 1 <= len(args) <= 2 or not _is_octets(args[0]):
            return original(self, *args)
        data, flags = args[0], args[1] if len(args) == 2 else 0
        rest, timeout, used = _octets(data), socket.socket.gettimeout(self), 0.0
        while True:
            left = None if not timeout else timeout - used
            piece = rest

            def make(limit: int | None, piece: Any = piece, left: Any = left) -> int:
                if left is not None:
                    _wait_for_room(self, left)
                return send(self, _first(piece, limit), flags)

            started = time.monotonic()
            shown = [octets_argument(piece, gate.arg_bound()), *([flags] if flags else [])]
            sent = take(gate, "send", self, shown, make, _sent(piece), via="sendall")
            used += time.monotonic() - started
            rest = rest[sent:]
            if not rest:
                return None

    put_in_place("sendall", original, sendall)


def _wait_for_room(sock: Any, seconds: float) -> None:
    """Wait until a send would take something; sendall's timeout is for all of its sends."""
    poll = select.poll()
    poll.register(socket.socket.fileno(sock), select.POLLOUT)
    if not poll.poll(max(0.0, seconds) * 1000):
        raise TimeoutError("timed out")


def _wrap_sendfile(gate: Gate) -> None:
    original = socket.socket._sendfile_use_sendfile  # type: ignore[attr-defined]

    def use_sendfile(self: Any, file: Any, offset: int = 0, count: int | None = None) -> Any:
        if is_unseen(gate) or not _is_regular(file):
            return original(self, file, offset, count)

        def outcome(sent: Any) -> Outcome:
            return sent, os.pread(file.fileno(), sent, offset)

        size = count or max(0, os.fstat(file.fileno()).st_size - offset)
        shown = [{"bytes": size, "peek": os.pread(file.fileno(), min(size, 1024), offset)}]
        return take(
            gate, "sendfile", self, shown, lambda _: original(self, file, offset, count), outcome
        )

    socket.socket._sendfile_use_sendfile = use_sendfile  # type: ignore[attr-defined]


def _is_regular(file: Any) -> bool:
    try:
        return os.path.isfile(file.fileno()) and os.fstat(file.fileno()).st_size > 0
    except (AttributeError, OSError, ValueError):
        return False
