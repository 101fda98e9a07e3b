"""The trace file: JSON Lines in UTF-8, a header and then one event a line.

Reading is tolerant where the future may differ (unknown events and fields are kept)
and strict where a mistake would mislead (a wrong type, a position out of order).
A last line without its end of line was cut off by a crash, and is left out.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from .events import KINDS, NOTHING, Address, Event, Reason, SocketView, Unknown, Wait
from .json_text import TraceError, json_line, json_text

VERSION: Final = 1

MAX_INTEGER: Final = 2**64
"""The kernel's counters have 64 bits."""


Json = dict[str, Any]
Reader = Callable[[Any], Any]


def _reader(*types: type, of: str) -> Reader:
    def read(value: Any) -> Any:
        # Exact types, as JSON has them: its true and false are no numbers.
        if type(value) not in types:
            raise TraceError(f"should be {of}, is {type(value).__name__}")
        return value

    return read


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TraceError(f"should be an integer, is {type(value).__name__}")
    if not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise TraceError("is too large")
    return value


def _octets(value: Any) -> bytes:
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except (TypeError, ValueError, binascii.Error):
        raise TraceError("should be base64") from None


def _address(value: Any) -> Address:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and [type(part) for part in value] == [str, int]:
        return (value[0], value[1])
    raise TraceError("should be [host, port]")


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TraceError("should be a list of strings")
    return tuple(value)


def _string_map(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise TraceError("should be an object of strings")
    return value


_number = _reader(int, float, of="a number")
_text = _reader(str, of="a string")
_truth = _reader(bool, of="true or false")
_list = _reader(list, of="a list")
_object = _reader(dict, of="an object")


def _integers(value: Any) -> tuple[int, ...]:
    return tuple(_integer(item) for item in _list(value))


def _sockets(value: Any) -> tuple[SocketView, ...]:
    return tuple(_socket(item) for item in _list(value))


def _waits(value: Any) -> tuple[Wait, ...]:
    return tuple(Wait(**_read_fields(Wait, _object(item))) for item in _list(value))


def _reasons(value: Any) -> tuple[Reason, ...]:
    return tuple(Reason(**_read_fields(Reason, _object(item))) for item in _list(value))


READERS: Mapping[str, Reader] = {
    "n": _integer,
    "t": _integer,
    "proc": _text,
    "pid": _integer,
    "argv": _strings,
    "watched": _truth,
    "parent": _text,
    "file": _text,
    "text": _text,
    "call": _integer,
    "fd": _integer,
    "name": _text,
    "args": lambda value: tuple(_list(value)),
    "typed": _string_map,
    "line": _integer,
    "thread": _text,
    "locals": _string_map,
    "gated": _truth,
    "would_block": _truth,
    "via": _text,
    "within": _text,
    "timeout": _number,
    "limit": _integer,
    "where": _text,
    "condition": _text,
    "value": lambda value: value,
    "data": _octets,
    "elapsed_ns": _integer,
    "cipher_sent": _integer,
    "cipher_received": _integer,
    "errno": _text,
    "exception": _text,
    "message": _text,
    "sockets": _sockets,
    "partial": _truth,
    "gone": _integers,
    "waits": _waits,
    "deadlock": _strings,
    "reasons": _reasons,
    "why": _text,
    "on": _text,
    "what": _text,
    "stream": _text,
    "status": _integer,
    "signal": _text,
}

SOCKET_READERS: Mapping[str, Reader] = {
    "fd": _integer,
    "kind": _text,
    "state": _text,
    "family": _text,
    "type": _text,
    "local": _address,
    "peer": _address,
    "inode": _integer,
    "peer_inode": _integer,
    "recv_bytes": _integer,
    "peek": _octets,
    "buffered": _integer,
    "recv_memory": _integer,
    "drops": _integer,
    "send_bytes": _integer,
    "unsent": _integer,
    "accepted": _integer,
    "mss": _integer,
    "accept_length": _integer,
    "accept_limit": _integer,
    "recv_size": _integer,
    "send_size": _integer,
    "timer": _number,
}

QUEUES: Mapping[str, Mapping[str, str]] = {
    "recv_queue": {"bytes": "recv_bytes", "peek": "peek", "size": "recv_size"},
    "datagram_queue": {"memory": "recv_memory", "drops": "drops"},
    "send_queue": {
        "bytes": "send_bytes",
        "unsent": "unsent",
        "accepted": "accepted",
        "size": "send_size",
    },
    "accept_queue": {"length": "accept_length", "limit": "accept_limit"},
}
"""How a socket's numbers are grouped in the file: group, name in it, name in SocketView."""

_RECORDS: tuple[type, ...] = (Event, *KINDS.values(), SocketView, Wait, Reason)
_REQUIRED = {
    kind: frozenset(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )
    - {"fd" if kind is SocketView else ""}
    for kind in _RECORDS
}
_READERS: Mapping[type, Mapping[str, Reader]] = {
    kind: {
        f.name: (SOCKET_READERS if kind is SocketView else READERS)[f.name]
        for f in fields(kind)
        if f.name != "extra"
    }
    for kind in _RECORDS
}


def _read_fields(kind: type, values: Json) -> Json:
    """Keyword arguments for ``kind``; what it does not know goes to ``extra``."""
    readers, arguments, extra = _READERS[kind], {}, {}
    for name, value in values.items():
        reader = readers.get(name)
        if reader is None:
            extra[name] = value
        elif value is not None or name == "value":
            try:
                arguments[name] = reader(value)
            except TraceError as error:
                raise TraceError(f"`{name}` {error}") from None
    if not _REQUIRED[kind] <= arguments.keys():
        raise TraceError(f"`{min(_REQUIRED[kind] - arguments.keys())}` is missing")
    if extra:
        arguments["extra"] = extra
    return arguments


def _socket(values: Any) -> SocketView:
    if not isinstance(values, dict):
        raise TraceError("should be a list of objects")
    flat = {}
    for name, value in values.items():
        group = QUEUES.get(name)
        if group is None:
            flat[name] = value
        elif isinstance(value, dict):
            flat.update({group[inner]: v for inner, v in value.items() if inner in group})
        elif value is not None:
            raise TraceError(f"`{name}` should be an object")
    arguments = _read_fields(SocketView, flat)
    return SocketView(**{"fd": None, **arguments})


def event_from_json(values: Any) -> Event:
    """The event that a decoded line describes.

    Raises TraceError where a field that we rely on is missing or of the wrong type.
    """
    if not isinstance(values, dict):
        raise TraceError("should be an object")
    name = values.get("event")
    if not isinstance(name, str):
        raise TraceError("`event` is missing")
    kind = KINDS.get(name)
    rest = {key: value for key, value in values.items() if key != "event"}
    if kind is not None:
        return kind(**_read_fields(kind, rest))
    return Unknown(name=name, **_read_fields(Event, rest))


def base64_text(data: bytes) -> str:
    """Octets as the file has them."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _plain(value: Any) -> Any:
    return base64_text(value) if isinstance(value, bytes) else value


_GROUPED = {name for group in QUEUES.values() for name in group.values()}
_SINGLE = tuple(f.name for f in fields(SocketView) if f.name not in _GROUPED | {"extra"})


def _socket_to_json(view: SocketView) -> Json:
    values: Json = {name: getattr(view, name) for name in _SINGLE}
    for group, names in QUEUES.items():
        inner = {short: _plain(getattr(view, name)) for short, name in names.items()}
        values[group] = inner if any(v is not None for v in inner.values()) else None
    return {**values, **view.extra}


def _wait_to_json(wait: Wait) -> Json:
    return {**_fields_to_json(wait), "reasons": [*map(_fields_to_json, wait.reasons)]}


def _fields_to_json(record: Wait | Reason) -> Json:
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name != "extra"}
    return {**values, **record.extra}


_LEFT_OUT: Mapping[str, Any] = {
    "watched": False,
    "gone": (),
    "locals": NOTHING,
    "gated": False,
    "would_block": None,
    "via": None,
    "within": None,
    "timeout": None,
    "limit": None,
    "data": None,
    "parent": None,
    "cipher_sent": None,
    "cipher_received": None,
}
"""Fields that are written only where they say something: where they are not this."""


def event_to_json(event: Event) -> Json:
    """The object that stands for ``event`` in the file."""
    name = event.name if isinstance(event, Unknown) else event.event
    values: Json = {"n": event.n, "t": event.t, "event": name}
    if event.proc is not None:
        values["proc"] = event.proc
    if not isinstance(event, Unknown):
        for key in type(event).__slots__:
            value = getattr(event, key)
            if key not in _LEFT_OUT or value != _LEFT_OUT[key]:
                values[key] = base64_text(value) if type(value) is bytes else value
    if "sockets" in values:
        values["sockets"] = [_socket_to_json(view) for view in values["sockets"]]
    if "waits" in values:
        values["waits"] = [_wait_to_json(wait) for wait in values["waits"]]
    values.update(event.extra)
    return values


def header() -> str:
    """The first line of a trace, with its end of line."""
    return json.dumps({"sockscope": VERSION}) + "\n"


def encode(event: Event) -> str:
    """One line of a trace, with its end of line."""
    return json_text(event_to_json(event)) + "\n"


def pattern(event: Event, **holes: str) -> str:
    """The line of ``event`` for the ``%`` operator, with these texts in the place of fields.

    For many events that differ in a few fields only.
    """
    values = event_to_json(event)
    fixed = {key: json_text(value).replace("%", "%%") for key, value in values.items()}
    return f"{{{','.join(f'{json_text(key)}:{text}' for key, text in (fixed | holes).items())}}}\n"


def item_pattern(values: Iterable[Any], holes: Mapping[int, str]) -> str:
    """A list for such a pattern, with texts in the place of some of its items."""
    texts = (
        holes[at] if at in holes else json_text(value).replace("%", "%%")
        for at, value in enumerate(values)
    )
    return f"[{','.join(texts)}]"


def _check_header(line: bytes) -> None:
    if not line.strip():
        raise TraceError("is empty: a trace begins with a header")
    try:
        values = json_line(line)
    except TraceError:
        values = None
    version = values.get("sockscope") if isinstance(values, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise TraceError("is not a sockscope trace: its first line is no header")
    if version > VERSION:
        raise TraceError(
            f"was written by a newer sockscope (format {version}, this one reads {VERSION})"
        )


def decode(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events of a trace, given as lines with their ends of line.

    Raises TraceError for a file that is not a trace, is of a newer version, or is damaged
    before its last line.
    """
    stream = iter(lines)
    _check_header(next(stream, b""))
    expected = 1
    for number, line in enumerate(stream, 2):
        if not line.endswith(b"\n"):
            return
        if not line.strip():
            continue
        try:
            event = event_from_json(json_line(line))
            if event.n != expected:
                raise TraceError(f"`n` should be {expected}, is {event.n}")
        except TraceError as error:
            raise TraceError(f"line {number}: {error}") from None
        expected += 1
        yield event
