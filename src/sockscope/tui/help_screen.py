"""The help: every action, and how to read the byte stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from .actions import Action
from .stream_draw import GLYPHS, WORDS

INTRODUCTION = (
    "Real programs, stopped before each socket call.  You say which of them goes on; the "
    "kernel's answer is shown as it is.  Nothing is simulated."
)
READING = (
    "In the byte stream, brackets above show which call sent the bytes, brackets below which "
    "call received them, and each byte shows where it is now:"
)


class HelpScreen(ModalScreen[None]):
    """Made from the table of actions; ``reading`` tells how to read the byte stream."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", show=False)
    ]

    def __init__(
        self,
        actions: Sequence[Action],
        introduction: str = INTRODUCTION,
        *,
        reading: bool = True,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._introduction = introduction
        self._actions = actions

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "help"
            dialog.border_subtitle = "↑ ↓ more · Esc closes"
            yield Static(Content(self._introduction), classes="prose")
            yield Static(Content("\n").join(map(action_line, self._actions)))
            if self._reading:
                yield Static(Content(READING), classes="prose")
                yield Static(glyph_lines())


def action_line(action: Action) -> Content:
    """One action of the table."""
    return Content.assemble((f"{action.key_label:>9}  ", "bold $line-on"), action.help)


def glyph_lines() -> Content:
    """What the glyphs of the byte stream mean."""
    return Content("\n").join(
        Content.assemble((f"{glyph * 3:>9}  ", f"$place-{place.value}"), WORDS[place])
        for place, glyph in GLYPHS.items()
    )
