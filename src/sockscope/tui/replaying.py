"""The right stage for a saved trace."""

from __future__ import annotations

from collections.abc import Sequence

from sockscope.trace.events import Event, Ordered
from sockscope.trace.history import History

from .app import StageApp
from .themes import DARK


def app_for(events: Sequence[Event], *, title: str, theme: str = DARK.name) -> StageApp:
    """An explorer's session opens in the explorer, where it can also be run again."""
    if any(isinstance(event, Ordered) for event in events):
        from .explore_app import ExploreApp  # slow to load, and seldom needed

        return ExploreApp(History(events), title=title, theme=theme)
    return StageApp(History(events), title=title, theme=theme)
