"""Reads the rows in which a tracee reports calls of a free run: two events in one.

See ``Record.row`` in the tracee.  A row is taken apart only here, and only once it is
known which position its two events have.  What it has in common with others, its site,
came before it, once.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..trace import events as e
from ..trace.ladder import Brief
from ..trace.names import RAISED

PEEK_BOUND = 1 << 10
"""Octets of a send that stand in its arguments, too."""


@dataclass(frozen=True, slots=True)
class Site:
    """A line of a program that makes calls."""

    name: str
    file: str | None
    line: int | None
    thread: str
    via: str | None


class Row(NamedTuple):
    """One call from its beginning to its end.  Times are of the machine's clock, in ns."""

    site: Site
    entered: int
    ended: int
    call: int
    fd: int
    timeout: float | None
    args: list[Any]
    value: Any
    octets: str | None
    error: list[Any] | None

    @property
    def data(self) -> bytes | None:
        """The octets that it moved."""
        return None if self.octets is None else self.octets.encode("latin-1")


def read(sites: Sequence[Site], fields: list[Any]) -> Row:
    """A row as it came; its first field is the number of its site."""
    fields[0] = sites[fields[0]]
    return Row._make(fields)


Make = Callable[[int, int, str, Any], e.Event]
"""Makes an event of its position, its time, its process, and what was reported."""

Timed = tuple[int, Make, str, Any]
"""A report on its way: its time on the machine's clock, and what makes an event of it."""


def entered(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call came to its gate, where nothing stopped it."""
    site = row.site
    return e.CallEntered(
        n=n,
        t=t,
        proc=proc,
        call=row.call,
        fd=row.fd,
        name=site.name,
        args=tuple(_in_base64(arg) for arg in _args(row, row.data)),
        file=site.file,
        line=site.line,
        thread=site.thread,
        via=site.via,
        timeout=row.timeout,
    )


def ended(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call returned or raised."""
    elapsed = row.ended - row.entered
    if row.error is not None:
        errno, exception, message = row.error
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
        n=n, t=t, proc=proc, call=row.call, value=row.value, data=row.data, elapsed_ns=elapsed
    )


def brief(row: Row) -> Brief:
    """The whole call, as a line of the ladder needs it."""
    data = row.data
    args = _args(row, data)
    if row.error is None:
        return Brief(row.site.name, args, value=row.value, data=data)
    errno, exception, message = row.error
    return Brief(
        row.site.name, args, phase=RAISED, errno=errno, exception=exception, message=message
    )


def _in_base64(arg: Any) -> Any:
    if type(arg) is dict and type(arg["peek"]) is bytes:
        return {**arg, "peek": base64.b64encode(arg["peek"]).decode()}
    return arg


def _args(row: Row, data: bytes | None) -> list[Any]:
    """The arguments; octets that were all taken are those that the row has as its data."""
    return [
        {"bytes": arg["bytes"], "peek": (data or b"")[:PEEK_BOUND]}
        if type(arg) is dict and "peek" not in arg
        else arg
        for arg in row.args
    ]
