"""The threads of a program, one a line; a click chooses the one whose call is stepped."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class ThreadList(Static):
    """As high as it has lines."""

    class Chosen(Message):
        """Somebody clicked a thread."""

        def __init__(self, proc: str, thread: str) -> None:
            super().__init__()
            self.proc = proc
            self.thread = thread

    def __init__(self) -> None:
        super().__init__(classes="facts", markup=False)
        self._proc = ""
        self._lines: Sequence[tuple[str, Content]] = ()

    def show(self, proc: str, lines: Sequence[tuple[str, Content]]) -> None:
        """Show threads with their names; the screen is laid out anew only for another height."""
        before = self._lines
        self._proc, self._lines = proc, lines
        is_same = (new.is_same(old) for (_, new), (_, old) in zip(lines, before, strict=False))
        if len(lines) == len(before) and all(is_same):
            return
        self.styles.height = len(lines)
        self.update(Content("\n").join([line for _, line in lines]), layout=False)

    def on_click(self, event: events.Click) -> None:
        if event.y < len(self._lines):
            self.post_message(self.Chosen(self._proc, self._lines[event.y][0]))
