"""The same input gives the same picture: what differs between two runs, made equal.

Ports, pids, inodes, times and paths are the machine's choice.  For snapshots and demos
one ``Stable`` maps each event of a trace, in order, before anybody draws it; so no
widget ever has to.  Octets that the programs sent stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from .events import Address, Event, Reason, SocketView, SourceRead, Wait
from .names import is_int

FIRST_PID: Final = 1001
FIRST_PORT: Final = 50001
FIRST_FREE: Final = 1024
"""Ports below this one are a program's own choice and stay."""

MILLISECOND: Final = 1_000_000

_PORT = re.compile(r"\b\d{4,5}\b")
_PID = re.compile(r"(?<=\(pid )\d+(?=\))")
_MEMORY = re.compile(r"\b0x[0-9a-f]{6,}\b")


class _Numbering:
    """Numbers things in the order in which they appear."""

    def __init__(self, first: int, fixed: Mapping[int, int] | None = None) -> None:
        self._next = first
        self.known = dict(fixed or {})
        self._taken = set(self.known.values())

    def __call__(self, real: int) -> int:
        if real not in self.known:
            while self._next in self._taken:
                self._next += 1
            self.known[real] = self._next
            self._next += 1
        return self.known[real]


class Stable:
    """Maps the events of one trace, in order.  ``ports`` gives some ports their number."""

    def __init__(self, ports: Mapping[int, int] | None = None) -> None:
        self._ports = _Numbering(FIRST_PORT, ports)
        self._pids = _Numbering(FIRST_PID)
        self._inodes = _Numbering(1)
        self._files: dict[str, str] = {}
        # Addresses come first: a text is changed by the ports that are known by then.
        self._changes: dict[str, Callable[[Any], Any]] = {
            "sockets": lambda views: tuple(self._view(view) for view in views),
            "waits": lambda waits: tuple(self._wait(wait) for wait in waits),
            "args": lambda args: tuple(self._value(arg) for arg in args),
            "value": self._value,
            "pid": self._pids,
            "file": self._file,
            "argv": lambda argv: tuple(self._argument(arg) for arg in argv),
            "locals": lambda texts: {name: self._text(text) for name, text in texts.items()},
            "message": self._text,
            "text": self._text,
            "elapsed_ns": lambda elapsed: MILLISECOND if elapsed else 0,
        }

    def __call__(self, event: Event) -> Event:
        """The event as every run would have had it."""
        names = [name for name in self._changes if name in type(event).__slots__]
        if isinstance(event, SourceRead):
            names.remove("text")
        changed = {name: self._change(name, getattr(event, name)) for name in names}
        return replace(event, t=event.n * MILLISECOND, **changed)

    def _change(self, name: str, value: Any) -> Any:
        return None if value is None else self._changes[name](value)

    def _view(self, view: SocketView) -> SocketView:
        known = view.send_bytes is not None and view.unsent is not None
        return replace(
            view,
            local=self._address(view.local),
            peer=self._address(view.peer),
            inode=None if view.inode is None else self._inodes(view.inode),
            # What is sent but not yet acknowledged depends on the moment of the look.
            send_bytes=view.unsent if known else view.send_bytes,
            timer=_rounded_up(view.timer),
        )

    def _wait(self, wait: Wait) -> Wait:
        return replace(wait, reasons=tuple(self._reason(reason) for reason in wait.reasons))

    def _reason(self, reason: Reason) -> Reason:
        on = None if reason.on is None else _PID.sub(self._pid_in_text, reason.on)
        return replace(reason, why=_PID.sub(self._pid_in_text, reason.why), on=on)

    def _pid_in_text(self, match: re.Match[str]) -> str:
        return str(self._pids(int(match[0])))

    def _address(self, address: Address | None) -> Address | None:
        if isinstance(address, tuple):
            return (address[0], self._port(address[1]))
        return address

    def _port(self, port: int) -> int:
        return (
            self._ports(port) if FIRST_FREE <= port <= 65535 else self._ports.known.get(port, port)
        )

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if not isinstance(value, (list, tuple)):
            return value
        if len(value) >= 2 and isinstance(value[0], str) and is_int(value[1]):
            return [value[0], self._port(value[1]), *value[2:]]
        return [self._value(item) for item in value]

    def _file(self, file: str) -> str:
        """The file's name; with its folder's where another file has the same name."""
        if file not in self._files:
            path = PurePath(file)
            short = path.name or file
            if short in self._files.values():
                short = str(PurePath(*path.parts[-2:]))
            self._files[file] = short
        return self._files[file]

    def _argument(self, argument: str) -> str:
        if PurePath(argument).is_absolute():
            return self._file(argument)
        return self._text(argument)

    def _text(self, text: str) -> str:
        for file, short in self._files.items():
            if file != short:
                text = text.replace(file, short)
        return _MEMORY.sub("0x…", _PORT.sub(self._in_text, text))

    def _in_text(self, match: re.Match[str]) -> str:
        port = self._ports.known.get(int(match[0]))
        return match[0] if port is None else str(port)


def _rounded_up(seconds: float | None) -> float | None:
    """A timer runs down while we look: to whole seconds, or where it is long to tens of them."""
    if seconds is None or not math.isfinite(seconds):
        return seconds
    unit = 10 if seconds > 10 else 1
    return float(math.ceil(seconds / unit) * unit)
