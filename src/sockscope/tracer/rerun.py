"""Runs an earlier explorer's session again: the same orders, on fresh sockets.

Addresses cannot all be the same.  A port that was bound may be taken now, by the TIME_WAIT
of the very session that is run again; one that the kernel chose will be another.  Each
such address gets one new one, everywhere.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..trace import events as e
from ..trace.events import Address
from ..trace.fields import ADDRESS, address_field
from ..trace.orders import Order
from ..trace.script import order_of

Views = Iterable[e.SocketView]
Where = int | str
"""A port, or the path of a Unix socket."""


@dataclass(slots=True)
class Step:
    """One order of the earlier session, and where its sockets were after it, by fd."""

    order: Order
    local: dict[int, Where] = field(default_factory=dict)


class Rerun:
    """What is to be ordered again, up to position ``upto`` of the earlier trace."""

    def __init__(self, events: Iterable[e.Event], upto: int | None = None) -> None:
        self.steps: list[Step] = []
        for event in events:
            if upto is not None and event.n > upto:
                break
            self._take(event)
        taken = self._bound() & {where for step in self.steps for where in step.local.values()}
        self._anew: dict[Where, Where] = {
            where: _fresh(where) for where in sorted(taken, key=str) if not _is_free(where)
        }

    def _take(self, event: e.Event) -> None:
        order = order_of(event)
        if order is not None:
            self.steps.append(Step(order))
        elif isinstance(event, e.SocketsObserved) and self.steps:
            step = self.steps[-1]
            if step.order.proc == event.proc:
                step.local.update(_places(event.sockets))

    def _bound(self) -> set[Where]:
        """Where sockets were bound by order."""
        bound = (step.order for step in self.steps if step.order.name == "bind")
        return {where for order in bound if (where := _where(_address(order)))}

    def anew(self, order: Order) -> Order:
        """The order with addresses that are right now."""
        address = _address(order)
        where = self._anew.get(_where(address)) if address is not None else None
        if address is None or where is None:
            return order
        moved = (address[0], where) if isinstance(address, tuple) else where
        return replace(order, typed={**order.typed, "address": address_field(moved)})  # type: ignore[arg-type]

    def done(self, step: Step, views: Views) -> None:
        """The step was done again: note which addresses the kernel chose otherwise."""
        for fd, now in _places(views).items():
            before = step.local.get(fd)
            if before is not None and type(before) is type(now) and before != now:
                self._anew.setdefault(before, now)


def _address(order: Order) -> Address | None:
    text = order.typed.get("address")
    value = ADDRESS.parse(text) if text is not None else None
    return value if isinstance(value, (str, tuple)) else None


def _where(address: Address | None) -> Where:
    """The part of an address that only one can have; 0 or empty where there is none."""
    return address[1] if isinstance(address, tuple) else address or 0


def _places(views: Views) -> Mapping[int, Where]:
    return {
        view.fd: where for view in views if view.fd is not None and (where := _where(view.local))
    }


def _is_free(where: Where) -> bool:
    """Whether a socket could be bound there, also without SO_REUSEADDR."""
    family = socket.AF_INET if isinstance(where, int) else socket.AF_UNIX
    if isinstance(where, str) and not where.startswith("\0"):
        return not os.path.lexists(where)
    with socket.socket(family) as probe:
        try:
            probe.bind(("", where) if isinstance(where, int) else where)
        except OSError as error:
            # Ports that only root may have are no matter of being taken.
            return error.errno == errno.EACCES
    return True


def _fresh(where: Where) -> Where:
    if isinstance(where, str):
        return next(name for n in range(2, 10_000) if _is_free(name := f"{where}-{n}"))
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
