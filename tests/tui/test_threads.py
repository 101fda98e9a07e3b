"""The threads of a program on the stage: all in sight, and any can be stepped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from painted import painted
from script import HERE, Script, connected, listening
from textual.pilot import Pilot
from textual.widgets import Static

from running import DEADLINE
from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.trace.names import BLOCKED, GATE
from sockscope.tracer.programs import Program
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp
from sockscope.tui.thread_list import ThreadList

WIDE, NARROW = (120, 40), (80, 24)
READERS = Path(__file__).parent / "programs" / "readers.py"
NAMES = ["MainThread", "reader-1", "reader-2", "reader-3"]


@asynccontextmanager
async def readers(size: tuple[int, int]) -> AsyncIterator[tuple[StageApp, Pilot[None]]]:
    """The program with each of its threads at a gate of its own."""
    app = StageApp(make_driver=lambda: Session([Program("readers", str(READERS))]))
    async with app.run_test(size=size) as pilot:
        await asyncio.wait_for(app.workers.wait_for_complete(), DEADLINE)
        async with asyncio.timeout(DEADLINE):
            while len(phases(app)) < 4:
                await pilot.pause()
        await painted(app, pilot)
        yield app, pilot


async def press(app: StageApp, pilot: Pilot[None], key: str) -> None:
    await pilot.press(key)
    await asyncio.wait_for(app.workers.wait_for_complete(), DEADLINE)
    await painted(app, pilot)


def phases(app: StageApp) -> dict[str | None, str]:
    process = app.history.latest.processes.get("readers")
    return {call.thread: call.phase for call in process.open} if process else {}


def listed(app: StageApp) -> list[str]:
    return str(app.stage.left.query_one(ThreadList).content).splitlines()


async def test_each_thread_is_shown_with_its_line_and_its_call() -> None:
    async with readers(WIDE) as (app, _):
        lines = listed(app)
        assert [line.split()[1] for line in lines] == NAMES
        assert all("▶" in line for line in lines)
        assert "recv(16)" in lines[1]
        assert sum(line.startswith("▸") for line in lines) == 1


async def test_where_there_is_little_room_the_chosen_one_is_in_sight() -> None:
    async with readers(NARROW) as (app, pilot):
        for _ in range(4):
            await press(app, pilot, "h")
            lines = listed(app)
            assert len(lines) == 3
            (chosen,) = [line for line in lines if line.startswith("▸")]
            assert chosen.endswith(" of 4")


async def test_the_chosen_thread_is_stepped_and_the_others_wait() -> None:
    async with readers(WIDE) as (app, pilot):
        await choose(app, pilot, "reader-2")
        await press(app, pilot, "1")
        assert phases(app) == {name: BLOCKED if name == "reader-2" else GATE for name in NAMES}
        assert not app.history.latest.deadlock
        await press(app, pilot, "1")
        assert await told(app, pilot) == (
            "reader-2 of readers is in recv(): h chooses another thread."
        )


async def test_a_click_chooses_a_thread() -> None:
    async with readers(WIDE) as (app, pilot):
        await pilot.click(ThreadList, offset=(6, 3))
        await pilot.pause()
        assert listed(app)[3].startswith("▸")
        await press(app, pilot, "space")
        assert phases(app)["reader-3"] == BLOCKED


async def told(app: StageApp, pilot: Pilot[None]) -> str:
    async with asyncio.timeout(DEADLINE):
        while not app._notifications:
            await pilot.pause()
    return " ".join(notice.message for notice in app._notifications)


async def choose(app: StageApp, pilot: Pilot[None], thread: str) -> None:
    async with asyncio.timeout(DEADLINE):
        while app.stage.scene.state.processes["readers"].thread != thread:
            await press(app, pilot, "h")


async def test_one_thread_is_no_list() -> None:
    script = Script("client")
    script.add(e.CallEntered, proc="client", call=1, fd=-1, name="socket", thread="MainThread")
    app = StageApp(History(script.events))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert listed(app) == []
        await pilot.press("h")
        assert await told(app, pilot) == "The chosen program has no two threads in calls."


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_wait_for_several_sockets_says_which_are_ready_and_why(
    size: tuple[int, int],
) -> None:
    script = Script("server")
    peers = [("127.0.0.1", 50_000 + fd) for fd in range(4, 7)]
    views = [
        connected(4, HERE, peers[0], 4, recv_bytes=6),
        connected(5, HERE, peers[1], 5, state="CLOSE_WAIT"),
        connected(6, HERE, peers[2], 6),
    ]
    script.see("server", listening(accept_length=1), *views)
    awaited = [[fd, "IN"] for fd in (3, 4, 5, 6)]
    script.add(
        e.CallEntered, proc="server", call=1, fd=-1, name="select", args=(awaited, None), gated=True
    )
    app = StageApp(History(script.events))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        facts = str(app.stage.left.query_one(".known", Static).content)
        assert "✔ fd 3: 1 client in the accept queue" in facts
        assert "✔ fd 4: 6 B to read" in facts
        if size == WIDE:
            assert "✔ fd 5: its peer has closed" in facts
            assert "fd 6: nothing to read yet" in facts
