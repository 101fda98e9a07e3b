"""At 80 x 24 one panel is in sight, and with it always the bytes and every pending call."""

from __future__ import annotations

import conversation
import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from sockscope.trace.history import History
from sockscope.trace.state import Process
from sockscope.tui.app import StageApp

NARROW = (80, 24)


def replay() -> StageApp:
    return StageApp(History(conversation.end().events))


def text(widget: Widget) -> list[str]:
    """What a widget draws, line by line."""
    return [strip.text for strip in widget.render_lines(widget.outer_size.region)]


def panels(app: StageApp) -> list[Widget]:
    """What stands on the stage itself, or in one of its rows."""
    return [
        widget
        for widget in app.stage.query("#status, #tabs, #top > *, #stream, #caption, #keys")
        if widget.display
    ]


def expected(process: Process) -> str:
    if process.exited:
        return "exited"
    return process.pending.name if process.pending else "running"


def check(app: StageApp) -> None:
    stage, screen = app.stage, app.screen.region
    shown = panels(app)
    assert stage.stream in shown
    assert stage.stream.region in screen
    overlapping = [
        (one, other)
        for number, one in enumerate(shown)
        for other in shown[number + 1 :]
        if one.region.overlaps(other.region)
    ]
    assert not overlapping
    assert "byte stream" in text(stage.stream)[0]
    pending = text(stage.caption)[0]
    for process in stage.scene.state.processes.values():
        assert f"{process.name} " in pending
        assert expected(process) in pending


async def each_view(app: StageApp, pilot: Pilot[None]) -> None:
    for view in app.stage.views:
        app.stage.show_view(view)
        await pilot.pause()
        check(app)


async def test_bytes_and_pending_calls_are_in_sight_at_every_moment() -> None:
    app = replay()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        while app.stage.scene.stop > 1:
            check(app)
            await pilot.press("left")
        check(app)


@pytest.mark.parametrize("keys", [[], ["left"] * 4, ["home"]], ids=["end", "amid", "beginning"])
async def test_bytes_and_pending_calls_are_in_sight_in_every_view(keys: list[str]) -> None:
    app = replay()
    async with app.run_test(size=NARROW) as pilot:
        for key in keys:
            await pilot.press(key)
        await each_view(app, pilot)


async def test_the_octets_themselves_are_in_sight() -> None:
    app = StageApp(History(conversation.partial().events))
    async with app.run_test(size=NARROW) as pilot:
        await each_view(app, pilot)
        assert any("H  i  ␣  t  h  e" in line for line in text(app.stage.stream))
        assert any("6 of 16" in line for line in text(app.stage.stream))
