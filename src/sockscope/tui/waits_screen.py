"""Who waits for whom at one position: the verdict, the chain in words, and its picture."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from .scene import Scene
from .waits_text import all_sentences, best_drawing, verdict_line

WIDTH, FRAME = 84, 7
"""Columns of the dialog, and of its border, padding and scrollbar."""


class WaitsScreen(ModalScreen[None]):
    """What every blocked call of a scene waits for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w,y,q,enter", "dismiss", "Close", show=False),
    ]

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self._scene = scene

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "who waits for whom"
            dialog.border_subtitle = "↑ ↓ scroll · Esc closes"
            yield Static(markup=False)

    def on_resize(self) -> None:
        width = max(1, min(WIDTH, int(self.size.width * 0.96)) - FRAME)
        state = self._scene.state
        words = [verdict_line(state), *all_sentences(state)]
        lines = [line for part in words for line in part.wrap(width)]
        room = int(self.size.height * 0.92) - len(lines) - 3
        picture = best_drawing(self._scene, width, room)
        self.query_one(Static).update(Content("\n").join([*lines, Content(""), *picture]))
