"""Cuts the streams of this very process, for a test whose sockets are its own.

The methods of ``socket.socket`` are wrapped as in a tracee (``tracee.transfers``), but
nobody is told of the calls.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from ..tracee import transfers
from ..tracee.cuts import RECEIVES, Cuts
from ..tracee.gate import FREE, Gate
from ..tracee.records import Record, Reports
from .plans import DIES, WHOLE, Plan, Streams, plans

ME: Final = "test"
"""What plans call the one program that there is."""

SMALLER: Final = 40
"""Plans of few cuts that are tried once one of many has failed."""


class _Nobody:
    """Stands where a tracee has its channel."""

    def send(self, _message: dict[str, Any]) -> bool:
        return True


class _Gate(Gate):
    """Lets every call through, cut as planned, and keeps what was received."""

    def __init__(self, plan: Plan) -> None:
        cuts = Cuts(plan.setup(ME))
        super().__init__(Reports(_Nobody()), FREE, 1, cuts)  # type: ignore[arg-type]
        self.received: dict[int, bytearray] = {}

    def returned(self, record: Record) -> None:
        super().returned(record)
        if record.data and record.name in RECEIVES:
            self.received.setdefault(record.fd, bytearray()).extend(record.data)


@contextmanager
def cut(plan: Plan) -> Iterator[_Gate]:
    """Cut every stream of this process as ``plan`` says, for a while."""
    before = dict(vars(socket.socket))
    gate = _Gate(plan)
    transfers.install(gate)
    try:
        yield gate
    finally:
        gate.active = False
        for name, method in vars(socket.socket).copy().items():
            if name not in before:
                delattr(socket.socket, name)
            elif method is not before[name]:
                setattr(socket.socket, name, before[name])


def under_all(body: Callable[[], object], budget: int, seed: int = 0) -> None:
    """Call ``body`` whole, and then under ``budget`` ways to cut what it receives.

    Raises what it raises, with a note that says by which cut, with as few as were found;
    and an AssertionError where it receives nothing that could be cut.
    """
    with cut(Plan(WHOLE)) as gate:
        body()
    assert gate.received, "its sockets receive no bytes, so there is nothing to cut"
    received: Streams = {ME: [bytes(octets) for octets in gate.received.values()]}
    tried = (plan for plan in plans(received, {}, seed) if plan.kind != DIES)
    for _, plan in zip(range(budget), tried, strict=False):
        error = _error(body, plan)
        if error is not None:
            raise _smallest(body, plan, error, received, seed)


def _error(body: Callable[[], object], plan: Plan) -> Exception | None:
    try:
        with cut(plan):
            body()
    except Exception as error:
        return error
    return None


def _smallest(
    body: Callable[[], object], plan: Plan, error: Exception, received: Streams, seed: int
) -> Exception:
    """The error of the first plan of one cut that fails too, or else the one there is."""
    single = (other for other in plans(received, {}, seed) if other.count == 1)
    if plan.count != 1 and not plan.sends:
        for _, other in zip(range(SMALLER), single, strict=False):
            smaller = _error(body, other)
            if smaller is not None:
                plan, error = other, smaller
                break
    error.add_note(f"sockscope: it fails when {plan}, and holds when nothing is cut")
    return error
