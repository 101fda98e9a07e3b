"""Calls, results, addresses and sizes in the words that a programmer would type.

What a trace holds may have come from anywhere, so these functions take any value:
nothing here raises, and no text that they give holds a control character.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from . import names
from .names import BLOCKED, GATE, RAISED, RETURNED, is_int

if TYPE_CHECKING:
    from .events import Address
    from .state import Call

FOLD = "…"


class Shown(Protocol):
    """As much of a call as its words need."""

    @property
    def name(self) -> str: ...
    @property
    def args(self) -> Sequence[Any]: ...
    @property
    def phase(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def data(self) -> bytes | None: ...
    @property
    def errno(self) -> str | None: ...
    @property
    def exception(self) -> str | None: ...
    @property
    def message(self) -> str: ...


MANY = 10**12
"""Numbers below it are written out as they are."""

MAX_ARGS = 8
"""Arguments and list items that are shown; a hostile trace may hold a million."""


# -- octets, sizes and times -----------------------------------------------------


def octets_text(data: bytes, limit: int) -> str:
    """``data`` as Python would write it; at most ``limit`` octets of it are shown."""
    return _octets(data[: max(0, limit)], len(data) > limit)


def _octets(shown: bytes, folded: bool) -> str:
    return f'b"{_escaped(shown)}{FOLD if folded else ""}"'


def _escaped(data: bytes) -> str:
    # repr() quotes with ' where the data holds " and no ', and escapes ' where it holds both.
    text = repr(data)
    inner = text[2:-1]
    return inner.replace("\\'", "'").replace('"', '\\"') if text[1] == "'" else inner


def plain_text(text: str, limit: int = 200) -> str:
    """``text`` on one line, without anything that a terminal would obey."""
    shown = text if len(text) <= limit else text[: max(0, limit - 1)] + FOLD
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else _escape(c) for c in shown)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """``1 byte``, ``2 bytes``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def size_text(n: int) -> str:
    """A number of octets: ``10 B``, ``98.3 kB``, ``3.9 MB``."""
    if abs(n) < 1000:
        return f"{n} B"
    scale = 1000
    for unit in ("kB", "MB", "GB"):
        if abs(n) < scale * 999.95:
            return f"{n / scale:.1f} {unit}"
        scale *= 1000
    # Whole division: a hostile number may be too large for a float.
    return f"{n // scale} TB"


def duration_text(ns: int) -> str:
    """A length of time: ``12 µs``, ``1.2 ms``, ``2.0 s``, ``3 min 20 s``."""
    if abs(ns) < 1_000:
        return f"{ns} ns"
    if abs(ns) < 999_500:
        return f"{ns / 1_000:.0f} µs"
    if abs(ns) < 999_950_000:
        return f"{ns / 1_000_000:.1f} ms"
    if abs(ns) < 59_950_000_000:
        return f"{ns / 1_000_000_000:.1f} s"
    minutes, seconds = divmod(ns // 1_000_000_000, 60)
    return f"{minutes} min {seconds} s"


def seconds_text(seconds: float) -> str:
    """A timeout as a program gives it: ``2 s``, ``0.25 s``."""
    try:
        return f"{float(seconds):g} s"
    except OverflowError:
        return "too many seconds"


def address_text(address: Address | Sequence[Any] | None) -> str:
    """``127.0.0.1:1060``, ``[::1]:1060``, or a path."""
    if address is None:
        return "?"
    if isinstance(address, str):
        return plain_text(address) or "unnamed"
    if len(address) < 2:
        return plain_text(str(list(address)))
    host = plain_text(str(address[0]))
    return f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"


# -- calls -----------------------------------------------------------------------


def call_text(call: Shown, limit: int = 40) -> str:
    """The call as the program wrote it, with at most ``limit`` octets of its data."""
    style = _STYLES.get(call.name, _plain_args)
    shown = style(call.args[:MAX_ARGS], limit)
    if len(call.args) > MAX_ARGS:
        shown.append(FOLD)
    return f"{_name_text(call.name)}({', '.join(shown)})"


@lru_cache
def _name_text(name: str) -> str:
    return plain_text(name, 40)


def result_text(call: Shown, limit: int = 40) -> str:
    """How the call ended, or how far it has come."""
    if call.phase == RETURNED:
        return f"= {_RESULTS.get(call.name, _plain_result)(call, limit)}"
    if call.phase == RAISED:
        return _raised_text(call)
    return {BLOCKED: "blocked", GATE: "at the gate"}.get(call.phase, "running")


def outcome_text(call: Call) -> str:
    """What became of a call, in as few words as will do; where it will be made, if it waits."""
    text = call_text(call, 16)
    if call.phase == RAISED:
        return f"{text} raised {plain_text(call.errno or call.exception or 'an exception', 60)}"
    if call.phase != RETURNED:
        return f"before {text}"
    if call.data is None or call.asked is None:
        return f"after {text}"
    verb = "took" if call.name in names.SENDS else "gave"
    return f"{call.name} {verb} {len(call.data)} of {call.asked}"


def _raised_text(call: Shown) -> str:
    exception = plain_text(call.exception or "exception", 60)
    reason = plain_text(call.errno or call.message, 80)
    return f"{exception}: {reason}" if reason else exception


def value_text(value: Any, limit: int = 40, depth: int = 3) -> str:
    """Any value of a trace: octets, an address, a number, a text."""
    if type(value) is int and -MANY < value < MANY:
        return str(value)
    if isinstance(value, dict):
        return _data_text(value, limit)
    if isinstance(value, (list, tuple)):
        inner = [value_text(v, limit, depth - 1) for v in value[:MAX_ARGS]] if depth else [FOLD]
        return f"({', '.join(inner)}{', ' + FOLD if len(value) > MAX_ARGS else ''})"
    if isinstance(value, bytes):
        return octets_text(value, limit)
    if isinstance(value, str):
        return '"' + plain_text(value, max(limit, 60)).replace('"', '\\"') + '"'
    return plain_text(_number_text(value), 60)


def _number_text(value: Any) -> str:
    try:
        return str(value)
    except ValueError:
        # Python refuses to write out a whole number of more than 4300 digits.
        return "a number too long to show"


def _data_text(value: Mapping[str, Any], limit: int) -> str:
    size, data = value.get("bytes"), peeked(value)
    if not isinstance(size, int) or data is None:
        return "{" + FOLD + "}"
    text = _octets(data[: max(0, limit)], size > min(len(data), limit))
    return f"{text} {size_text(size)}" if size >= 1000 else text


def peeked(value: Any) -> bytes | None:
    """The first octets of a data argument, where it is one."""
    peek = value.get("peek") if isinstance(value, dict) else None
    if isinstance(peek, bytes):
        return peek
    try:
        return base64.b64decode(peek, validate=True) if isinstance(peek, str) else None
    except ValueError:
        return None


def _plain_args(args: Sequence[Any], limit: int) -> list[str]:
    return [_plain_arg(arg, limit) for arg in args]


def _plain_arg(arg: Any, limit: int) -> str:
    """An argument; an object that is no data arrived as the text that stands for it."""
    return plain_text(arg, max(limit, 60)) if isinstance(arg, str) else value_text(arg, limit)


def _address_args(args: Sequence[Any], limit: int) -> list[str]:
    return [value_text(arg, limit) for arg in args]


def _named(numbers: names.Numbers, value: Any, limit: int) -> str:
    known = numbers.get(value) if is_int(value) else None
    return known or _plain_arg(value, limit)


def _flags(value: Any, limit: int) -> str:
    """``MSG_PEEK | MSG_DONTWAIT``, or the number where a flag is not known."""
    if not is_int(value) or value <= 0 or value & ~sum(names.FLAGS):
        return _plain_arg(value, limit)
    return " | ".join(name for bit, name in names.FLAGS.items() if value & bit)


def _flagged(position: int) -> Callable[[Sequence[Any], int], list[str]]:
    def style(args: Sequence[Any], limit: int) -> list[str]:
        return [
            _flags(arg, limit) if i == position else _plain_arg(arg, limit)
            for i, arg in enumerate(args)
        ]

    return style


def _sendto_args(args: Sequence[Any], limit: int) -> list[str]:
    position = 1 if len(args) > 2 else -1
    return [
        _flags(arg, limit) if i == position else value_text(arg, limit)
        for i, arg in enumerate(args)
    ]


def _option_args(args: Sequence[Any], limit: int) -> list[str]:
    shown = _plain_args(args, limit)
    if args:
        shown[0] = _named(names.LEVELS, args[0], limit)
    if len(args) > 1 and is_int(args[0]):
        shown[1] = _named(names.OPTIONS.get(args[0], {}), args[1], limit)
    return shown


def _birth_args(args: Sequence[Any], limit: int) -> list[str]:
    tables = (names.FAMILIES, names.TYPES)
    named = [_named(table, arg, limit) for table, arg in zip(tables, args, strict=False)]
    return named + _plain_args(args[2:], limit)


def _shutdown_args(args: Sequence[Any], limit: int) -> list[str]:
    return [_named(names.HOWS, arg, limit) for arg in args]


_STYLES: Mapping[str, Callable[[Sequence[Any], int], list[str]]] = {
    **{name: _flagged(position) for name, position in names.FLAGS_AT.items()},
    "bind": _address_args,
    "connect": _address_args,
    "connect_ex": _address_args,
    "getsockopt": _option_args,
    "sendto": _sendto_args,
    "setsockopt": _option_args,
    "shutdown": _shutdown_args,
    "socket": _birth_args,
    "socketpair": _birth_args,
}


def _plain_result(call: Shown, limit: int) -> str:
    return value_text(call.value, limit)


def _octets_result(call: Shown, limit: int) -> str:
    return _plain_result(call, limit) if call.data is None else octets_text(call.data, limit)


def _octets_from_result(call: Shown, limit: int) -> str:
    source = call.value[-1] if isinstance(call.value, (list, tuple)) and call.value else None
    octets = _octets_result(call, limit)
    return octets if source is None else f"{octets}, {value_text(source, limit)}"


def _accept_result(call: Shown, limit: int) -> str:
    if isinstance(call.value, (list, tuple)) and len(call.value) == 2:
        return f"fd {value_text(call.value[0], limit)}, {value_text(call.value[1], limit)}"
    return _plain_result(call, limit)


def _fd_result(call: Shown, limit: int) -> str:
    fds = call.value if isinstance(call.value, (list, tuple)) else [call.value]
    return ", ".join(f"fd {value_text(fd, limit)}" for fd in fds[:2])


def _errno_result(call: Shown, limit: int) -> str:
    name = names.ERRNOS.get(call.value) if is_int(call.value) else None
    return f"{call.value} {name}" if name else _plain_result(call, limit)


_RESULTS: Mapping[str, Callable[[Shown, int], str]] = {
    "accept": _accept_result,
    "connect_ex": _errno_result,
    "detach": _fd_result,
    "dup": _fd_result,
    "recv": _octets_result,
    "recvfrom": _octets_from_result,
    "recvmsg": _octets_from_result,
    "socket": _fd_result,
    "socketpair": _fd_result,
}


def short_name(name: str, width: int) -> str:
    """A name cut to ``width`` columns before its end, where those of children differ."""
    if len(name) <= width:
        return name
    tail = min(3, width // 2)
    return f"{name[: width - tail - 1]}…{name[len(name) - tail :]}"
