"""The panel between the programs: what the kernel holds for them."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from sockscope.trace.state import Fd

from .kernel_text import KernelLine, kernel_lines
from .line_view import LineView
from .scene import NOTHING, Scene


class KernelPanel(LineView):
    """A list of sockets, one of which is chosen for a closer look."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Socket above", show=False),
        Binding("down", "choose(1)", "Socket below", show=False),
    ]

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    chosen: reactive[Fd | None] = reactive(None, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content("kernel")
        self._lines: list[KernelLine] = []

    def watch_scene(self) -> None:
        self._rebuild()

    def watch_chosen(self) -> None:
        self._rebuild()

    def on_resize(self) -> None:
        self._rebuild()

    def _rebuild(self) -> None:
        marked = self.chosen if self.has_focus else None
        self._lines = kernel_lines(self.scene, self.line_width, self.size.height, marked)
        self.set_line_count(len(self._lines))

    def on_focus(self) -> None:
        if self.chosen not in self.scene.state.sockets:
            self.chosen = next(iter(self.sockets), None)
        self._rebuild()

    def on_blur(self) -> None:
        self._rebuild()

    @property
    def sockets(self) -> list[Fd]:
        """The sockets from top to bottom."""
        return list(dict.fromkeys(line.socket for line in self._lines if line.socket))

    def action_choose(self, step: int) -> None:
        sockets = self.sockets
        if not sockets:
            return
        index = sockets.index(self.chosen) + step if self.chosen in sockets else 0
        self.chosen = sockets[max(0, min(index, len(sockets) - 1))]
        self._show(self.chosen)

    def _show(self, key: Fd) -> None:
        rows = [y for y, line in enumerate(self._lines) if line.socket == key]
        if rows[0] < self.scroll_offset.y:
            self.scroll_to(y=max(0, rows[0] - 1), animate=False)
        elif rows[-1] >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=rows[-1] + 1 - self.size.height, animate=False)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + self.scroll_offset.y
        if y < len(self._lines) and self._lines[y].socket:
            self.chosen = self._lines[y].socket

    def line(self, y: int) -> Content:
        return self._lines[y].content
