"""The stage as pictures, for a recorded conversation: in ``screenshots/test_pictures/``."""

from __future__ import annotations

from collections.abc import Callable

import conversation
import pytest
from conversation import Recording

from sockscope.trace.history import History
from sockscope.tui.app import StageApp
from sockscope.tui.themes import LIGHT

Compare = Callable[..., bool]

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "160x48": (160, 48)}
MOMENTS = {
    "first_gate": conversation.first_gate,
    "blocked": conversation.blocked,
    "partial": conversation.partial,
    "full_buffer": conversation.full_buffer,
    "error": conversation.refused,
    "end": conversation.end,
}


def app_at(moment: Callable[[], Recording], **options: str) -> StageApp:
    return StageApp(History(moment().events), title="server.py · client.py", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_stage(snap_compare: Compare, moment: str, size: str) -> None:
    assert snap_compare(app_at(MOMENTS[moment]), terminal_size=SIZES[size])


@pytest.mark.parametrize("size", SIZES)
def test_light(snap_compare: Compare, size: str) -> None:
    app = app_at(conversation.partial, theme=LIGHT.name)
    assert snap_compare(app, terminal_size=SIZES[size])


@pytest.mark.parametrize("size", SIZES)
def test_no_color(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_at(conversation.partial), terminal_size=SIZES[size])


@pytest.mark.parametrize("tab", ["kernel", "client", "timeline"])
def test_tabs(snap_compare: Compare, tab: str) -> None:
    count = ["server", "kernel", "client", "timeline"].index(tab) + 1
    assert snap_compare(app_at(conversation.partial), press=["tab"] * count)


@pytest.mark.parametrize("key", ["question_mark", "i", "g", "left"])
def test_keys(snap_compare: Compare, key: str) -> None:
    assert snap_compare(app_at(conversation.partial), press=[key], terminal_size=(120, 40))
