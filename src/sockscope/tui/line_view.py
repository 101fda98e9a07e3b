"""The base of the panels: a scrolling list of lines of which only the visible are drawn."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

BLANK: Final = Content("")
"""What stands below the last line."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws ``line(y)`` for each visible y; a subclass says how many lines there are."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn: dict[int, Content] = {}

    def line(self, y: int) -> Content:
        """Line ``y`` of the whole, counting from 0."""
        raise NotImplementedError

    def set_line_count(self, count: int) -> None:
        """Say how many lines there are, and draw those in sight that are not as they were.

        The scrollbar keeps its column, so nothing else moves when the number changes; plain
        assignment would lay out the whole screen all the same, which costs more than a step.
        """
        self.set_reactive(LineView.virtual_size, Size(0, count))
        self.vertical_scrollbar.window_virtual_size = count
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
        self.refresh_changed()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The scrollbar follows also before it is first shown, when its base leaves it behind."""
        super().watch_scroll_y(old_value, new_value)
        self.vertical_scrollbar.position = new_value

    def refresh_changed(self) -> None:
        """Draw the lines in sight that are not as they were drawn last."""
        width, height = self.size
        changed = [y for y in range(height) if not self._is_drawn(y)]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _is_drawn(self, y: int) -> bool:
        drawn = self._drawn.get(y)
        return drawn is not None and drawn.is_same(self._in_sight(y))

    def _in_sight(self, y: int) -> Content:
        index = y + self.scroll_offset.y
        return self.line(index) if index < self.virtual_size.height else BLANK

    @property
    def line_width(self) -> int:
        """Columns for a line."""
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        """Line API: one visible line, cut to the width."""
        content = self._drawn[y] = self._in_sight(y)
        width = self.line_width
        strips = Visual.to_strips(self, content, width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)
