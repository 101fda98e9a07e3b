"""The caption of a demo: where it is, and what to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from .text import at_most, data

_MARKED: Final = re.compile(
    r"(?P<fence>`+) ?(?P<code>.+?) ?(?P=fence)|\*{1,2}(?P<strong>.+?)\*{1,2}"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """What the caption shows."""

    number: int = 1
    of: int = 1
    title: str = ""
    text: str = ""
    state: str = ""


class DemoCaption(Widget):
    """A title, and at most as many lines of text as there is room for."""

    saying: reactive[Saying] = reactive(Saying())

    def render(self) -> Content:
        """The title with what the demo is doing, and the caption."""
        width, height = max(1, self.size.width), max(1, self.size.height)
        saying = self.saying
        head = Content.assemble(
            (f"{saying.number}/{saying.of} ", "bold $line-on"),
            (saying.title, "bold"),
            (f"  {saying.state}", "$quiet"),
        )
        text = prose(saying.text).wrap(width)
        return Content("\n").join([head, *at_most(height - 1, list(text), width)])


def prose(text: str) -> Content:
    """Text with code spans and stressed words; it may hold anything else."""
    return Content.assemble(*_pieces(" ".join(text.split())))


def _pieces(text: str) -> Iterator[Content | tuple[str, str]]:
    at = 0
    for match in _MARKED.finditer(text):
        yield data(text[at : match.start()])
        if match["code"] is not None:
            yield data(match["code"], "bold $code-name")
        else:
            yield data(match["strong"], "bold")
        at = match.end()
    yield data(text[at:])
