"""The base of the panels: a scrolling list of lines of which only the visible are drawn."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws ``line(y)`` for each visible y; a subclass says how many lines there are."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]

    def line(self, y: int) -> Content:
        """Line ``y`` of the whole, counting from 0."""
        raise NotImplementedError

    def set_line_count(self, count: int) -> None:
        """Say how many lines there are, and draw anew."""
        self.virtual_size = Size(0, count)
        self.refresh()

    @property
    def line_width(self) -> int:
        """Columns for a line."""
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        """Line API: one visible line."""
        index = y + self.scroll_offset.y
        if not 0 <= index < self.virtual_size.height:
            return Strip.blank(self.size.width, self.rich_style)
        return self.to_strip(self.line(index))

    def to_strip(self, content: Content) -> Strip:
        """One line of content, cut to the width."""
        width = self.line_width
        strips = Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)
