"""The explorer's caption: how to begin, and what the next call of the conversation would be."""

from __future__ import annotations

from textual.content import Content

from sockscope.trace.suggestion import suggested

from .caption import Caption
from .menu_text import call_source
from .text import data
from .themes import tracee_style


class ExploreCaption(Caption):
    """Names the call that ``space`` would make before what each process does."""

    WELCOME = (
        "Two processes without sockets.  space makes the next call of a conversation; or choose "
        "a process (1, 2) and press the key of any call in the menu.  Enter changes arguments."
    )

    def _pending_lines(self) -> list[Content]:
        lines = [line.truncate(self.size.width, ellipsis=True) for line in self._suggestion()]
        return [*lines, *super()._pending_lines()]

    def _pending_line(self) -> Content:
        parts = [*self._suggestion(), super()._pending_line()]
        return Content("  ").join(parts).truncate(self.size.width, ellipsis=True)

    def _suggestion(self) -> list[Content]:
        scene = self.scene
        made = suggested(scene.state) if scene.live else None
        if made is None:
            return []
        style = tracee_style(scene.order(made.proc))
        key = ("space ", "bold $line-on")
        return [Content.assemble(key, data(made.proc, style), " ", data(call_source(made)))]
