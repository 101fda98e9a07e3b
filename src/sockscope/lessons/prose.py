"""Prose: Markdown whose figures come from the run that the learner has before them.

``{server:recv#1.bytes}`` outside a code span stands for that value in this run.  A figure
that is written down instead could be wrong, so prose holds none outside code spans;
what may stand are references (``RFC 9293 section 3.5``, ``tcp(7)``) and names with a
digit in them (IPv4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..trace.conditions import ConditionError, Node, evaluate, read
from ..trace.history import History
from ..trace.words import address_text, octets_text, plain_text

RECAP = "Recap"
MAX_OCTETS = 64
"""Octets of a value that are shown."""

_CODE = re.compile(
    r"^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL | re.M
)
_BINDING = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(r"\bRFCs? \d+(?:,? (?:section|sections) [\d.]+(?:(?: and |, )[\d.]+)*)?")
_MANUAL_PAGE = re.compile(r"\b[a-z_0-9]+\(\d[a-z]*\)")
_NAME_WITH_DIGIT = re.compile(r"\b[A-Za-z]+-?\d[\w]*")


@dataclass(frozen=True, slots=True)
class Prose:
    """Text, and values to be put in between: strings and conditions by turns."""

    parts: tuple[str | Node, ...] = ()

    def filled(self, history: History) -> str:
        """The Markdown of this run; a value that is not there yet is an ellipsis."""
        return "".join(
            part if isinstance(part, str) else value_text(evaluate(part, history))
            for part in self.parts
        )

    def nodes(self) -> Iterator[Node]:
        """The conditions in it."""
        return (part for part in self.parts if not isinstance(part, str))

    def loose_figure(self) -> str | None:
        """The first figure that no observation is bound to."""
        text = "\0".join(part for part in self.parts if isinstance(part, str))
        for allowed in (_CODE, _REFERENCE, _MANUAL_PAGE, _NAME_WITH_DIGIT):
            text = allowed.sub("", text)
        found = re.search(r"\d[\d.,]*", text)
        return found[0].rstrip(".,") if found else None

    def __bool__(self) -> bool:
        return any(not isinstance(part, str) or part.strip() for part in self.parts)


def read_prose(text: str) -> Prose:
    """The prose of ``text``.  Raises ConditionError where a value in it cannot be read."""
    parts: list[str | Node] = []
    at = 0
    for code in (*_CODE.finditer(text), None):
        end = code.start() if code else len(text)
        parts += _bound(text[at:end])
        if code:
            parts.append(code[0])
            at = code.end()
    return Prose(tuple(parts))


def _bound(text: str) -> Iterator[str | Node]:
    at = 0
    for match in _BINDING.finditer(text):
        yield text[at : match.start()]
        try:
            yield read(match[1])
        except ConditionError as error:
            raise ConditionError(f"{plain_text(match[0])}: {error}") from None
        at = match.end()
    yield text[at:]


def value_text(value: object) -> str:
    """A value as prose shows it; what a program chose stands in a code span, never as markup."""
    match value:
        case None:
            return "…"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
        case bytes():
            return _code(octets_text(value, MAX_OCTETS))
        case tuple() if len(value) == 2 and isinstance(value[0], str):
            return _code(address_text(value))
        case _:
            return _code(plain_text(str(value)))


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, and after its ``---``."""

    title: str
    before: str
    after: str


def sections(text: str) -> tuple[str, list[Section]]:
    """What stands above the first ``## heading``, and the sections."""
    preamble, *rest = re.split(r"^## +(.*?) *$", text, flags=re.MULTILINE)
    found = []
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        before, _, after = re.sub(r"^--- *$", "\0", body, count=1, flags=re.M).partition("\0")
        found.append(Section(title, before.strip(), after.strip()))
    return preamble.strip(), found
