"""What a line should be like, given that line in several runs."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

LONG: Final = 10_000
"""Characters of a line, within which what varies is looked for word by word."""


class Line(Protocol):
    """What a line should be like, and whether something in it ``varies``."""

    @property
    def varies(self) -> bool: ...

    def fits(self, line: str) -> bool:
        """Whether ``line`` is like that."""


def alike(lines: Sequence[str]) -> Line:
    """All of these lines: what they have in common, and holes between.

    Of long ones only the begin and the end can be in common.
    """
    if len(set(lines)) == 1:
        return _Exactly(lines[0])
    if max(map(len, lines)) > LONG:
        begin = _begin_of(lines)
        return _Between(begin, _begin_of([line[len(begin) :][::-1] for line in lines])[::-1])
    kept: list[str | None] = list(words_of(lines[0]))
    for line in set(lines[1:]) - {lines[0]}:
        kept = list(_in_common(kept, words_of(line)))
    parts = (".*?" if word is None else re.escape(word) for word in kept)
    return _Pattern(re.compile("".join(parts), re.DOTALL))


@dataclass(frozen=True, slots=True)
class _Exactly:
    line: str

    @property
    def varies(self) -> bool:
        return False

    def fits(self, line: str) -> bool:
        return line == self.line


@dataclass(frozen=True, slots=True)
class _Between:
    begin: str
    end: str

    @property
    def varies(self) -> bool:
        return True

    def fits(self, line: str) -> bool:
        is_long_enough = len(line) >= len(self.begin) + len(self.end)
        return is_long_enough and line.startswith(self.begin) and line.endswith(self.end)


@dataclass(frozen=True, slots=True)
class _Pattern:
    pattern: re.Pattern[str]

    @property
    def varies(self) -> bool:
        return True

    def fits(self, line: str) -> bool:
        return self.pattern.fullmatch(line) is not None


def words_of(line: str) -> list[str]:
    """A text in words and what is between them."""
    return re.findall(r"\w+|\W", line)


def _begin_of(lines: Sequence[str]) -> str:
    """The characters with which all begin."""
    return os.path.commonprefix(lines)  # noqa: RUF071  # no paths: characters are meant


def _in_common(kept: list[str | None], other: Sequence[str]) -> Iterator[str | None]:
    matcher = difflib.SequenceMatcher(None, kept, other, autojunk=False)
    for tag, a, b, _, _ in matcher.get_opcodes():
        if tag == "equal":
            yield from kept[a:b]
        else:
            yield None
