"""What a person orders: one call of one console, or that a process begins or ends.

One table, ``FORMS``, says what can be ordered, with which fields.  The screen's form, the
lines of ``explore --headless``, the exported programs and the docs are all made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from . import fields as f
from .fields import Kind, OrderError, Value

Typed = Mapping[str, str]
"""The texts that were typed, by field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One argument as a person sees it."""

    name: str
    label: str
    kind: Kind
    default: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One call: the key that picks it, what it is for, and its fields in order."""

    name: str
    key: str
    purpose: str
    fields: tuple[Field, ...] = ()
    arguments: Callable[[Typed], list[Value]] = field(default=lambda _: [])


@dataclass(frozen=True, slots=True)
class Order:
    """Something that a person ordered.  ``fd`` is None where no socket is meant.

    ``typed`` holds a text for each field of its form.
    """

    proc: str
    fd: int | None
    name: str
    typed: Typed = field(default_factory=dict)


def order(proc: str, fd: int | None, name: str, typed: Typed | None = None) -> Order:
    """A checked order; fields that are not given have their defaults.

    Raises OrderError where a name is not known or a text stands for no value.
    """
    check_name(proc)
    form = form_of(name)
    given = dict(typed or {})
    known = {wanted.name for wanted in form.fields}
    if not given.keys() <= known:
        raise OrderError(f"{name}() has no field {min(given.keys() - known)!r}")
    whole = {wanted.name: given.get(wanted.name, wanted.default) for wanted in form.fields}
    if fd is None and name in CALLS and name != "socket":
        raise OrderError(f"{name}() is a call of one socket: give its fd")
    made = Order(proc, None if name not in CALLS or name == "socket" else fd, name, whole)
    arguments(made)
    return made


def form_of(name: str) -> Form:
    """The form of a call or of an order to a process.  Raises OrderError."""
    form = FORMS.get(name)
    if form is None:
        raise OrderError(f"there is no call {name!r}: there are {', '.join(FORMS)}")
    return form


def arguments(made: Order) -> list[Value]:
    """What the call is given, in Python's order.  Raises OrderError."""
    for wanted in form_of(made.name).fields:
        check(wanted, made.typed[wanted.name])
    return form_of(made.name).arguments(made.typed)


def check(wanted: Field, text: str) -> None:
    """Raises OrderError where ``text`` stands for no value of this field."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OrderError(f"{wanted.label} holds a character that UTF-8 cannot write") from None
    wanted.kind.parse(text)


# -- the table -------------------------------------------------------------------


def _parsed(*names: str) -> Callable[[Typed], list[Value]]:
    """The values of these fields in this order; empty flags at the end are left out."""

    def values(typed: Typed) -> list[Value]:
        found = [FIELDS[name].kind.parse(typed[name]) for name in names]
        return found[:-1] if names[-1] == "flags" and found[-1] is None else found

    return values


def _sendto(typed: Typed) -> list[Value]:
    data, address, *flags = _parsed("data", "address", "flags")(typed)
    return [data, *flags, address]


def _setsockopt(typed: Typed) -> list[Value]:
    name = typed["option"]
    return [f.level_of(name), f.OPTION.parse(name), f.option_value(name, typed["value"])]


def _getsockopt(typed: Typed) -> list[Value]:
    name = typed["option"]
    size: list[Value] = [8] if name == "SO_LINGER" else []
    return [f.level_of(name), f.OPTION.parse(name), *size]


USUAL: Final = "127.0.0.1:1060"
"""The address that the orders offer first."""

GREETING: Final = "Hi there, server"

FIELDS: Final[Mapping[str, Field]] = {
    made.name: made
    for made in (
        Field("family", "family", f.FAMILY, "AF_INET"),
        Field("type", "type", f.TYPE, "SOCK_STREAM"),
        Field("address", "address", f.ADDRESS, USUAL),
        Field("backlog", "backlog", f.BACKLOG, "1"),
        Field("data", "text, 0x hex, or a size such as 3M", f.PAYLOAD, GREETING),
        Field("size", "take at most", f.ROOM, "16"),
        Field("flags", "flags", f.FLAG_SET),
        Field("how", "direction", f.HOW, "SHUT_WR"),
        Field("option", "option", f.OPTION, "SO_REUSEADDR"),
        Field("value", "value", f.OPTION_VALUE, "1"),
        Field("seconds", "seconds, blocking or non-blocking", f.SECONDS, "blocking"),
        Field("signal", "signal", f.SIGNAL, "SIGKILL"),
    )
}


def _form(name: str, key: str, purpose: str, *names: str) -> Form:
    chosen = tuple(FIELDS[wanted] for wanted in names)
    special = {"sendto": _sendto, "setsockopt": _setsockopt, "getsockopt": _getsockopt}
    plain: Callable[[Typed], list[Value]] = _parsed(*names) if names else lambda _: []
    return Form(name, key, purpose, chosen, special.get(name, plain))


_CALLS = (
    _form("socket", "s", "a new socket", "family", "type"),
    _form("bind", "b", "claim an address", "address"),
    _form("listen", "l", "become a listening socket, for good", "backlog"),
    _form("accept", "a", "take the next client out of the queue"),
    _form("connect", "c", "reach the address of a server", "address"),
    _form("send", "e", "hand over as much as there is room for", "data", "flags"),
    _form("sendall", "w", "hand over everything, however long it takes", "data", "flags"),
    _form("sendto", "t", "send one datagram to an address", "data", "address", "flags"),
    _form("recv", "r", "take what has arrived, up to a size", "size", "flags"),
    _form("recvfrom", "f", "the same, and from whom it came", "size", "flags"),
    _form("shutdown", "h", "end one direction, or both", "how"),
    _form("close", "x", "let go of the socket"),
    _form("setsockopt", "o", "set an option", "option", "value"),
    _form("getsockopt", "g", "ask for an option", "option"),
    _form("settimeout", "m", "how long its calls may wait", "seconds"),
    _form("getsockname", "n", "this end's address"),
    _form("getpeername", "p", "the other end's address"),
)

_OF_PROCESSES = (
    _form("start", "+", "a new process"),
    _form("exit", "-", "the program ends, as at its last line"),
    _form("signal", "k", "send the process a signal", "signal"),
)

CALLS: Final[Mapping[str, Form]] = {form.name: form for form in _CALLS}
"""The calls of a socket (``socket`` makes one)."""

PROCESS_ORDERS: Final[Mapping[str, Form]] = {form.name: form for form in _OF_PROCESSES}

FORMS: Final[Mapping[str, Form]] = {**CALLS, **PROCESS_ORDERS}


# -- lines of orders -------------------------------------------------------------

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')
_NAME = re.compile(r"[A-Za-z_][\w-]{0,31}", re.ASCII)


def parse_line(line: str) -> Order:
    """The order that a line stands for: ``server 3 bind 127.0.0.1:1060``, ``client exit``.

    Raises OrderError.
    """
    words = _WORD.findall(line)
    if len(words) < 2:
        raise OrderError(f"an order is a process, an fd and a call, not {line.strip()!r}")
    proc, *rest = words
    fd = int(rest.pop(0)) if re.fullmatch(r"\d{1,9}", rest[0], re.ASCII) else None
    if not rest:
        raise OrderError(f"{proc} {fd}: which call?")
    form = form_of(rest[0])
    given = rest[1:]
    if len(given) > len(form.fields):
        raise OrderError(f"{form.name}() has no field for {given[len(form.fields)]}")
    wanted = zip(form.fields, given, strict=False)
    return order(proc, fd, form.name, {w.name: _unquoted(w, text) for w, text in wanted})


def check_name(proc: str) -> None:
    """Raises OrderError where a process cannot be called so."""
    if not _NAME.fullmatch(proc):
        raise OrderError(f"a process has a name such as server or client-2, not {proc!r}")


def _unquoted(wanted: Field, text: str) -> str:
    quoted = len(text) >= 2 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted and wanted.kind is not f.PAYLOAD else text


def line_of(made: Order) -> str:
    """The line that ``parse_line`` reads as this order."""
    texts = [(wanted, made.typed[wanted.name]) for wanted in form_of(made.name).fields]
    while texts and texts[-1][1] == texts[-1][0].default == "":
        texts.pop()
    number = [] if made.fd is None else [str(made.fd)]
    return " ".join([made.proc, *number, made.name, *(_as_word(*pair) for pair in texts)])


def _as_word(wanted: Field, text: str) -> str:
    if _WORD.findall(text) == [text]:
        return text
    octets = f.PAYLOAD.parse(text) if wanted.kind is f.PAYLOAD else None
    return f.octets_field(octets) if isinstance(octets, bytes) else f'"{text}"'
