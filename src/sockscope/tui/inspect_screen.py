"""A closer look at one socket: where every number came from."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sockscope.trace.state import Fd, State

from .inspect_text import Fact, facts
from .text import printable

ONE_LINE = 116
"""Columns of the terminal from which a fact takes one line."""


class InspectScreen(ModalScreen[None]):
    """The sockets of one position; left and right go from one to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,i,q,enter", "dismiss", "Close", show=False),
        Binding("left", "turn(-1)", "Socket before", show=False),
        Binding("right", "turn(1)", "Next socket", show=False),
    ]

    def __init__(self, state: State, key: Fd) -> None:
        super().__init__()
        self._state = state
        self._keys = sorted(state.sockets)
        self._index = self._keys.index(key)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog inspect"):
            yield Static(markup=False)

    def on_resize(self) -> None:
        self._show()

    def action_turn(self, step: int) -> None:
        self._index = (self._index + step) % len(self._keys)
        self._show()

    def _show(self) -> None:
        proc, fd = self._keys[self._index]
        dialog = self.query_one(".dialog")
        dialog.border_title = Content(f"{printable(proc)} fd {fd}")
        dialog.border_subtitle = f"socket {self._index + 1} of {len(self._keys)} ← → · Esc closes"
        known = facts(self._state, self._state.sockets[(proc, fd)])
        lines = [fact_line(fact, self.size.width) for fact in known]
        self.query_one(Static).update(Content("\n").join(lines))


def fact_line(fact: Fact, width: int) -> Content:
    """A fact's name, its value and its source, which takes a line of its own if narrow."""
    mark = "≈ " if fact.inferred else "  "
    value = fact.value if width < ONE_LINE else fact.value.ljust(28) + " "
    source = fact.source if width >= ONE_LINE else f"\n      {fact.source}"
    return Content.assemble(
        (mark, "bold $warning"),
        (f"{fact.name:<26} ", ""),
        (value, "bold"),
        (source, "italic $warning" if fact.inferred else "italic $quiet"),
    )
