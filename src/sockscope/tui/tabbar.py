"""The names of the panels in one line, where not all of them fit side by side."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from .text import printable
from .views import LABELS


class TabBar(Widget):
    """Tabs that are chosen by Tab or by a click."""

    class Chosen(Message):
        """Somebody clicked a tab."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    tabs: reactive[tuple[str, ...]] = reactive(())
    shown: reactive[frozenset[str]] = reactive(frozenset())

    def render(self) -> Content:
        """The tabs; those in sight are marked with brackets and a colour."""
        parts: list[tuple[str, str]] = []
        for view in self.tabs:
            here = view in self.shown
            parts.append((_label(view, here), "bold $line-on on $here" if here else "$quiet"))
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        x = event.x
        for view in self.tabs:
            x -= cell_len(_label(view, True))
            if x < 0:
                self.post_message(self.Chosen(view))
                return


def _label(view: str, here: bool) -> str:
    name = LABELS.get(view) or printable(view)
    return f" ▸{name} " if here else f"  {name} "
