"""The panel between the programs: what the kernel holds for them."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from sockscope.trace.state import Fd

from .frame import set_titles
from .kernel_text import KernelLine, Look, Memory, kernel_lines, marked, rows_of
from .line_view import LineView
from .scene import NOTHING, Scene
from .text import data


class KernelPanel(LineView):
    """A list of sockets, one of which is chosen for a closer look.

    With ``marks_always`` it is marked, and kept in sight, also while the panel has no focus.
    ``wanted`` holds words: only the sockets of which all of them are said are shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Socket above", show=False),
        Binding("down", "choose(1)", "Socket below", show=False),
    ]

    class WaitsPressed(Message):
        """Somebody clicked the drawing of who waits for whom."""

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    chosen: reactive[Fd | None] = reactive(None, repaint=False)

    wanted: reactive[str] = reactive("", repaint=False)

    def __init__(self, id: str | None = None, *, marks_always: bool = False) -> None:
        super().__init__(id=id)
        self.border_title = Content("kernel")
        self._marks_always = marks_always
        self._lines: list[KernelLine] = []
        self._rows: dict[Fd, tuple[int, int]] = {}
        self._memory: Memory = {}
        self._memory_width = 0
        self._has_deadlock = False

    def watch_scene(self) -> None:
        self._rebuild()

    def watch_chosen(self) -> None:
        self.refresh_changed()
        if self._marks_always and self.chosen is not None:
            self._show(self.chosen)

    def watch_wanted(self) -> None:
        title = f"kernel · only {self.wanted}" if self.wanted else "kernel"
        set_titles(self, data(title), Content("/ changes it") if self.wanted else None)
        self._rebuild()

    def on_resize(self) -> None:
        self._rebuild()

    def _rebuild(self) -> None:
        sockets, look = self.scene.state.sockets, Look(self.line_width, self.wanted)
        if look.width != self._memory_width:
            self._memory, self._memory_width = {}, look.width
        self._memory = {key: lines for key, lines in self._memory.items() if key in sockets}
        had_deadlock = self._has_deadlock
        self._has_deadlock = bool(self.scene.state.deadlock)
        self._lines = kernel_lines(self.scene, look, self.size.height, self._memory)
        self._rows = rows_of(self._lines)
        self.set_line_count(len(self._lines))
        if self._has_deadlock and not had_deadlock:
            self.scroll_to(y=0, animate=False)

    def on_focus(self) -> None:
        if self.chosen not in self.scene.state.sockets:
            self.chosen = next(iter(self.sockets), None)
        self.refresh_changed()

    def on_blur(self) -> None:
        self.refresh_changed()

    @property
    def sockets(self) -> list[Fd]:
        """The sockets from top to bottom."""
        return list(self._rows)

    def action_choose(self, step: int) -> None:
        sockets = self.sockets
        if not sockets:
            return
        index = sockets.index(self.chosen) + step if self.chosen in sockets else 0
        self.chosen = sockets[max(0, min(index, len(sockets) - 1))]
        self._show(self.chosen)

    def _show(self, key: Fd) -> None:
        if key not in self._rows or (self._has_deadlock and not self.has_focus):
            return
        first, last = self._rows[key]
        if first < self.scroll_offset.y:
            self.scroll_to(y=max(0, first - 1), animate=False)
        elif last >= self.scroll_offset.y + self.size.height:
            self.scroll_to(y=last + 1 - self.size.height, animate=False)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + self.scroll_offset.y
        if y < len(self._lines) and self._lines[y].draws:
            self.post_message(self.WaitsPressed())
        elif y < len(self._lines) and self._lines[y].socket:
            self.chosen = self._lines[y].socket

    def line(self, y: int) -> Content:
        line = self._lines[y]
        is_chosen = line.socket is not None and line.socket == self.chosen
        is_marked = is_chosen and (self.has_focus or self._marks_always)
        return marked(line) if is_marked else line.content
