"""Reads the rows in which a tracee reports calls of a free run: two events in one.

See ``Record.shape`` in the tracee: what calls have in common but for their times came
once, before them.  A row is taken apart only here, and only once it is known which
position its two events have.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..trace import events as e
from ..trace.ladder import Brief
from ..trace.names import RAISED

PEEK_BOUND = 1 << 10
"""Octets of a send that stand in its arguments, too."""


class Shape:
    """What calls have in common but for their times."""

    def __init__(self, fields: Sequence[Any]) -> None:
        self.name: str
        (
            self.name,
            self.fd,
            self.file,
            self.line,
            self.thread,
            self.via,
            self.timeout,
            args,
            self.value,
            octets,
            self.error,
        ) = fields
        self.data = None if octets is None else octets.encode("latin-1")
        self.args = tuple(self._whole(arg) for arg in args)

    def _whole(self, arg: Any) -> Any:
        """An argument; octets that were all taken are those of ``data``."""
        if type(arg) is not dict or "peek" in arg:
            return arg
        peek = base64.b64encode((self.data or b"")[:PEEK_BOUND]).decode()
        return {**arg, "peek": peek}

    @cached_property
    def brief(self) -> Brief:
        """The whole call, as a line of the ladder needs it."""
        if self.error is None:
            return Brief(self.name, self.args, value=self.value, data=self.data)
        errno, exception, message = self.error
        return Brief(
            self.name, self.args, phase=RAISED, errno=errno, exception=exception, message=message
        )


class Row(NamedTuple):
    """One call from its beginning to its end.  Times are of the machine's clock, in ns."""

    shape: Shape
    call: int
    entered: int
    ended: int


def read(shapes: Sequence[Shape], fields: list[Any]) -> Row:
    """A row as it came; it begins with the number of its shape, or with the shape itself."""
    shape = fields[0]
    fields[0] = shapes[shape] if type(shape) is int else Shape(shape)
    return Row._make(fields)


Make = Callable[[int, int, str, Any], e.Event]
"""Makes an event of its position, its time, its process, and what was reported."""

Timed = tuple[int, Make, str, Any]
"""A report on its way: its time on the machine's clock, and what makes an event of it."""


def entered(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call came to its gate, where nothing stopped it."""
    shape = row.shape
    return e.CallEntered(
        n=n,
        t=t,
        proc=proc,
        call=row.call,
        fd=shape.fd,
        name=shape.name,
        args=shape.args,
        file=shape.file,
        line=shape.line,
        thread=shape.thread,
        via=shape.via,
        timeout=shape.timeout,
    )


def ended(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call returned or raised."""
    shape, elapsed = row.shape, row.ended - row.entered
    if shape.error is not None:
        errno, exception, message = shape.error
        return e.CallRaised(
            n=n,
            t=t,
            proc=proc,
            call=row.call,
            errno=errno,
            exception=exception,
            message=message,
            elapsed_ns=elapsed,
        )
    return e.CallReturned(
        n=n,
        t=t,
        proc=proc,
        call=row.call,
        value=shape.value,
        data=shape.data,
        elapsed_ns=elapsed,
    )
