"""Pictures of what keys bring up, over a recorded conversation."""

from __future__ import annotations

from collections.abc import Callable

import conversation
import pytest

from sockscope.trace.history import History
from sockscope.tui.app import StageApp

Compare = Callable[..., bool]


def replay() -> StageApp:
    return StageApp(History(conversation.partial().events), title="server.py · client.py")


@pytest.mark.parametrize("tab", ["kernel", "client", "timeline"])
def test_tabs(snap_compare: Compare, tab: str) -> None:
    count = ["server", "kernel", "client", "timeline"].index(tab) + 1
    assert snap_compare(replay(), press=["tab"] * count)


@pytest.mark.parametrize("key", ["question_mark", "i", "g", "left"])
def test_keys(snap_compare: Compare, key: str) -> None:
    assert snap_compare(replay(), press=[key], terminal_size=(120, 40))
