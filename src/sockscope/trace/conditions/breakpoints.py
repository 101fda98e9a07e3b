"""Breakpoints: conditions on the call at hand, and the shorthands that are typed for them.

A shorthand is written out in the language and then read like anything else::

    recv                  call.name == "recv"
    server:recv#3         call.proc == "server" and call.name == "recv" and call.number == 3
    server.py:12          call.file == "server.py" and call.line == 12
    server:12             call.proc == "server" and call.line == 12
    recv < 16             call.name == "recv" and call.bytes < 16
    recv < asked          call.name == "recv" and call.bytes < call.asked
    recv == b""           call.name == "recv" and call.data == b""
    recv ECONNRESET       call.name == "recv" and call.errno == "ECONNRESET"

What can never be true because a name in it is wrong is refused.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from ..families import may_come_of
from ..names import CALLS
from .evaluate import work_out
from .lookup import PRESENT, Value
from .syntax import Binary, ConditionError, Literal, Node, Not, Path, paths, read

EXAMPLES: Final = 'recv < 16, recv == b"", server:recv#3, server.py:12, call.errno == "EPIPE"'

_SHORTHAND = re.compile(
    r"""
    (?: (?P<place>[^\s:\#"']+) : (?P<line>[0-9]{1,9}) )?
    \s*
    (?: (?: (?P<proc>[A-Za-z_][\w-]*) : )? (?P<call>[a-z_]+) (?: \# (?P<number>[0-9]{1,9}) )? )?
    \s*
    (?: (?P<sign> == | != | <= | >= | < | > ) \s*
        (?: (?P<size> [0-9]{1,18} | asked ) (?: \s* (?: B | bytes | octets ) )?
          | (?P<octets> b"(?:[^"\\]|\\.)*" | b'(?:[^'\\]|\\.)*' ) )
      | (?P<errno> E[A-Z0-9]+ )
    )?
    """,
    re.VERBOSE,
)
_APART = re.compile(r"""; (?= (?: [^"'] | "[^"]*" | '[^']*' )* $ )""", re.VERBOSE)
_KEYWORDS: Final = frozenset(("and", "or", "not", "in", "true", "false", "none", "call"))

_ERRNOS: Final = frozenset(errno.errorcode.values()) | {"EOPNOTSUPP"}


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """Where to stop: the condition as it was typed, and its tree."""

    text: str
    node: Node


def read_breakpoints(text: str, programs: Sequence[str]) -> list[Breakpoint]:
    """Several breakpoints, between which stand semicolons.  Raises ConditionError as for one."""
    parts = (part.strip() for part in _APART.split(text))
    return [read_breakpoint(part, programs) for part in parts if part]


def read_breakpoint(text: str, programs: Sequence[str]) -> Breakpoint:
    """The breakpoint that ``text`` asks for in a run of ``programs``.

    Raises ConditionError where it asks for none, or for one that can never be met.
    """
    text = " ".join(text.split())
    try:
        node = read(written_out(text))
    except ConditionError as error:
        raise ConditionError(f"{text!r}: {error}; write for example {EXAMPLES}") from None
    try:
        for part in _parts(node):
            _check(part, programs)
    except ConditionError as error:
        raise ConditionError(f"{text!r}: {error}") from None
    return Breakpoint(text, node)


def written_out(text: str) -> str:
    """A shorthand in the words of the language; anything else as it is."""
    match = _SHORTHAND.fullmatch(text)
    if match is None or not text or match["call"] in _KEYWORDS:
        return text
    return " and ".join(_clauses(match.groupdict()))


def _clauses(given: Mapping[str, str | None]) -> Iterator[str]:
    place = given["place"]
    if place is not None:
        yield _place(place)
        yield f"call.line == {given['line']}"
    for attribute, key in (("proc", "proc"), ("name", "call"), ("errno", "errno")):
        if given[key] is not None:
            yield f'call.{attribute} == "{given[key]}"'
    if given["number"] is not None:
        yield f"call.number == {given['number']}"
    if given["octets"] is not None:
        yield f"call.data {given['sign']} {given['octets']}"
    elif given["size"] is not None:
        size = "call.asked" if given["size"] == "asked" else given["size"]
        yield f"call.bytes {given['sign']} {size}"


def _place(place: str) -> str:
    if "/" in place:
        return f'"{place}" in call.path'
    return f'call.{"file" if place.endswith(".py") else "proc"} == "{place}"'


# -- what can never be true ------------------------------------------------------------


def _parts(node: Node) -> Iterator[Node]:
    """A tree's comparisons, sums and paths: all that is no ``and``, ``or`` or ``not``."""
    match node:
        case Not(inner):
            yield from _parts(inner)
        case Binary("and" | "or", left, right):
            yield from _parts(left)
            yield from _parts(right)
        case _:
            yield node


def _check(part: Node, programs: Sequence[str]) -> None:
    for path in paths(part):
        if path.selector != PRESENT:
            _known_program(path.selector.proc, programs)
    match part:
        case Binary("==" | "!=", Path(selector, (attribute,)), Literal(str(name))):
            if selector == PRESENT and attribute == "proc":
                _known_program(name, programs)
            elif attribute == "name" and name in programs:
                raise ConditionError(f"{name} is a program: write {name}:recv, or {name}:12")
            elif attribute == "name":
                _known("call", name, sorted(CALLS))
            elif attribute == "errno":
                _known("error", name, sorted(_ERRNOS))
        case Literal():
            raise ConditionError(f"it compares nothing; write for example {EXAMPLES}")
    work_out(part, _sample)


def _known_program(name: str, programs: Sequence[str]) -> None:
    """A child that is not there yet has its name already."""
    if not may_come_of(name, programs):
        _known("program", name, programs)


def _known(kind: str, name: str, names: Sequence[str]) -> None:
    if name == "sendall":
        raise ConditionError("sendall() makes calls that are named send: write send")
    if name not in names:
        near = get_close_matches(name, names, 3) or names[:3]
        raise ConditionError(f"no {kind} is called {name!r}: write {' or '.join(near)}")


def _sample(path: Path) -> Value:
    """A value such as the path may have; None where it may have any."""
    return _SAMPLES.get(path.attributes[-1] if path.attributes else "phase")


_SAMPLES: Final[Mapping[str, Value]] = {
    **dict.fromkeys(("asked", "bytes", "fd", "finished", "line", "number", "port"), 1),
    **dict.fromkeys(("inode", "length", "limit", "recv_size", "send_size"), 1),
    **dict.fromkeys(("sockets", "unsent"), 1),
    **dict.fromkeys(("errno", "errors", "exception", "family", "file", "host", "kind", "name"), ""),
    **dict.fromkeys(("output", "path", "phase", "proc", "state", "thread", "type"), ""),
    **dict.fromkeys(("data", "peek"), b""),
    "elapsed_ms": 1.0,
}
"""A value of its kind for each attribute whose kind is certain."""
