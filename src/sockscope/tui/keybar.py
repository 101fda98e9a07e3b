"""The footer: the keys that do something now; each is a button for the mouse too."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from .actions import Action, Hint, Situation, hints
from .text import printable


class KeyBar(Widget):
    """One line made from the table of actions."""

    class Pressed(Message):
        """Somebody clicked a hint."""

        def __init__(self, hint: Hint) -> None:
            super().__init__()
            self.hint = hint

    situation: reactive[Situation] = reactive(Situation())

    def __init__(self, actions: Sequence[Action], id: str | None = None) -> None:
        super().__init__(id=id)
        self._actions = actions

    @property
    def _hints(self) -> list[Hint]:
        return hints(self.situation, self.size.width, self._actions)

    def render(self) -> Content:
        """The hints that fit."""
        parts: list[tuple[str, str]] = []
        for hint in self._hints:
            parts += [(f" {hint.key}", "bold $line-on"), (f" {printable(hint.label)} ", "")]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        x = event.x
        for hint in self._hints:
            x -= cell_len(f" {hint.key} {printable(hint.label)} ")
            if x < 0:
                self.post_message(self.Pressed(hint))
                return
