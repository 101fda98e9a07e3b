"""Who waits for whom on the stage: a deadlock is said and drawn by itself, the rest at a key."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from exploring import exploring
from painted import painted
from test_chain import blocked, wait
from textual.pilot import Pilot
from textual.widgets import Static

from running import DEADLINE, free_port
from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.tracer.programs import Program
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp
from sockscope.tui.kernel_panel import KernelPanel
from sockscope.tui.waits_screen import WaitsScreen

WIDE, NARROW = (120, 40), (80, 24)
TOGETHER = "deadlock: server and client wait for each other"
HANGING = Path(__file__).parent.parent / "tracer" / "hanging"


def stalled() -> Sequence[e.Event]:
    """A client that waits for a server that waits for others."""
    script = blocked()
    waits = (wait("server", None, call=1), wait("client", "server", call=2))
    script.add(e.WaitsObserved, waits=waits)
    return script.events


def shown(panel: KernelPanel) -> list[str]:
    lines = panel.virtual_size.height
    return [panel.line(y).plain for y in range(min(lines, panel.size.height))]


def words_of(screen: WaitsScreen) -> str:
    return str(screen.query_one(Static).content)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_deadlock_is_said_and_drawn_by_itself(size: tuple[int, int]) -> None:
    app = StageApp(History(blocked().events))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert app.stage.kernel.display
        lines = shown(app.stage.kernel)
        assert TOGETHER in " ".join(lines[:2])
        assert any("server" in line and "◀" in line for line in lines)
        assert sum(line.rstrip().endswith("┘") for line in lines) >= 1
        caption = app.stage.caption.render().plain.replace("\n", " ")
        assert caption.startswith("Deadlock: server is blocked in recv(): nothing has come from")
        assert "✖ DEADLOCK" in app.stage.query_one("#status").render().plain  # type: ignore[union-attr]


async def test_it_is_gone_in_the_past() -> None:
    app = StageApp(History([*blocked().events, *_interrupted()]))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert app.stage.scene.state.deadlock == ()
        await pilot.press("left")
        assert app.stage.scene.state.deadlock == ("server", "client")
        await pilot.press("end")
        assert not any("deadlock" in line for line in shown(app.stage.kernel))


def _interrupted() -> Sequence[e.Event]:
    script = blocked()
    script.add(e.CallRaised, proc="server", call=1, errno="EINTR")
    return script.events[-1:]


async def test_a_key_a_click_on_the_drawing_and_one_on_the_hint_open_it() -> None:
    app = StageApp(History(blocked().events))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        bar = app.stage.keys.render().plain
        for way in ("key", "drawing", "hint"):
            if way == "key":
                await pilot.press("w")
            elif way == "drawing":
                await pilot.click("#kernel", offset=(5, 2))
            else:
                await pilot.click("#keys", offset=(bar.index("who waits"), 0))
            await pilot.pause()
            assert isinstance(app.screen, WaitsScreen), way
            words = words_of(app.screen)
            assert TOGETHER in words
            assert "so server and client wait for each other" in " ".join(words.split())
            assert "│ server │◀──" in words
            await pilot.press("escape")


async def test_what_the_world_outside_may_end_is_told_apart() -> None:
    app = StageApp(History(stalled()))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        assert "DEADLOCK" not in app.stage.query_one("#status").render().plain  # type: ignore[union-attr]
        await pilot.press("w")
        assert isinstance(app.screen, WaitsScreen)
        words = words_of(app.screen)
        assert words.startswith("no deadlock: somebody outside may end it")
        assert "▶ (the world outside)" in words
        assert "◀" not in words


async def test_where_nothing_is_blocked_the_key_says_so() -> None:
    app = StageApp(History(blocked().events[:2]))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("w")
        async with asyncio.timeout(DEADLINE):
            while not app._notifications:
                await pilot.pause()
        assert [note.message for note in app._notifications] == ["No call is blocked now."]
        assert not isinstance(app.screen, WaitsScreen)


async def test_three_real_programs_in_a_ring_are_drawn() -> None:
    port, file = free_port(), str(HANGING / "ring.py")
    ring = [Program(name, file, (str(place), str(port))) for place, name in enumerate("abc")]
    app = StageApp(make_driver=lambda: Session(ring))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("R")
        await until_deadlock(app, pilot)
        assert app.history.latest.deadlock == ("a", "b", "c")
        lines = shown(app.stage.kernel)
        assert sum("◀" in line for line in lines) == 1
        assert sum("▼" in line for line in lines) == 2


async def test_the_explorer_finds_one_and_its_end() -> None:
    async with exploring() as one:
        while ("server", 4) not in one.state.sockets:
            await one.press("space")
        await one.press("1", "r", "2", "r")
        await until_deadlock(one.app, one.pilot)
        await one.pilot.press("y")
        assert isinstance(one.app.screen, WaitsScreen)
        await one.press("escape", "exclamation_mark")
        assert one.state.deadlock == ()
        assert [wait.proc for wait in one.state.waits] == ["server"]


async def until_deadlock(app: StageApp, pilot: Pilot[None]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not app.history.latest.deadlock:
            await pilot.pause()
    await painted(app, pilot)
