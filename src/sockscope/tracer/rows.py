"""Reads the rows in which a tracee reports calls of a free run: two events in one.

See ``Record.shape`` in the tracee: what calls have in common but for their times and their
octets came once, before them.  A row is taken apart only here, and only once it is known
which position its two events have.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..trace import events as e
from ..trace.codec import base64_text, item_pattern, pattern
from ..trace.ladder import Brief
from ..trace.names import RAISED

PEEK_BOUND = 1 << 10
"""Octets of a send that stand in its arguments, too."""

WORDS = 64
"""Octets of a shape whose words are remembered at most."""

_ROW = struct.Struct("<5q")


class Shape:
    """What calls of one process have in common but for their times and their octets.

    A call of octets has these in the place of its argument that is an empty object, and
    their number in the place of its ``value``, or of the first item of that.
    """

    def __init__(self, proc: str, fields: Sequence[Any]) -> None:
        self.proc = proc
        self.name: str
        (
            self.name,
            self.fd,
            self.file,
            self.line,
            self.thread,
            self.via,
            self.timeout,
            self._args,
            self._value,
            self.error,
        ) = fields
        self._octets_at = [at for at, arg in enumerate(self._args) if arg == {}]
        self._words: dict[bytes | None, str] = {}

    def args(self, data: bytes | None) -> tuple[Any, ...]:
        """The arguments of a call of these octets."""
        return self._args_with(data or b"", base64_text)

    def _args_with(self, octets: bytes, told: Callable[[bytes], Any]) -> tuple[Any, ...]:
        args = list(self._args)
        for at in self._octets_at:
            args[at] = {"bytes": len(octets), "peek": told(octets[:PEEK_BOUND])}
        return tuple(args)

    def value(self, data: bytes | None) -> Any:
        """The value of a call of these octets."""
        if data is None:
            return self._value
        return [len(data), *self._value[1:]] if isinstance(self._value, list) else len(data)

    def words(self, data: bytes | None) -> str:
        """The whole call, as a line of the ladder has it."""
        words = self._words.get(data)
        if words is None:
            if len(self._words) == WORDS:
                self._words.clear()
            words = self._words[data] = self._brief(data).words
        return words

    def _brief(self, data: bytes | None) -> Brief:
        args = self._args_with(data or b"", bytes)
        if self.error is None:
            return Brief(self.name, args, value=self.value(data), data=data)
        errno, exception, message = self.error
        return Brief(
            self.name, args, phase=RAISED, errno=errno, exception=exception, message=message
        )

    @property
    def sends(self) -> bool:
        """Whether the octets stand among the arguments."""
        return bool(self._octets_at)

    @cached_property
    def entering(self) -> str:
        """The line of a trace that the call begins: n, t, call; where it sends size, peek."""
        octets = dict.fromkeys(self._octets_at, '{"bytes":%d,"peek":"%s"}')
        return pattern(_entered(self, None), **_PLACES, args=item_pattern(self._args, octets))

    @cached_property
    def ending(self) -> str:
        """The line that it ends: n, t, call, nanoseconds."""
        return pattern(_ended(self, None), **_PLACES, elapsed_ns="%d")

    @cached_property
    def ending_with_octets(self) -> str:
        """The same of a call of octets: n, t, call, size, octets, nanoseconds."""
        count = "%d" if type(self._value) is not list else item_pattern(self._value, {0: "%d"})
        return pattern(_ended(self, b""), **_PLACES, value=count, data='"%s"', elapsed_ns="%d")


_PLACES: Mapping[str, str] = {"n": "%d", "t": "%d", "call": "%d"}

Row = tuple[Shape, int, int, int, bytes | None]
"""One call from its beginning to its end: its shape, its id, when it was entered and when it
ended (on the machine's clock, in ns), and its octets."""

Make = Callable[[int, int, str, Any], e.Event]
"""Makes an event of its position, its time, its process, and what was reported."""

Timed = tuple[int, Make, str, Any]
"""A report on its way: its time on the machine's clock, and what makes an event of it."""

Placed = tuple[int, int, Make, Row]
"""One end of a row in the trace: its position, its time there, and which end it is."""


def read(shapes: Sequence[Shape], count: int, tail: bytes, ahead: int = 0) -> list[Row]:
    """``count`` rows as they came: five numbers each, and then the octets of all.

    ``ahead`` are the nanoseconds by which the clock of their times is ahead of ours.
    """
    at = count * _ROW.size
    whole: list[Row] = []
    for shape, call, entered, ended, size in _ROW.iter_unpack(tail[:at]):
        data = None
        if size >= 0:
            data = tail[at : at + size]
            at += size
        whole.append((shapes[shape], call, entered - ahead, ended - ahead, data))
    return whole


def entered(n: int, t: int, _proc: str, row: Row) -> e.Event:
    """The call came to its gate, where nothing stopped it."""
    return _entered(row[0], row[4], n, t, row[1])


def ended(n: int, t: int, _proc: str, row: Row) -> e.Event:
    """The call returned or raised."""
    shape, call, began, end, data = row
    return _ended(shape, data, n, t, call, end - began)


ENDS: Sequence[Make] = (entered, ended)
"""The two ends of a row."""


def _entered(
    shape: Shape, data: bytes | None, n: int = 0, t: int = 0, call: int = 0
) -> e.CallEntered:
    return e.CallEntered(
        n=n,
        t=t,
        proc=shape.proc,
        call=call,
        fd=shape.fd,
        name=shape.name,
        args=shape.args(data),
        file=shape.file,
        line=shape.line,
        thread=shape.thread,
        via=shape.via,
        timeout=shape.timeout,
    )


def _ended(
    shape: Shape, data: bytes | None, n: int = 0, t: int = 0, call: int = 0, elapsed: int = 0
) -> e.CallReturned | e.CallRaised:
    if shape.error is not None:
        errno, exception, message = shape.error
        return e.CallRaised(
            n=n,
            t=t,
            proc=shape.proc,
            call=call,
            errno=errno,
            exception=exception,
            message=message,
            elapsed_ns=elapsed,
        )
    return e.CallReturned(
        n=n,
        t=t,
        proc=shape.proc,
        call=call,
        value=shape.value(data),
        data=data,
        elapsed_ns=elapsed,
    )


def lines(placed: Iterable[Placed]) -> str:
    """The lines of a trace file, as ``codec.encode`` would write those of the events."""
    written = []
    for n, t, make, (shape, call, began, end, data) in placed:
        if make is entered:
            if shape.sends:
                octets = data or b""
                peek = base64_text(octets[:PEEK_BOUND])
                written.append(shape.entering % (n, t, call, len(octets), peek))
            else:
                written.append(shape.entering % (n, t, call))
        elif data is None:
            written.append(shape.ending % (n, t, call, end - began))
        else:
            text = base64_text(data)
            written.append(shape.ending_with_octets % (n, t, call, len(data), text, end - began))
    return "".join(written)
