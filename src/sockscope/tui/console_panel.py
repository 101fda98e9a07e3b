"""One console: the program that its calls amount to, growing by a line with each order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast, overload

from textual.content import Content

from sockscope.trace.script import Line
from sockscope.trace.state import Process

from .source_panel import SourcePanel
from .source_text import code_lines

if TYPE_CHECKING:
    from .explore_app import ExploreApp


class ScriptLines(Sequence[Content]):
    """The first ``length`` lines of a script; each is coloured when it is looked at."""

    def __init__(self, lines: Sequence[Line], length: int) -> None:
        self._lines = lines
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Content: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Content]: ...

    def __getitem__(self, index: int | slice) -> Content | Sequence[Content]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        return _coloured(self._lines[index].text[:LONGEST])


LONGEST = 1000
"""Characters of a line that are drawn."""


@lru_cache(maxsize=512)
def _coloured(text: str) -> Content:
    return Content("").join(code_lines(text))


class ConsolePanel(SourcePanel):
    """Shows the script instead of a file; its last line is the call that was made last."""

    def text_of(self, process: Process) -> tuple[Sequence[Content], int | None]:
        program = cast("ExploreApp", self.app).scripts.programs.get(process.name)
        if program is None:
            return (), None
        length = program.length(self.scene.state.n)
        return ScriptLines(program.lines, length), length or None
