"""Text from programs, made safe to print: characters that act are written, not sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from textual.content import Content

TAB: Final = "    "
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def printable(text: str) -> str:
    """``text`` in one line; controls, separators and direction marks as escapes."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


@lru_cache(maxsize=4096)
def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def lines_of(text: str) -> list[str]:
    """The lines of a program or of its output as an editor counts them, each printable."""
    lines = _LINE_END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return [printable(line.replace("\t", TAB)) for line in lines]


def data(text: str, style: str = "") -> Content:
    """Text from a program as content: never markup, never a control."""
    return Content.styled(printable(text), style)


def at_most(count: int, lines: Sequence[Content], width: int) -> list[Content]:
    """The first ``count`` lines; an ellipsis at their end says that there are more."""
    if len(lines) <= count:
        return list(lines)
    last = Content.assemble(lines[count - 1].rstrip(), " …")
    if last.cell_length > width:
        last = lines[count - 1].truncate(max(0, width - 1)) + Content("…")
    return [*lines[: count - 1], last]


def grouped(number: int) -> str:
    """``1234567`` as ``1,234,567``."""
    return f"{number:,}"
