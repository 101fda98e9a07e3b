"""The trace file: JSON Lines in UTF-8, a header and then one event a line.

Reading is tolerant where the future may differ (unknown events and fields are kept)
and strict where a mistake would mislead (a wrong type, a position out of order).
A last line without its end of line was cut off by a crash, and is left out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from .events import KINDS, NOTHING, Address, Event, SocketView, Unknown

VERSION: Final = 1
MAX_LINE: Final = 256 * 1024 * 1024
"""Octets.  Longer lines are refused, so that a hostile file cannot fill the memory."""


class TraceError(ValueError):
    """A trace that cannot be read; the message is one line and names the place."""


Json = dict[str, Any]
Reader = Callable[[Any], Any]


def _reader(*types: type, of: str) -> Reader:
    def read(value: Any) -> Any:
        if isinstance(value, bool) and bool not in types or not isinstance(value, types):
            raise TraceError(f"should be {of}, is {type(value).__name__}")
        return value

    return read


def _octets(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
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


_integer = _reader(int, of="an integer")
_number = _reader(int, float, of="a number")
_text = _reader(str, of="a string")
_truth = _reader(bool, of="true or false")
_list = _reader(list, of="a list")


def _sockets(value: Any) -> tuple[SocketView, ...]:
    return tuple(_socket(item) for item in _list(value))


READERS: Mapping[str, Reader] = {
    "n": _integer,
    "t": _integer,
    "proc": _text,
    "pid": _integer,
    "argv": _strings,
    "file": _text,
    "text": _text,
    "call": _integer,
    "fd": _integer,
    "name": _text,
    "args": lambda value: tuple(_list(value)),
    "line": _integer,
    "thread": _text,
    "locals": _string_map,
    "gated": _truth,
    "would_block": _truth,
    "via": _text,
    "timeout": _number,
    "limit": _integer,
    "where": _text,
    "value": lambda value: value,
    "data": _octets,
    "elapsed_ns": _integer,
    "errno": _text,
    "exception": _text,
    "message": _text,
    "sockets": _sockets,
    "partial": _truth,
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
    "recv_bytes": _integer,
    "peek": _octets,
    "send_bytes": _integer,
    "unsent": _integer,
    "accepted": _integer,
    "accept_length": _integer,
    "accept_limit": _integer,
    "recv_size": _integer,
    "send_size": _integer,
    "timer": _number,
}

QUEUES: Mapping[str, Mapping[str, str]] = {
    "recv_queue": {"bytes": "recv_bytes", "peek": "peek", "size": "recv_size"},
    "send_queue": {
        "bytes": "send_bytes",
        "unsent": "unsent",
        "accepted": "accepted",
        "size": "send_size",
    },
    "accept_queue": {"length": "accept_length", "limit": "accept_limit"},
}
"""How a socket's numbers are grouped in the file: group, name in it, name in SocketView."""

_REQUIRED = {
    kind: tuple(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )
    for kind in (*KINDS.values(), SocketView)
}
_FIELDS = {
    kind: frozenset(f.name for f in fields(kind)) - {"extra"}
    for kind in (*KINDS.values(), SocketView)
}


def _read_fields(kind: type, values: Json, readers: Mapping[str, Reader]) -> Json:
    """Keyword arguments for ``kind``; what it does not know goes to ``extra``."""
    known, arguments, extra = _FIELDS[kind], {}, {}
    for name, value in values.items():
        if name not in known:
            extra[name] = value
        elif value is not None or name == "value":
            try:
                arguments[name] = readers[name](value)
            except TraceError as error:
                raise TraceError(f"`{name}` {error}") from None
    for name in _REQUIRED[kind]:
        if name not in arguments and not (kind is SocketView and name == "fd"):
            raise TraceError(f"`{name}` is missing")
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
    arguments = _read_fields(SocketView, flat, SOCKET_READERS)
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
        return kind(**_read_fields(kind, rest, READERS))
    base = {key: READERS[key](rest.pop(key)) for key in ("n", "t", "proc") if rest.get(key)}
    return Unknown(name=name, extra=rest or NOTHING, **base)


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _socket_to_json(view: SocketView) -> Json:
    grouped = {name for group in QUEUES.values() for name in group.values()}
    values = {
        f.name: _plain(getattr(view, f.name))
        for f in fields(view)
        if f.name not in grouped and f.name != "extra"
    }
    for group, names in QUEUES.items():
        inner = {short: _plain(getattr(view, name)) for short, name in names.items()}
        values[group] = inner if any(v is not None for v in inner.values()) else None
    return {**values, **view.extra}


def event_to_json(event: Event) -> Json:
    """The object that stands for ``event`` in the file."""
    name = event.name if isinstance(event, Unknown) else event.event
    values: Json = {"n": event.n, "t": event.t, "event": name}
    if event.proc is not None:
        values["proc"] = event.proc
    if not isinstance(event, Unknown):
        for key in type(event).__slots__:
            value = getattr(event, key)
            values[key] = (
                [_socket_to_json(view) for view in value] if key == "sockets" else _plain(value)
            )
        if values.get("data", b"") is None:
            del values["data"]
    values.update(event.extra)
    return values


def header() -> str:
    """The first line of a trace, with its end of line."""
    return json.dumps({"sockscope": VERSION}) + "\n"


def encode(event: Event) -> str:
    """One line of a trace, with its end of line."""
    return json.dumps(event_to_json(event), ensure_ascii=False, separators=(",", ":")) + "\n"


def _json_line(line: bytes) -> Any:
    if len(line) > MAX_LINE:
        raise TraceError(f"is longer than {MAX_LINE} octets")
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise TraceError("is not UTF-8") from None
    except (json.JSONDecodeError, RecursionError):
        raise TraceError("is not JSON") from None


def _check_header(line: bytes) -> None:
    if not line.strip():
        raise TraceError("is empty: a trace begins with a header")
    try:
        values = _json_line(line)
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
            event = event_from_json(_json_line(line))
            if event.n != expected:
                raise TraceError(f"`n` should be {expected}, is {event.n}")
        except TraceError as error:
            raise TraceError(f"line {number}: {error}") from None
        expected += 1
        yield event
