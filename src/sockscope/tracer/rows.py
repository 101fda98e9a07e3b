"""Reads the rows in which a tracee reports calls of a free run: two events in one.

See ``Record.row`` in the tracee.  A row is taken apart only here, and only once it is
known which position its two events have.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import Any

from ..trace import events as e
from ..trace.ladder import Brief
from ..trace.names import RAISED

Row = list[Any]
Make = Callable[[int, int, str, Any], e.Event]
"""Makes an event of its position, its time, its process, and what was reported."""

Timed = tuple[int, Make, str, Any]
"""A report on its way: its time on the machine's clock, and what makes an event of it."""


def timed(row: Row, proc: str) -> tuple[Timed, Timed]:
    """The two halves of a row."""
    return (row[0], entered, proc, row), (row[1], ended, proc, row)


def entered(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call came to its gate, where nothing stopped it."""
    return e.CallEntered(
        n=n,
        t=t,
        proc=proc,
        call=row[2],
        fd=row[3],
        name=row[4],
        args=tuple(row[5]),
        file=row[6],
        line=row[7],
        thread=row[8],
        via=row[9],
        timeout=row[10],
    )


def ended(n: int, t: int, proc: str, row: Row) -> e.Event:
    """The call returned or raised."""
    if row[14] is not None:
        errno, exception, message = row[14]
        return e.CallRaised(
            n=n,
            t=t,
            proc=proc,
            call=row[2],
            errno=errno,
            exception=exception,
            message=message,
            elapsed_ns=row[11],
        )
    return e.CallReturned(
        n=n,
        t=t,
        proc=proc,
        call=row[2],
        value=row[12],
        data=None if row[13] is None else binascii.a2b_base64(row[13]),
        elapsed_ns=row[11],
    )


def brief(row: Row) -> Brief:
    """The whole call, as a line of the ladder needs it."""
    if row[14] is not None:
        errno, exception, message = row[14]
        return Brief(
            name=row[4],
            args=row[5],
            phase=RAISED,
            errno=errno,
            exception=exception,
            message=message,
        )
    data = None if row[13] is None else binascii.a2b_base64(row[13])
    return Brief(name=row[4], args=row[5], value=row[12], data=data)
