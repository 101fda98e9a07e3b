"""How one wrapped method takes its call through the gate."""

from __future__ import annotations

import functools
import socket

from . import awaiting, probe
from .blocked import EVENTS_TEXT, RECEIVES
from .gate import Gate, Me, plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Mapping, Optional, Sequence, Tuple

    from .records import Record

    Counts = Tuple[int, int]  # octets that a socket has sent, and received
    Outcome = Tuple[Any, Optional[bytes]]  # its value, and the octets that it moved

CHANGES_KIND = frozenset(("bind", "listen", "accept", "connect", "connect_ex", "dup", "socketpair"))

_NONE: Mapping[str, Any] = {}

MANY_FDS = 256
"""Fds of one wait that are told; a wait for more is told with these."""


def plain_args(args: Sequence[Any]) -> tuple[Any, ...]:
    """Arguments as the trace writes them."""
    return tuple(
        [probe.plain_address(arg) if isinstance(arg, tuple) else plain_value(arg) for arg in args]
    )


def plain_outcome(value: Any, _sock: Any, _args: Any) -> Outcome:
    """The outcome of a call that moves no octets."""
    return plain_value(value), None


class Method:
    """One method of a socket, and how its calls are told.

    ``make`` is the method as it was.  ``shown`` gives the arguments as the trace writes
    them, ``outcome`` the value likewise and the octets that moved, and ``cut`` the
    arguments of the same call for at most so many octets.  ``flags_at`` is where its
    arguments have flags.  One that only asks never ``stops`` at the gate.
    """

    def __init__(
        self,
        name: str,
        make: Callable[..., Any],
        *,
        shown: Callable[[Any], tuple[Any, ...]] = plain_args,
        outcome: Callable[[Any, Any, Any], Outcome] = plain_outcome,
        cut: Callable[[Any, int], Any] | None = None,
        flags_at: int | None = None,
        via: str | None = None,
        stops: bool = True,
    ) -> None:
        self.name = name
        self.make = make
        self.shown = shown
        self.outcome = outcome
        self.cut = cut
        self.flags_at = flags_at
        self.via = via
        self.stops = stops
        self.changes_kind = name in CHANGES_KIND
        self.receives = name in RECEIVES

    def flags(self, args: Any) -> Any:
        """The flags among the arguments of a call."""
        at = self.flags_at
        return args[at] if at is not None and len(args) > at else 0


def take(gate: Gate, me: Me, method: Method, sock: Any, args: Any) -> Any:
    """Take one call through the gate; calls that it makes inside are part of it."""
    record = gate.enter(me, method, sock, method.shown(args))
    if gate.cuts is not None and not gate.is_edge_triggered(record.fd):
        record.limit = gate.cuts.limit(method, sock)
    if record.limit is not None and method.cut is not None:
        args = method.cut(args, record.limit)
        awaiting.tell(record)
    me.inside = True
    try:
        value = method.make(sock, *args)
    except BaseException as error:
        me.inside = False
        gate.raised(record, error)
        raise
    me.inside = False
    record.value, record.data = method.outcome(value, sock, args)
    if gate.cuts is not None and record.data is not None:
        gate.cuts.passed(method, sock, len(record.data), method.flags(args))
    gate.returned(record)
    return value


def take_counted(
    gate: Gate,
    me: Me,
    method: Method,
    sock: Any,
    args: Any,
    note: Callable[[Record, Counts | None], None],
) -> Any:
    """The same for a call beneath or before which the kernel counts what a socket carried.

    ``note`` is told the counts from before the call, once it has ended.
    """
    record = gate.enter(me, method, sock, method.shown(args))
    before = probe.carried(sock)
    me.inside = True
    try:
        value = method.make(sock, *args)
    except BaseException as error:
        me.inside = False
        note(record, before)
        gate.raised(record, error)
        raise
    me.inside = False
    note(record, before)
    record.value, record.data = method.outcome(value, sock, args)
    gate.returned(record)
    return value


def take_wait(
    gate: Gate,
    me: Me,
    method: Method,
    awaited: dict[int, int],
    shown: tuple[Any, ...],
    ready: Callable[[Any], Any],
    args: tuple[Any, ...],
    named: Mapping[str, Any] = _NONE,
) -> Any:
    """Take a wait for any of several sockets through the gate.

    ``awaited`` maps fds to the events of poll(2); ``shown`` are the same as ``told``, and the
    seconds, which are None for ever.  ``ready`` tells the result.
    """
    record = gate.enter(me, method, None, shown, awaited)
    me.inside = True
    try:
        value = method.make(*args, **named)
    except BaseException as error:
        me.inside = False
        gate.raised(record, error)
        raise
    me.inside = False
    record.value, record.data = ready(value), None
    gate.returned(record)
    return value


def told(masks: Iterable[tuple[int, int]]) -> tuple[Any, ...]:
    """Fds with what each is waited for, or ready for, as the trace writes them."""
    return tuple([(fd, EVENTS_TEXT[mask]) for fd, mask in sorted(masks)[:MANY_FDS]])


def put_in_place(name: str, original: Any, method: Any) -> None:
    """Have ``socket.socket`` use ``method`` for ``original``, which it looks like."""
    look_like(original, method)
    setattr(socket.socket, name, method)


def look_like(original: Any, method: Any) -> None:
    """Give ``method`` the name and the documentation of ``original``."""
    functools.update_wrapper(method, original, updated=())
    del method.__wrapped__
