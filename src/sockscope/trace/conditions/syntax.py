"""Reads the language: text to tokens, tokens to a tree of frozen nodes.

Grammar, loosest first::

    any        = all { "or" all }
    all        = not { "and" not }
    not        = "not" not | comparison
    comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" ) sum ]
    sum        = term { ( "+" | "-" ) term }
    term       = number | text | octets | "true" | "false" | "none" | NAME
               | path | "(" any ")"
    path       = ( "call" | program [ ":" call "#" number ] ) { "." attribute }

``call`` is the call at hand, where there is one.  A NAME in capitals is the name of an
error or of a TCP state: ``EPIPE``, ``TIME_WAIT``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

from .lookup import PRESENT, Selector, unknown_attribute

MAX_LENGTH: Final = 400
MAX_DEPTH: Final = 20

Literals = int | float | str | bytes | None


class ConditionError(ValueError):
    """A condition that cannot be read or worked out; the message is one line."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written down."""

    value: Literals


@dataclass(frozen=True, slots=True)
class Path:
    """A program or one of its calls, and which of its attributes."""

    selector: Selector
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two values and what is between them."""

    operator: str
    left: Node
    right: Node


Node = Literal | Path | Not | Binary

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<octets>b"(?:[^"\\]|\\.)*" | b'(?:[^'\\]|\\.)*')
    | (?P<text>"[^"]*" | '[^']*')
    | (?P<selector>[A-Za-z_]\w*:[a-z_]+\#[0-9]{1,6})
    | (?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<sign>==|!=|<=|>=|[-<>+().])
    )""",
    re.VERBOSE,
)
_WORDS: Final = {"true": True, "false": False, "none": None}
_KEYWORDS: Final = frozenset({"and", "or", "not", "in"})
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def read(text: str) -> Node:
    """The tree of one condition.  Raises ConditionError where it is none."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"a condition has at most {MAX_LENGTH} characters, not {len(text)}")
    return _Reader(text).all_of_it()


def read_selector(text: str) -> Selector:
    """The call that ``text`` names.  Raises ConditionError where it names none."""
    node = read(text)
    if isinstance(node, Path) and node.selector.call and not node.attributes:
        return node.selector
    raise ConditionError(f"{text!r} is no call: write one as server:recv#1")


def paths(node: Node) -> Iterator[Path]:
    """Every path in the tree."""
    match node:
        case Path():
            yield node
        case Not(inner):
            yield from paths(inner)
        case Binary(_, left, right):
            yield from paths(left)
            yield from paths(right)


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise ConditionError(f"at {at + 1}: {text[at : at + 10].strip()!r} means nothing here")
        yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
        at = match.end()
    yield _Token("end", "", end)


class _Reader:
    """Reads one condition by recursive descent; each method is one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def all_of_it(self) -> Node:
        node = self._any()
        if self._token.kind != "end":
            self._fail("'and', 'or', a comparison or the end")
        return node

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _found(self, *texts: str) -> str | None:
        """The sign or keyword that comes next, taken, if it is one of ``texts``."""
        if self._token.kind in ("sign", "name") and self._token.text in texts:
            return self._take().text
        return None

    def _fail(self, expected: str) -> NoReturn:
        found = repr(self._token.text) if self._token.kind != "end" else "the end"
        raise ConditionError(f"at {self._token.at + 1}: expected {expected}, found {found}")

    def _any(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"at most {MAX_DEPTH} levels")
        node = self._all()
        while self._found("or"):
            node = Binary("or", node, self._all())
        self._depth -= 1
        return node

    def _all(self) -> Node:
        node = self._not()
        while self._found("and"):
            node = Binary("and", node, self._not())
        return node

    def _not(self) -> Node:
        negations = 0
        while self._found("not"):
            negations += 1
        node = self._comparison()
        return Not(node) if negations % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        operator = self._found(*_COMPARISONS)
        return Binary(operator, left, self._sum()) if operator else left

    def _sum(self) -> Node:
        node = self._term()
        while operator := self._found("+", "-"):
            node = Binary(operator, node, self._term())
        return node

    def _term(self) -> Node:
        token = self._token
        if self._found("("):
            node = self._any()
            if not self._found(")"):
                self._fail("')'")
            return node
        if token.kind in ("end", "sign") or token.text in _KEYWORDS:
            self._fail("a value")
        self._take()
        if token.kind == "selector":
            return self._path(_selector(token))
        return self._named(token) if token.kind == "name" else Literal(_literal(token))

    def _named(self, token: _Token) -> Node:
        if token.text in _WORDS:
            return Literal(_WORDS[token.text])
        if token.text.isupper():
            return Literal(token.text)
        return self._path(PRESENT if token.text == str(PRESENT) else Selector(token.text))

    def _path(self, selector: Selector) -> Path:
        attributes: list[str] = []
        while self._found("."):
            if self._token.kind != "name":
                self._fail("an attribute")
            token = self._take()
            attributes.append(token.text)
            problem = unknown_attribute(selector, attributes)
            if problem:
                raise ConditionError(f"at {token.at + 1}: {problem}")
        if selector == PRESENT and not attributes:
            self._fail("'.' with an attribute after 'call'")
        if selector.call is None and not attributes:
            self._fail(f"':' with a call or '.' with an attribute after {selector.proc!r}")
        return Path(selector, tuple(attributes))


def _selector(token: _Token) -> Selector:
    proc, _, rest = token.text.partition(":")
    call, _, number = rest.partition("#")
    if int(number) == 0:
        raise ConditionError(f"at {token.at + 1}: calls count from 1: write {proc}:{call}#1")
    return Selector(proc, call, int(number))


def _literal(token: _Token) -> Literals:
    if token.kind == "text":
        return token.text[1:-1]
    if token.kind == "number":
        digits = token.text.replace("_", "")
        return float(digits) if "." in digits else int(digits)
    try:
        return token.text[2:-1].encode("ascii").decode("unicode_escape").encode("latin-1")
    except UnicodeError:
        raise ConditionError(f"at {token.at + 1}: {token.text} holds an invalid escape") from None
