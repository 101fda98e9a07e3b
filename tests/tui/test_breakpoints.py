"""Breakpoints on the stage: they are typed in a line, and where a run stopped is told."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Callable
from pathlib import Path

import conversation
import pytest
from scripted import ScriptedDriver
from textual.pilot import Pilot
from textual.widgets import Input, Static

from running import DEADLINE
from sockscope.trace.conditions import read_breakpoint
from sockscope.trace.history import History
from sockscope.tracer.programs import Program
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp
from sockscope.tui.prompts import Prompt

WIDE = (120, 40)
TALK = """
    import socket
    a, b = socket.socketpair()
    a.send(b"Hi the")
    b.recv(16)
    print("read")
    a.send(b"re")
    b.recv(2)
"""


async def settle(app: StageApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def press(app: StageApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(app, pilot)


async def type_breakpoints(app: StageApp, pilot: Pilot[None], text: str) -> None:
    await press(app, pilot, "b")
    app.screen.query_one(Input).value = text
    await press(app, pilot, "enter")


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await pilot.pause(0.02)
    await pilot.pause()


async def test_they_are_typed_listed_and_cleared_in_one_line() -> None:
    driver = ScriptedDriver()
    app = StageApp(make_driver=lambda: driver)
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await type_breakpoints(app, pilot, 'recv < 16; server:recv == b";"')
        assert driver.asked == [("set_breakpoints", "recv < 16", 'server:recv == b";"')]
        await press(app, pilot, "b")
        assert app.screen.query_one(Input).value == 'recv < 16; server:recv == b";"'
        app.screen.query_one(Input).value = ""
        await press(app, pilot, "enter")
        assert driver.asked[-1] == ("set_breakpoints",)
        assert app.screen is app.stage


async def test_a_wrong_one_is_told_and_can_be_mended() -> None:
    driver = ScriptedDriver()
    app = StageApp(make_driver=lambda: driver)
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await type_breakpoints(app, pilot, "[red]sever[/red]:recv")
        await type_breakpoints(app, pilot, "sever:recv")
        assert isinstance(app.screen, Prompt)
        note = str(app.screen.query_one("#note", Static).render())
        assert "no program is called 'sever': write server" in note
        assert driver.asked == []
        await press(app, pilot, "escape")
        assert app.screen is app.stage


async def test_a_saved_trace_has_nowhere_to_stop() -> None:
    app = StageApp(History(conversation.end().events))
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "b")
        assert app.screen is app.stage


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_where_it_stopped_is_told(size: tuple[int, int]) -> None:
    app = StageApp(History(conversation.stopped().events))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        caption = " ".join(app.stage.caption.render().plain.split())
        assert "stopped: recv gave 6 of 16 (recv < 16)" in caption
        assert "server stopped after recv(16)" in caption
        assert app.stage.scene.state.calls[app.stage.scene.told].proc == "server"
        assert app.stage.left.proc == "server"


async def test_a_run_stops_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "talk.py"
    path.write_text(textwrap.dedent(TALK))
    first = read_breakpoint("recv < 16", ["talk"])
    app = StageApp(make_driver=lambda: Session([Program("talk", str(path))]), breakpoints=[first])

    def calls() -> list[str]:
        return [call.name for call in app.history.latest.calls]

    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.history.latest.stopped)
        assert calls() == ["socketpair", "send", "recv"]
        assert not app.history.latest.processes["talk"].output
        await settle(app, pilot)
        await press(app, pilot, "space")
        assert app.history.latest.processes["talk"].output
        assert calls() == ["socketpair", "send", "recv"]
        await type_breakpoints(app, pilot, "send")
        await pilot.press("R")
        await until(pilot, lambda: app.history.latest.processes["talk"].exited)
        await settle(app, pilot)
        assert "no call met send" in str([n.message for n in app._notifications])
        await press(app, pilot, "ctrl+r")
        await until(pilot, lambda: app.history.latest.stopped)
        assert calls() == ["socketpair"]
