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
from collections.abc import Iterable, Iterator

from . import probe
from .channel import kernel_poll
from .gate import Gate, plain_value
from .passage import Method, plain_args, put_in_place, take
from .records import octets_argument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .passage import Outcome


def install(gate: Gate) -> None:
    """Wrap every receive and every send."""
    _wrap_receive(gate, "recv", 1, _received)
    _wrap_receive(gate, "recvfrom", 1, _received_from)
    _wrap_receive(gate, "recvmsg", 2, _received_from)
    _wrap_receive_into(gate, "recv_into", _filled)
    _wrap_receive_into(gate, "recvfrom_into", _filled_from)
    _wrap_recvmsg_into(gate)
    _wrap_send(gate, "send")
    _wrap_send(gate, "sendto")
    _wrap_sendmsg(gate)
    _wrap_sendall(gate)
    _wrap_sendfile(gate)


# -- receiving -------------------------------------------------------------------


def _less(asked: Any, limit: int, flags: Any) -> Any:
    """How many octets to ask for; a receive that waits for all of them is not cut."""
    if not isinstance(asked, int) or (isinstance(flags, int) and flags & socket.MSG_WAITALL):
        return asked
    return min(asked, limit)


def _received(value: Any, _sock: Any, _args: Any) -> Outcome:
    return len(value), value if type(value) is bytes else bytes(value)


def _received_from(value: Any, _sock: Any, _args: Any) -> Outcome:
    return (len(value[0]), probe.plain_address(value[-1])), bytes(value[0])


def _wrap_receive(
    gate: Gate, name: str, flags_at: int, outcome: Callable[[Any, Any, Any], Outcome]
) -> None:
    original = getattr(socket.socket, name)

    def cut(args: Any, limit: int) -> Any:
        flags = args[flags_at] if len(args) > flags_at else 0
        return (_less(args[0], limit, flags), *args[1:])

    method = Method(
        name, original, shown=_plain_values, outcome=outcome, cut=cut, flags_at=flags_at
    )

    def receive(self: Any, *args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or not args:
            return original(self, *args)
        return take(gate, me, method, self, args)

    put_in_place(name, original, receive)


def _plain_values(args: Any) -> tuple[Any, ...]:
    if len(args) == 1 and type(args[0]) is int:
        return args  # type: ignore[no-any-return]
    return tuple([arg if type(arg) is int else plain_value(arg) for arg in args])


_MISSING = object()


def _filled(value: Any, _sock: Any, args: Any) -> Outcome:
    return value, _front(args[0], value)


def _filled_from(value: Any, _sock: Any, args: Any) -> Outcome:
    return (value[0], probe.plain_address(value[1])), _front(args[0], value[0])


def _front(buffer: Any, count: int) -> bytes:
    return bytes(memoryview(buffer).cast("B")[:count])


def _wrap_receive_into(gate: Gate, name: str, outcome: Callable[[Any, Any, Any], Outcome]) -> None:
    original = getattr(socket.socket, name)

    def shown(args: Any) -> tuple[Any, ...]:
        buffer, asked, flags = args
        return _plain_values([asked or _buffer_size(buffer), *([flags] if flags else [])])

    def cut(args: Any, limit: int) -> Any:
        buffer, asked, flags = args
        return buffer, _less(asked or _buffer_size(buffer), limit, flags), flags

    method = Method(name, original, shown=shown, outcome=outcome, cut=cut, flags_at=2)

    def receive_into(self: Any, buffer: Any = _MISSING, nbytes: Any = 0, flags: Any = 0) -> Any:
        if buffer is _MISSING:
            return original(self)
        me = gate.own.me
        if me.inside or not gate.active:
            return original(self, buffer, nbytes, flags)
        return take(gate, me, method, self, (buffer, nbytes, flags))

    put_in_place(name, original, receive_into)


def _buffer_size(buffer: Any) -> int:
    try:
        return memoryview(buffer).nbytes
    except TypeError:
        return 0


def _wrap_recvmsg_into(gate: Gate) -> None:
    original = socket.socket.recvmsg_into

    def shown(args: Any) -> tuple[Any, ...]:
        return (sum(map(_buffer_size, args[0])), *map(plain_value, args[1:]))

    def outcome(value: Any, _sock: Any, args: Any) -> Outcome:
        data = b"".join(bytes(memoryview(b).cast("B")) for b in args[0])[: value[0]]
        return (value[0], probe.plain_address(value[3])), data

    def cut(args: Any, limit: int) -> Any:
        flags = args[2] if len(args) > 2 else 0
        room = _less(sum(map(_buffer_size, args[0])), limit, flags)
        return (list(_fronts(args[0], room)), *args[1:])

    method = Method("recvmsg_into", original, shown=shown, outcome=outcome, cut=cut, flags_at=2)

    def recvmsg_into(self: Any, *args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or not args or not isinstance(args[0], Iterable):
            return original(self, *args)
        return take(gate, me, method, self, (list(args[0]), *args[1:]))

    put_in_place("recvmsg_into", original, recvmsg_into)


def _fronts(buffers: Any, room: int) -> Iterator[memoryview]:
    """The first ``room`` octets of some buffers."""
    for buffer in buffers:
        view = memoryview(buffer).cast("B")[:room]
        room -= len(view)
        yield view


# -- sending ---------------------------------------------------------------------


def _octets(data: Any) -> memoryview:
    view = memoryview(data)
    return view.cast("B") if view.contiguous else memoryview(bytes(view))


def _is_octets(data: Any) -> bool:
    if type(data) is bytes:
        return True
    try:
        memoryview(data)
    except TypeError:
        return False
    return True


def _taken(value: Any, _sock: Any, args: Any) -> Outcome:
    """The outcome of a send: the octets that the kernel took, from the front of them all."""
    data = args[0]
    if type(data) is not bytes:
        return value, bytes(_octets(data)[:value])
    return value, data if value == len(data) else data[:value]


def _offer_less(args: Any, limit: int) -> Any:
    return (_octets(args[0])[:limit], *args[1:])


def _offering(gate: Gate) -> Callable[[Any], tuple[Any, ...]]:
    """How the arguments of a send are told: the front of its octets, then the rest."""

    def shown(args: Any) -> tuple[Any, ...]:
        data = args[0]
        first = data if type(data) is bytes else octets_argument(data, gate.arg_bound())
        return (first, *plain_args(args[1:])) if len(args) > 1 else (first,)

    return shown


def _wrap_send(gate: Gate, name: str) -> None:
    original = getattr(socket.socket, name)
    method = Method(name, original, shown=_offering(gate), outcome=_taken, cut=_offer_less)

    def send(self: Any, *args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or not args or not _is_octets(args[0]):
            return original(self, *args)
        return take(gate, me, method, self, args)

    put_in_place(name, original, send)


def _wrap_sendmsg(gate: Gate) -> None:
    original = socket.socket.sendmsg

    def make(sock: Any, _data: Any, buffers: Any, *args: Any) -> Any:
        return original(sock, buffers, *args)

    def shown(args: Any) -> tuple[Any, ...]:
        return (args[0], *map(plain_value, args[2:]))

    def cut(args: Any, limit: int) -> Any:
        return (args[0], [args[0][:limit]], *args[2:])

    method = Method("sendmsg", make, shown=shown, outcome=_taken, cut=cut)

    def sendmsg(self: Any, *args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or not args or not isinstance(args[0], Iterable):
            return original(self, *args)
        buffers = list(args[0])
        if not all(map(_is_octets, buffers)):
            return original(self, buffers, *args[1:])
        if len(args) > 1 and args[1]:
            gate.share()  # a file descriptor may be among the ancillary data
        data = b"".join(bytes(_octets(buffer)) for buffer in buffers)
        return take(gate, me, method, self, (data, buffers, *args[1:]))

    put_in_place("sendmsg", original, sendmsg)


def _wrap_sendall(gate: Gate) -> None:
    original = socket.socket.sendall
    send = _socket.socket.send
    shown = _offering(gate)

    def make(sock: Any, piece: Any, flags: Any, seconds: float | None) -> int:
        if seconds is not None:
            _wait_for_room(sock, seconds)
        return send(sock, piece, flags)

    method = Method(
        "send",
        make,
        shown=lambda args: shown(args[:2] if args[1] else args[:1]),
        outcome=_taken,
        cut=_offer_less,
        via="sendall",
    )

    def sendall(self: Any, *args: Any) -> None:
        me = gate.own.me
        if me.inside or not gate.active or not 1 <= len(args) <= 2 or not _is_octets(args[0]):
            return original(self, *args)
        rest, flags = args[0], args[1] if len(args) == 2 else 0
        timeout, used = socket.socket.gettimeout(self), 0.0
        while True:
            left = None if not timeout else timeout - used
            started = time.monotonic()
            sent = take(gate, me, method, self, (rest, flags, left))
            used += time.monotonic() - started
            rest = _octets(rest)[sent:]
            if not rest:
                return None

    put_in_place("sendall", original, sendall)


def _wait_for_room(sock: Any, seconds: float) -> None:
    """Wait until a send would take something; sendall's timeout is for all of its sends."""
    poll = select.poll()
    poll.register(socket.socket.fileno(sock), select.POLLOUT)
    if not kernel_poll(poll, max(0.0, seconds) * 1000):
        raise socket.timeout("timed out")


def _wrap_sendfile(gate: Gate) -> None:
    original = socket.socket._sendfile_use_sendfile  # type: ignore[attr-defined]

    def shown(args: Any) -> tuple[Any, ...]:
        file, offset, count = args
        size = count or max(0, os.fstat(file.fileno()).st_size - offset)
        return ({"bytes": size, "peek": os.pread(file.fileno(), min(size, 1024), offset)},)

    def outcome(sent: Any, _sock: Any, args: Any) -> Outcome:
        return sent, os.pread(args[0].fileno(), sent, args[1])

    method = Method("sendfile", original, shown=shown, outcome=outcome)

    def use_sendfile(self: Any, file: Any, offset: int = 0, count: int | None = None) -> Any:
        me = gate.own.me
        is_unseen = me.inside or not gate.active
        if is_unseen or type(offset) is not int or not _is_regular(file):
            return original(self, file, offset, count)
        self._check_sendfile_params(file, offset, count)
        return take(gate, me, method, self, (file, offset, count))

    socket.socket._sendfile_use_sendfile = use_sendfile  # type: ignore[attr-defined]


def _is_regular(file: Any) -> bool:
    try:
        return os.path.isfile(file.fileno()) and os.fstat(file.fileno()).st_size > 0
    except (AttributeError, OSError, ValueError):
        return False
