"""The line at the top: what is looked at, and whether it is now or earlier."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from .scene import NOTHING, Scene
from .text import printable


class StatusLine(Widget):
    """One line: the title at the left, the place in time at the right."""

    scene: reactive[Scene] = reactive(NOTHING)

    def __init__(self, title: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = printable(title)

    def render(self) -> Content:
        """The line, filled to the width."""
        left = Content.assemble((" sockscope ", "bold $primary"), (self._title, ""))
        right = self._deadlock() + self._place()
        room = max(0, self.size.width - right.cell_length)
        return left.truncate(room, ellipsis=True, pad=True) + right

    def _deadlock(self) -> Content:
        if not self.scene.state.deadlock:
            return Content("")
        return Content.styled(" ✖ DEADLOCK ", "bold $error reverse")

    def _place(self) -> Content:
        scene = self.scene
        where = f"{scene.stop} of {scene.stops}"
        if scene.past:
            word = "REPLAY · PAST" if scene.replay else "◀ PAST"
            return Content.assemble((f" {word} {where} ", "bold $place-text on $place-waiting"))
        if scene.replay:
            return Content.assemble(
                (f" REPLAY · END {where} ", "bold $place-text on $place-flight")
            )
        return Content.assemble((f" ● LIVE {where} ", "bold $place-text on $place-read"))
