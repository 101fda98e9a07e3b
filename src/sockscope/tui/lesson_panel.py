"""The lesson's panel: prose, question, outcome; it scrolls and says so."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Markdown

from .frame import set_titles

MORE = Content.styled("more below: space", "italic")


class LessonPanel(VerticalScroll):
    """Shows one page at a time, from its beginning."""

    class Turned(Message):
        """Other lines of the page are in sight, or another page."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = Content("lesson")
        self.text = ""

    def compose(self) -> ComposeResult:
        yield Markdown(open_links=False)

    async def show(self, title: str, text: str) -> None:
        """Show a page.  One that only grew, by a hint, stays where it is and shows what is new."""
        grew = bool(self.text) and text.startswith(self.text)
        self._title = Content(title)
        if text != self.text:
            self.text = text
            await self.query_one(Markdown).update(text)
            if grew:
                self.call_after_refresh(self.scroll_end, animate=False)
            else:
                self.scroll_home(animate=False)
        self.call_after_refresh(self._mark)

    @property
    def has_more(self) -> bool:
        """Whether there is text below what is in sight."""
        return self.display and self.scroll_offset.y < self.max_scroll_y

    def read_on(self) -> None:
        """Scroll by what is in sight, less a line."""
        self.scroll_relative(y=max(1, self.size.height - 1), animate=False)

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._mark()

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._mark)

    def _mark(self) -> None:
        set_titles(self, self._title, MORE if self.has_more else None)
        self.post_message(self.Turned())
