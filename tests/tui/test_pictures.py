"""Pictures of what keys bring up, over a recorded conversation."""

from __future__ import annotations

from collections.abc import Callable

import conversation
import pytest

from sockscope.trace.history import History
from sockscope.tui.app import StageApp

Compare = Callable[..., bool]


SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


def replay(recording: conversation.Recording | None = None) -> StageApp:
    events = (recording or conversation.partial()).events
    return StageApp(History(events), title="server.py · client.py")


@pytest.mark.parametrize("tab", ["kernel", "client", "timeline"])
def test_tabs(snap_compare: Compare, tab: str) -> None:
    count = ["server", "kernel", "client", "timeline"].index(tab) + 1
    assert snap_compare(replay(), press=["tab"] * count)


@pytest.mark.parametrize("key", ["question_mark", "i", "g", "left"])
def test_keys(snap_compare: Compare, key: str) -> None:
    assert snap_compare(replay(), press=[key], terminal_size=(120, 40))


@pytest.mark.parametrize("size", SIZES)
def test_stopped(snap_compare: Compare, size: str) -> None:
    assert snap_compare(replay(conversation.stopped()), terminal_size=SIZES[size])
