"""The timeline: every call that was made, one row each, and those still open."""

from __future__ import annotations

from bisect import bisect_right
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from sockscope.trace.state import Call
from sockscope.trace.words import counted

from .frame import set_titles
from .line_view import LineView
from .scene import NOTHING, Scene
from .timeline_text import Columns, columns_for, row

LONGEST_NAME = 10


class Timeline(LineView):
    """A list that draws only what is in sight, however long the trace is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Call before", show=False),
        Binding("down", "move(1)", "Call after", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("enter", "go", "Go to this call", show=False),
    ]

    class Chosen(Message):
        """Somebody wants to see the state after this call."""

        def __init__(self, call: Call) -> None:
            super().__init__()
            self.call = call

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    cursor: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._open: list[Call] = []
        self._columns = Columns(2, 6, 20, 20, 0)
        self._shown_last = -1
        self._told = -1

    def watch_scene(self) -> None:
        self.cursor = None
        if self.display:
            self._rebuild()
            self._keep_in_sight(self._here())

    def watch_cursor(self) -> None:
        self.refresh_changed()

    def on_resize(self) -> None:
        self._rebuild()
        self._keep_in_sight(self._here())

    def _rebuild(self) -> None:
        latest = self.scene.latest
        done = latest.calls
        self._open = [call for process in self.scene.tracees for call in process.open]
        self._open.sort(key=lambda call: call.entered)
        self._shown_last = bisect_right(done, self.scene.state.n, key=_finished) - 1
        self._told = self.scene.told
        width = self.line_width
        longest = max((len(name) for name in self.scene.names), default=6)
        self._columns = columns_for(width, min(longest, LONGEST_NAME), len(str(self.row_count)))
        set_titles(self, Content(f"timeline · {counted(len(done), 'call')}"))
        self.set_line_count(self.row_count)

    @property
    def row_count(self) -> int:
        """Rows: what is done and what is open."""
        return len(self.scene.latest.calls) + len(self._open)

    def call_at(self, y: int) -> Call:
        """The call of a row."""
        done = self.scene.latest.calls
        return done[y] if y < len(done) else self._open[y - len(done)]

    def _here(self) -> int:
        if self.scene.past:
            return max(0, self._shown_last)
        return max(0, self.row_count - 1)

    def _keep_in_sight(self, y: int) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if y < top:
            self.scroll_to(y=y, animate=False, force=True)
        elif y >= top + height:
            self.scroll_to(y=y - height + 1, animate=False, force=True)

    def action_move(self, step: int) -> None:
        here = max(0, self._shown_last) if self.cursor is None else self.cursor
        self.cursor = max(0, min(here + step, self.row_count - 1))
        self._keep_in_sight(self.cursor)

    def action_move_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_go(self) -> None:
        self._go(self._shown_last if self.cursor is None else self.cursor)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self._go(offset.y + self.scroll_offset.y)

    def _go(self, y: int) -> None:
        if 0 <= y < self.row_count:
            self.post_message(self.Chosen(self.call_at(y)))

    def line(self, y: int) -> Content:
        call = self.call_at(y)
        future = self.scene.past and (y > self._shown_last)
        mark = "▸" if y == self._told else " "
        order = self.scene.order(call.proc)
        line = row(call, y + 1, order, self._columns, mark=mark, future=future)
        chosen = y == self.cursor if self.has_focus and self.cursor is not None else mark == "▸"
        if not chosen:
            return line
        return line.truncate(self.line_width, ellipsis=True, pad=True).stylize_before("on $here")


def _finished(call: Call) -> int:
    return call.finished
