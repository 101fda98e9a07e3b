"""The right stage for a saved trace."""

from __future__ import annotations

from collections.abc import Sequence

from sockscope.trace.events import Event, Ordered, ProcessStarted
from sockscope.trace.history import History

from .app import StageApp
from .themes import DARK


def app_for(events: Sequence[Event], *, title: str, theme: str = DARK.name) -> StageApp:
    """An explorer's session opens in the explorer, where it can also be run again.

    What was only watched opens as it was seen then.
    """
    if any(isinstance(event, Ordered) for event in events):
        from .explore_app import ExploreApp  # slow to load, and seldom needed

        return ExploreApp(History(events), title=title, theme=theme)
    if any(isinstance(event, ProcessStarted) and event.watched for event in events):
        from .watch_stage import WatchStage

        return StageApp(History(events), title=title, theme=theme, make_stage=WatchStage)
    return StageApp(History(events), title=title, theme=theme)
