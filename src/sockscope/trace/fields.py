"""What a person types into one field of a call, and what Python passes for it.

A field's value stays the text that was typed: it is what a form shows again, what a trace
keeps and what a line of orders holds.  ``Kind.parse`` turns it into a value whenever one
is needed, and says in one line what is wrong with a text that stands for nothing.
What only the kernel or the resolver can know (whether a port is free, whether a host
exists) is no mistake here: it is asked, and its answer is shown.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .names import FAMILIES, FLAGS, HOWS, LEVELS, OPTIONS, TYPES

MAX_SIZE: Final = 64_000_000
"""Octets that one call may be given or may ask for: a trace keeps every one of them."""

MAX_TYPED: Final = 16_000
"""Octets that a payload may have which is typed out: an order goes through one pipe."""

MAX_INT: Final = 2**31 - 1


class OrderError(ValueError):
    """An order that cannot be carried out; the message is one line and says what would be."""


@dataclass(frozen=True, slots=True)
class Named:
    """A number that Python has names for: ``socket.MSG_PEEK | socket.MSG_DONTWAIT``."""

    names: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Octets of a given number: ten digits over and over, so that a cut can be counted."""

    size: int


@dataclass(frozen=True, slots=True)
class Linger:
    """``struct linger`` of socket(7); ``seconds`` is None where it is switched off."""

    seconds: int | None

    def packed(self) -> bytes:
        """As setsockopt(2) takes it."""
        return struct.pack("ii", self.seconds is not None, self.seconds or 0)


Scalar = str | int | float | bytes | None | Named | Repeat | Linger
Value = Scalar | tuple[str, int]
"""An argument of a call, before it is Python source or a message to a console."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of field: how its text is read, and where there are few of them, all texts.

    ``parse`` raises OrderError.  With ``is_set`` any number of the choices go together.
    """

    parse: Callable[[str], Value]
    choices: tuple[str, ...] = ()
    is_set: bool = False


# -- numbers ---------------------------------------------------------------------

_UNITS: Mapping[str, int] = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_BINARY: Mapping[str, int] = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE = re.compile(r"(\d{1,18})(\.\d{1,9})?([kmg]?)(i?)(b?)", re.ASCII | re.IGNORECASE)


def _integer(text: str, what: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,19}", text, re.ASCII) or not low <= int(text) <= high:
        raise OrderError(f"{what} is a number from {low} to {high}, not {_quoted(text)}")
    return int(text)


def _quoted(text: str) -> str:
    return "nothing" if not text else text if len(text) <= 40 else f"{text[:39]}…"


def _size(text: str, what: str) -> int:
    match = _SIZE.fullmatch(text)
    if match is None or (match[4] and not match[3]):
        raise OrderError(f"{what} is a size such as 16, 64k or 3M, not {_quoted(text)}")
    unit = (_BINARY if match[4] else _UNITS)[match[3].lower()]
    size = int(float(match[1] + (match[2] or "")) * unit)
    if size > MAX_SIZE:
        raise OrderError(f"one call moves at most {MAX_SIZE // 10**6}M here, not {text}")
    return size


def _room(text: str) -> int:
    return _size(text, "how much recv() may take")


def _backlog(text: str) -> int:
    return _integer(text, "a backlog", -MAX_INT - 1, MAX_INT)


def _seconds(text: str) -> float | None:
    if text in ("", "none", "blocking"):
        return None
    if text == "non-blocking":
        return 0.0
    if not re.fullmatch(r"\d{1,9}(\.\d{0,9})?", text, re.ASCII):
        wanted = "seconds such as 2.5, or 'blocking', or 'non-blocking'"
        raise OrderError(f"a timeout is {wanted}, not {_quoted(text)}")
    return float(text)


# -- octets ----------------------------------------------------------------------

_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[nrt0\\\"]|.?)", re.DOTALL)
_ESCAPED: Mapping[bytes, bytes] = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"0": b"\0",
    b"\\": b"\\",
    b'"': b'"',
}


def _payload(text: str) -> Value:
    """``0x..`` is hex, ``3M`` a size, all else text; in quotes it is text for certain."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _text_octets(text[1:-1])
    if text[:2] in ("0x", "0X"):
        return _hex_octets(text[2:])
    match = _SIZE.fullmatch(text)
    if match is not None and (match[3] or match[5]):
        return Repeat(_size(text, "a payload"))
    return _text_octets(text)


def _hex_octets(digits: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]*", digits, re.ASCII):
        wrong = next(c for c in digits if c not in "0123456789abcdefABCDEF")
        raise OrderError(f"hex has the digits 0 to 9 and a to f, not {_quoted(wrong)}")
    if len(digits) > 2 * MAX_TYPED:
        raise OrderError(f"at most {MAX_TYPED} bytes can be typed: give a size such as 3M")
    if len(digits) % 2:
        raise OrderError(f"hex has two digits for each byte: here are {len(digits)}")
    return bytes.fromhex(digits)


def _text_octets(text: str) -> bytes:
    octets = text.encode()
    if len(octets) > MAX_TYPED:
        raise OrderError(f"at most {MAX_TYPED} bytes can be typed: give a size such as 3M")
    return _ESCAPE.sub(_unescaped, octets)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[:1] == b"x" and len(code) == 3:
        return bytes.fromhex(code[1:].decode())
    if code not in _ESCAPED:
        raise OrderError(r"a backslash begins \n, \r, \t, \0, \x and two digits, \" or \\")
    return _ESCAPED[code]


def octets_field(octets: bytes) -> str:
    """Octets as they would be typed: text in quotes, with escapes where text cannot be."""
    shown = octets.decode("utf-8", "replace")
    if shown.encode() == octets and shown.isprintable() and not set(shown) & set('"\\'):
        return f'"{shown}"'
    return '"' + "".join(_escaped(octet) for octet in octets) + '"'


def _escaped(octet: int) -> str:
    character = chr(octet)
    return character if character.isalnum() and octet < 128 else f"\\x{octet:02x}"


# -- addresses -------------------------------------------------------------------


def _address(text: str) -> Value:
    """``host:port``, a port alone, a path, or ``@name`` in the abstract namespace (unix(7))."""
    if text.startswith("@"):
        return "\0" + text[1:]
    if "/" in text:
        return text
    host, _, port = text.replace(" ", ":", 1).rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" not in text.replace(" ", ":", 1):
        host = "127.0.0.1"
    return (host, _integer(port, "a port", 0, 65535))


def address_field(address: tuple[str, int] | str | None) -> str:
    """An address as it would be typed."""
    if address is None:
        return ""
    if isinstance(address, str):
        return "@" + address[1:] if address.startswith("\0") else address
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


# -- names -----------------------------------------------------------------------


def _one_of(what: str, numbers: Mapping[int, str], *names: str) -> Kind:
    by_name = {name: number for number, name in numbers.items() if name in names}

    def parse(text: str) -> Value:
        if text not in by_name:
            raise OrderError(f"{what} is {' or '.join(names)}, not {_quoted(text)}")
        return Named((text,), by_name[text])

    return Kind(parse, names)


def _flags(text: str) -> Value:
    words = re.split(r"[\s|,+]+", text.strip()) if text.strip() else []
    numbers = {name: number for number, name in FLAGS.items() if name in FLAG_NAMES}
    for word in words:
        if word not in numbers:
            raise OrderError(f"a flag is one of {', '.join(FLAG_NAMES)}, not {_quoted(word)}")
    kept = tuple(name for name in FLAG_NAMES if name in words)
    return Named(kept, sum(numbers[name] for name in kept)) if kept else None


FLAG_NAMES = ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_OOB", "MSG_MORE", "MSG_NOSIGNAL")

OPTION_NAMES = (
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "SO_RCVBUF",
    "SO_SNDBUF",
    "SO_LINGER",
    "SO_KEEPALIVE",
    "SO_BROADCAST",
    "SO_RCVLOWAT",
    "SO_OOBINLINE",
    "SO_ERROR",
    "TCP_NODELAY",
    "TCP_CORK",
    "TCP_QUICKACK",
    "TCP_MAXSEG",
    "TCP_USER_TIMEOUT",
    "TCP_DEFER_ACCEPT",
    "IPV6_V6ONLY",
)

_LEVEL_AND_NUMBER = {
    name: (level, number) for level, names in OPTIONS.items() for number, name in names.items()
}


def _option(text: str) -> Value:
    if text not in OPTION_NAMES:
        raise OrderError(f"an option is one of {', '.join(OPTION_NAMES)}, not {_quoted(text)}")
    return Named((text,), _LEVEL_AND_NUMBER[text][1])


def level_of(option: str) -> Named:
    """The level at which setsockopt(2) knows an option."""
    level = _LEVEL_AND_NUMBER[option][0]
    return Named((LEVELS[level],), level)


def option_value(option: str, text: str) -> Value:
    """The value of an option: a number, or for SO_LINGER seconds or ``off``."""
    if option != "SO_LINGER":
        return _integer(text, f"{option}'s value", -MAX_INT - 1, MAX_INT)
    if text == "off":
        return Linger(None)
    return Linger(_integer(text, "SO_LINGER's value ('off' ends it)", 0, MAX_INT))


def _number_or_off(text: str) -> Value:
    return option_value("SO_LINGER" if text == "off" else "the option", text)


ADDRESS = Kind(_address)
BACKLOG = Kind(_backlog)
FAMILY = _one_of("a family", FAMILIES, "AF_INET", "AF_INET6", "AF_UNIX")
FLAG_SET = Kind(_flags, FLAG_NAMES, is_set=True)
HOW = _one_of("the direction", HOWS, "SHUT_RD", "SHUT_WR", "SHUT_RDWR")
OPTION = Kind(_option, OPTION_NAMES)
OPTION_VALUE = Kind(_number_or_off)
PAYLOAD = Kind(_payload)
ROOM = Kind(_room)
SECONDS = Kind(_seconds, ())
SIGNAL_NAMES = ("SIGINT", "SIGTERM", "SIGKILL")
TYPE = _one_of("a type", TYPES, "SOCK_STREAM", "SOCK_DGRAM")


def _signal(text: str) -> Value:
    if text not in SIGNAL_NAMES:
        raise OrderError(f"a signal is one of {', '.join(SIGNAL_NAMES)}, not {_quoted(text)}")
    return text


SIGNAL = Kind(_signal, SIGNAL_NAMES)
