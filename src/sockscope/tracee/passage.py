"""How one wrapped method takes its call through the gate."""

from __future__ import annotations

import functools
import socket

from . import probe
from .gate import Gate, plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Tuple

    Make = Callable[[Optional[int]], Any]
    Outcome = Tuple[Any, Optional[bytes]]  # its value, and the octets that it moved


def take(
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


def is_unseen(gate: Gate) -> bool:
    """Whether a call should pass unseen: in a forked child, or as part of another call."""
    return not gate.active or gate.own.inside


def put_in_place(name: str, original: Any, method: Any) -> None:
    functools.update_wrapper(method, original, updated=())
    del method.__wrapped__
    setattr(socket.socket, name, method)


def plain_args(args: tuple[Any, ...], kwargs: Any) -> list[Any]:
    return [
        probe.plain_address(arg) if isinstance(arg, tuple) else plain_value(arg)
        for arg in (*args, *kwargs.values())
    ]
