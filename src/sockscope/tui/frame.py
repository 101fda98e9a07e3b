"""What stands in the border of a panel."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


def set_titles(panel: Widget, title: Content, subtitle: Content | None = None) -> None:
    """Set the words above and below; the panel is drawn anew only where they changed."""
    below = subtitle or Content("")
    if panel.border_title != title.markup:
        panel.border_title = title
    if (panel.border_subtitle or "") != below.markup:
        panel.border_subtitle = below
