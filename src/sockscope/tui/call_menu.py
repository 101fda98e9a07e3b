"""The menu of calls for one process and one of its sockets; each line is a button."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from sockscope.trace.menu import Menu
from sockscope.trace.state import Process

from .frame import set_titles
from .line_view import LineView
from .menu_text import EDITS, MenuLine, menu_lines
from .text import data
from .themes import tracee_style


class CallMenu(LineView, can_focus=False):
    """A key, a click or Enter makes one of its calls; the first line is the next sensible one."""

    class Pressed(Message):
        """Somebody clicked a line; ``edit`` where the arguments are to be asked for."""

        def __init__(self, line: MenuLine, *, edit: bool) -> None:
            super().__init__()
            self.line = line
            self.edit = edit

    at: reactive[int] = reactive(0, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._menu = Menu("", None)
        self._process: Process | None = None
        self._lines: list[MenuLine] = []

    def show(self, menu: Menu, process: Process | None, where: str) -> None:
        """Show what can be called; ``where`` names the socket."""
        if (menu.proc, menu.fd) != (self._menu.proc, self._menu.fd):
            self.at = 0
        self._menu, self._process = menu, process
        style = tracee_style(process.order) if process else ""
        self._title = Content.assemble(data(menu.proc or "menu", style), " ", data(where))
        self._rebuild()

    def on_resize(self) -> None:
        self._rebuild()

    def watch_at(self) -> None:
        self._rebuild()

    def _rebuild(self) -> None:
        if self._process is None and not self._menu.proc:
            return
        self._lines = menu_lines(self._menu, self._process, self.line_width - 1)
        self._buttons = [y for y, line in enumerate(self._lines) if line.action]
        set_titles(self, self._title, Content.styled(self._note, "italic"))
        self.set_line_count(len(self._lines))
        self._keep_in_sight()

    @property
    def chosen(self) -> MenuLine | None:
        """The line that is chosen; the first one that does something, to begin with."""
        return self._lines[self._buttons[self._index]] if self._lines and self._buttons else None

    @property
    def _index(self) -> int:
        return max(0, min(self.at, len(self._buttons) - 1))

    @property
    def _note(self) -> str:
        return self.chosen.note if self.chosen else ""

    def choose(self, step: int) -> None:
        """Choose the line above (-1) or below (1)."""
        if self._lines:
            self.at = max(0, min(self._index + step, len(self._buttons) - 1))

    def _keep_in_sight(self) -> None:
        if not self._buttons or not self.size.height:
            return
        y, top, height = self._buttons[self._index], self.scroll_offset.y, self.size.height
        if y < top or self._index == 0:
            self.scroll_to(y=0 if self._index == 0 else y, animate=False, force=True)
        elif y >= top + height:
            self.scroll_to(y=y + 1 - height, animate=False, force=True)

    def line(self, y: int) -> Content:
        chosen = bool(self._buttons) and y == self._buttons[self._index]
        whole = Content.styled("▸" if chosen else " ", "bold $line-on") + self._lines[y].content
        if not chosen:
            return whole
        return whole.truncate(self.line_width, ellipsis=True, pad=True).stylize_before("on $here")

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        y = offset.y + self.scroll_offset.y if offset is not None else -1
        if offset is not None and 0 <= y < len(self._lines) and self._lines[y].action:
            line = self._lines[y]
            at_its_end = offset.x >= self.line_width - len(EDITS) - 1
            self.post_message(self.Pressed(line, edit=line.can_edit and at_its_end))
