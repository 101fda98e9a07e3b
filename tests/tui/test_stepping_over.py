"""Stepping over what a library does, and into it: keys, footer, and what is told."""

from __future__ import annotations

import asyncio
import textwrap
from pathlib import Path

from scripted import ScriptedDriver
from textual.pilot import Pilot

from running import DEADLINE
from sockscope.tracer.programs import Program
from sockscope.tracer.session import Session
from sockscope.tui.actions import hints
from sockscope.tui.app import StageApp

WIDE = (120, 40)
CONNECT = """
    import socket
    from http.client import HTTPConnection
    listener = socket.create_server(("127.0.0.1", 0))
    far = HTTPConnection(*listener.getsockname())
    listener.settimeout(9)
    far.connect()
    far.request("GET", "/")
"""


async def press(app: StageApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()


def at_gate(app: StageApp) -> tuple[str, str | None]:
    call = app.history.latest.processes["one"].pending
    assert call is not None
    return call.name, call.within


def footer(app: StageApp) -> set[str]:
    return {hint.label for hint in hints(app.stage.situation, 120)}


async def test_space_steps_over_and_e_steps_into(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(textwrap.dedent(CONNECT))
    app = StageApp(make_driver=lambda: Session([Program("one", str(path))], every_call=False))
    async with app.run_test(size=WIDE) as pilot:
        async with asyncio.timeout(DEADLINE):
            while not app.history.latest.processes or not app.history.latest.processes["one"].open:
                await pilot.pause(0.02)
        while at_gate(app)[0] != "settimeout":
            await press(app, pilot, "space")
        assert "into" not in footer(app)
        await press(app, pilot, "e")  # there is nothing to go into: it says so
        assert at_gate(app)[0] == "settimeout"
        await press(app, pilot, "space")
        assert at_gate(app) == ("socket", "connect")
        assert "into" in footer(app)
        assert "in connect()" in str(app.stage.left.border_subtitle)
        await press(app, pilot, "e")
        assert at_gate(app) == ("connect", "connect")
        await press(app, pilot, "space")
        assert at_gate(app) == ("send", "request")
        assert [call.name for call in app.history.latest.calls][-2:] == ["connect", "setsockopt"]


async def test_a_switch_stops_at_every_call_again() -> None:
    driver = ScriptedDriver()
    app = StageApp(make_driver=lambda: driver)
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "E", "E")
        assert driver.asked == [("set_every_call", True), ("set_every_call", False)]
        await press(app, pilot, "E", "ctrl+r")
        assert driver.asked[-1] == ("set_every_call", True)
