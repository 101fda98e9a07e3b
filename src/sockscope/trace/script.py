"""The orders of a session as plain Python: one program for each console.

A line stands for its call from the moment it was ordered, so the source only ever grows.
How the call went matters when the program is written out: one that raised stands in a
``try``, and one that never ended by itself is left out, with a comment that says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from . import events as e
from .fields import Linger, Named, OrderError, Repeat, Value
from .orders import CALLS, Order, arguments, order

DIGITS: Final = b"0123456789"

OS_ERRORS: Final = ("gaierror", "herror", "timeout")
"""Exceptions that are OSErrors under another name, besides those that have an errno."""


@dataclass(slots=True)
class Line:
    """One ordered call: its source, where it stands in the trace, and how it ended.

    ``made`` holds the ids of the calls that it led to: ``sendall`` may make several.
    """

    n: int
    text: str
    name: str
    variable: str = ""
    made: list[int] = field(default_factory=list)
    exception: str | None = None
    left_out: str = ""
    has_ended: bool = False


class Program:
    """The growing source of one console."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[Line] = []
        self._variables: dict[int, str] = {}
        self._counts: dict[str, int] = {}

    def ordered(self, n: int, made: Order) -> None:
        """One more call was ordered, at position ``n`` of the trace."""
        line = Line(n, "", made.name)
        shown = ", ".join(source(value) for value in arguments(made))
        if made.name == "socket":
            line.variable = self._new_variable("sock")
            line.text = f"{line.variable} = socket.socket({shown})"
        elif made.name == "accept":
            line.variable = self._new_variable("conn")
            line.text = f"{line.variable}, address = {self._variable(made.fd)}.accept()"
        else:
            line.text = f"{self._variable(made.fd)}.{made.name}({shown})"
        self.lines.append(line)

    def _new_variable(self, stem: str) -> str:
        number = self._counts[stem] = self._counts.get(stem, 0) + 1
        return stem if number == 1 else f"{stem}{number}"

    def _variable(self, fd: int | None) -> str:
        return self._variables.get(-1 if fd is None else fd, "sock")

    def _entered(self, event: e.CallEntered) -> None:
        """The last order led to this call, unless Python closes what was forgotten."""
        if self.lines and event.via != "gc":
            self.lines[-1].made.append(event.call)
            self.lines[-1].has_ended = False

    def happened(self, event: e.Event) -> None:
        """A call began or ended."""
        if isinstance(event, e.CallEntered):
            self._entered(event)
        elif isinstance(event, e.CallReturned):
            self._returned(event)
        elif isinstance(event, e.CallRaised):
            self._raised(event)

    def _returned(self, event: e.CallReturned) -> None:
        """A new socket's fd belongs to its variable from now on."""
        line = self._line_of(event.call)
        if line is None:
            return
        line.has_ended = True
        value = event.value[0] if isinstance(event.value, (list, tuple)) else event.value
        if line.variable and isinstance(value, int):
            self._variables[value] = line.variable

    def _raised(self, event: e.CallRaised) -> None:
        line = self._line_of(event.call)
        if line is None:
            return
        line.has_ended = True
        is_os_error = event.errno is not None or event.exception in OS_ERRORS
        line.exception = "OSError" if is_os_error else event.exception
        if event.exception == "KeyboardInterrupt":
            line.left_out = "interrupted"

    def _line_of(self, call: int) -> Line | None:
        line = self.lines[-1] if self.lines else None
        return line if line is not None and call in line.made else None

    def shown(self, n: int) -> list[str]:
        """The source as it stood at position ``n`` of the trace."""
        return [line.text for line in self.lines[: self.length(n)]]

    def length(self, n: int) -> int:
        """The number of lines at position ``n`` of the trace."""
        return bisect_right(self.lines, n, key=lambda line: line.n)

    def written(self, others: Iterable[str]) -> str:
        """The whole program, to be run by plain Python beside ``others``."""
        body = "".join(f"{text}\n" for line in self.lines for text in _written(line))
        imports = "import socket\n"
        if any("struct." in line.text for line in self.lines):
            imports += "import struct\n"
        also = ", ".join(f"{other}.py" for other in others)
        beside = f"  Its partners: {also}." if also else ""
        intro = f'"""The calls of {self.name}, as sockscope made them.{beside}"""'
        return f"{intro}\n\n{imports}\n{body}"


class Scripts:
    """The programs of all consoles of a trace.  Takes the events in order, each once."""

    def __init__(self, events: Iterable[e.Event] = ()) -> None:
        self.programs: dict[str, Program] = {}
        for event in events:
            self.take(event)

    def take(self, event: e.Event) -> None:
        """Take one more event in."""
        made = order_of(event)
        if made is not None:
            program = self.programs.setdefault(made.proc, Program(made.proc))
            if made.name in CALLS:
                program.ordered(event.n, made)
        elif (known := self.programs.get(event.proc or "")) is not None:
            known.happened(event)

    def files(self) -> dict[str, str]:
        """File names and their Python source: ``server.py`` and so on."""
        names = list(self.programs)
        return {
            f"{name}.py": program.written(other for other in names if other != name)
            for name, program in self.programs.items()
        }


def order_of(event: e.Event) -> Order | None:
    """The order that an event tells of, where it tells of one that makes sense."""
    if not isinstance(event, e.Ordered):
        return None
    with suppress(OrderError):
        return order(event.proc or "", event.fd, event.name, event.typed)
    return None


def _written(line: Line) -> Iterator[str]:
    if line.left_out or not line.has_ended:
        yield f"# {line.text}  ({line.left_out or 'it never ended'})"
    elif line.exception is None:
        yield line.text
    else:
        yield "try:"
        yield f"    {line.text}"
        yield f"except {line.exception} as error:"
        yield f'    print("{line.name}:", error)'


def source(value: Value) -> str:
    """An argument as Python source."""
    if isinstance(value, Named):
        return " | ".join(f"socket.{name}" for name in value.names)
    if isinstance(value, Repeat):
        tens, rest = divmod(value.size, len(DIGITS))
        return f"{DIGITS!r} * {tens}" + (f" + {DIGITS[:rest]!r}" if rest else "")
    if isinstance(value, Linger):
        return f'struct.pack("ii", {int(value.seconds is not None)}, {value.seconds or 0})'
    return _literal(value)


def _literal(value: Any) -> str:
    text = repr(value)
    return text.replace("'", '"') if isinstance(value, tuple) and '"' not in text else text
