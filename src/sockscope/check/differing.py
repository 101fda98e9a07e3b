"""How a text came out otherwise, in words that fit a line or two."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..trace.words import FOLD, octets_text, plain_text
from .alike import LONG, Line, words_of

WIDTH: Final = 80
"""Columns of a line of the report."""

SHOWN: Final = 60
"""Columns of a text that a difference shows."""

BEFORE: Final = SHOWN // 3
"""Those of them that are before the first place that differs."""

SENDS: Final = "sends in conversation"

Escape = Callable[[str], str]
"""How a character is shown."""

Place = tuple[str, str]
"""A program, and one of its ``out``, ``err`` or its conversations by number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise: ``what`` it is, what was ``found``, and ``wanted``.

    ``is_output`` is of what a program writes for people to read.
    """

    what: str
    found: str = ""
    wanted: str = ""
    is_output: bool = False

    def __str__(self) -> str:
        said = f"{self.what} {self.found}".rstrip()
        return f"{said}, not {self.wanted}" if self.wanted else said

    def lines(self) -> Iterator[str]:
        """The same, indented, with what was wanted below what was found if that is too long."""
        if not self.found or len(f"  {self}") <= WIDTH:
            yield f"  {self}"
        elif self.what.endswith(":"):
            yield f"  {self.what}"
            yield f"{'':8}{self.found}" if self.wanted else f"    {self.found}"
            if self.wanted:
                yield f"    not {self.wanted}"
        else:
            yield f"  {self.what} {self.found}"
            yield f"{'not':>{len(self.what) + 2}} {self.wanted}"


class Pair:
    """What was wished for at one place, and what was found there."""

    def __init__(self, place: Place, wished: str, found: str, alone: bool) -> None:
        self._name, self._verb = place
        self.wished, self.found = wished, found
        self._is_octets = self._verb.startswith(SENDS)
        self._escape: Escape = _octet if self._is_octets else plain_text
        if alone and self._is_octets:
            self._verb = "sends"

    @property
    def where(self) -> str:
        """The program, and what it does."""
        return f"{self._name} {self._verb}"

    def difference(self, patterns: Sequence[Line]) -> Difference | None:
        """The first line that differs for sure, or else the first that does."""
        lines, wanted = lines_of(self.found), lines_of(self.wished)
        unsure = None
        for number, line in enumerate(lines):
            if number >= len(patterns):
                more = self._shown("".join(lines[number:]))
                return self._say(f"{self._name} also {self._verb}", more, "")
            pattern, want = patterns[number], wanted[number]
            if pattern.fits(line):
                continue
            place = _first(line, want, varies=pattern.varies)
            if place.sure:
                return self._told(lines[:number], wanted[:number], place)
            unsure = unsure or self._told(lines[:number], wanted[:number], place)
        if len(lines) < len(patterns):
            rest = self._shown("".join(wanted[len(lines) :]))
            return self._say(self.where, "nothing more" if lines else "nothing", rest)
        return unsure

    def _told(self, before: list[str], wanted_before: list[str], place: Apart) -> Difference:
        """What is found at a place in the line that comes after those, and what was wanted."""
        start, wanted_start = sum(map(len, before)), sum(map(len, wanted_before))
        if self._is_octets:  # of which a line is no unit
            found, wanted = self.found, self.wished
            at, wanted_at = start + place.found, wanted_start + place.wanted
        else:
            found = lines_of(self.found[start:])[0]
            wanted = lines_of(self.wished[wanted_start:])[0]
            at, wanted_at = place.found, place.wanted
        if self._fits(found) and self._fits(wanted):
            return self._say(self.where, self._shown(found), self._shown(wanted))
        what = self._sizes(len(found), len(wanted), at)
        return self._say(what, self._shown(found, at), self._shown(wanted, wanted_at))

    def _sizes(self, found: int, wanted: int, at: int) -> str:
        """What it does, with sizes, where not all of it can be shown."""
        unit = "bytes" if self._is_octets else "characters"
        sizes = f"{found:,} {unit}" if found == wanted else f"{found:,} {unit}, not {wanted:,}"
        if self._is_octets:
            return f"{self.where} {sizes}, which differ after byte {at:,}:"
        return f"{self.where} a line of {sizes}, which differ after {at:,}:"

    def _fits(self, text: str) -> bool:
        return sum(map(len, map(self._escape, text[: SHOWN + 1]))) <= SHOWN

    def _shown(self, text: str, at: int = 0) -> str:
        """What is around ``at``: of octets as Python writes them, of text in its first line."""
        if self._is_octets:
            return f'b"{_around(text, at, self._escape)}"'
        return f'"{_around(lines_of(text)[0], at, self._escape)}"'

    def _say(self, what: str, found: str, wanted: str) -> Difference:
        return Difference(what, found, wanted, is_output=not self._is_octets)


def lines_of(text: str) -> list[str]:
    """The lines, each with its end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


@dataclass(frozen=True, slots=True)
class Apart:
    """Where two texts differ first: how far into the one, and into the other.

    It is no ``sure`` sign where only numbers differ in a line in which something varies.
    """

    found: int
    wanted: int
    sure: bool


def _first(found: str, wanted: str, varies: bool) -> Apart:
    """The first place that differs, apart from numbers where such ``varies``."""
    if max(len(found), len(wanted)) > LONG:
        same = _same(found, wanted)
        return Apart(same, same, True)
    one, other = words_of(found), words_of(wanted)
    a = b = 0
    for x, y in zip(one, other, strict=False):
        if x != y and not (varies and x.isdigit() and y.isdigit()):
            same = _same(x, y)
            return Apart(a + same, b + same, True)
        a, b = a + len(x), b + len(y)
    if len(one) != len(other):
        return Apart(a, b, True)
    same = _same(found, wanted)
    return Apart(same, same, False)


def _same(one: str, other: str) -> int:
    """How far two texts are the same."""
    length = range(1, min(len(one), len(other)) + 1)
    return bisect_left(length, True, key=lambda n: one[:n] != other[:n])


def _octet(character: str) -> str:
    return octets_text(character.encode("latin-1"), 1)[2:-1]


def _around(text: str, at: int, escape: Escape) -> str:
    """What is around ``at`` in a text."""
    start = at - _fitting(map(escape, reversed(text[max(0, at - BEFORE) : at])), BEFORE)
    end = start + _fitting(map(escape, text[start : start + SHOWN]), SHOWN)
    shown = "".join(map(escape, text[start:end]))
    return f"{FOLD * (start > 0)}{shown}{FOLD * (end < len(text))}"


def _fitting(pieces: Iterable[str], room: int) -> int:
    """How many pieces fit there."""
    count = 0
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        count += 1
    return count
