"""A demo plays itself, stops and goes back when told to, and is taken over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from painted import painted
from textual.pilot import Pilot

from running import DEADLINE
from sockscope.demos.catalog import find
from sockscope.demos.showing import Frame, take
from sockscope.tui.demo_app import DemoApp
from sockscope.tui.demo_stage import DemoStage
from sockscope.tui.pace import BRISK, CALL, GLANCE, Clock, Pace, seconds_of


@asynccontextmanager
async def watching(
    name: str = "2", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[DemoApp, Pilot[None]]]:
    """A demo that waits for the viewer."""
    app = DemoApp(find(name), stable=True, held=True)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: bool(app.frames))
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await pilot.pause()


async def forward(app: DemoApp, pilot: Pilot[None], frames: int) -> None:
    """Hurry until there are so many frames, one at a time."""
    while len(app.frames) < frames:
        seen = len(app.frames)
        await pilot.press("right")
        await until(pilot, lambda seen=seen: len(app.frames) > seen)  # type: ignore[misc]
    await painted(app, pilot)


def caption(app: DemoApp) -> str:
    assert isinstance(app.stage, DemoStage)
    return str(app.stage.subtitle.render())


async def test_arrows_go_through_frames_and_space_goes_on() -> None:
    async with watching() as (app, pilot):
        await forward(app, pilot, 13)
        newest = caption(app)
        assert "Second answer: all you allowed" in newest
        assert "paused" in newest
        assert app.stage.scene.stop == app.stage.scene.stops == 13
        await pilot.press("left", "left")
        assert app.stage.scene.stop == 11
        assert "earlier" in caption(app)
        await pilot.press("right", "right")
        assert caption(app) == newest
        await pilot.press("home")
        assert app.stage.scene.stop == 1
        await pilot.press("space")
        assert "playing" in caption(app)
        await until(pilot, lambda: len(app.frames) > 13)
        await pilot.press("space")
        assert "paused" in caption(app)


async def test_it_is_taken_over_and_stepped_by_hand() -> None:
    async with watching() as (app, pilot):
        await forward(app, pilot, 11)
        frames = len(app.frames)
        calls = len(app.history.latest.calls)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.stage, DemoStage))
        await pilot.pause()
        for _ in range(4):
            await pilot.press("space")
            await app.workers.wait_for_complete()
        assert len(app.history.latest.calls) > calls
        assert len(app.frames) == frames
        await pilot.press("left")
        assert app.stage.scene.past
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(app.history.latest.processes) == 2)
        assert app.by_hand


async def test_it_plays_to_its_end_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sockscope.tui.demo_app.seconds_of", lambda _frame: 0.001)
    app = DemoApp(find("8"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "the end" in caption(app))
        frames = len(app.frames)
        assert all(process.exited for process in app.history.latest.processes.values())
        first = app.history
        await pilot.press("space")
        await until(pilot, lambda: app.history is not first and bool(app.frames))
        await until(pilot, lambda: "the end" in caption(app))
        assert len(app.frames) == frames


async def test_a_take_shows_what_was_played() -> None:
    demo = find("1")
    taken = await take(demo)
    app = DemoApp(demo, taken)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.stage.scene.stops == len(taken.frames)
        assert demo.steps[-1].title in caption(app)
        await pilot.press("home")
        assert app.stage.scene.stop == 1
        await pilot.press("enter")
        assert isinstance(app.stage, DemoStage)


def test_a_caption_stays_as_long_as_it_takes_to_read() -> None:
    assert seconds_of(Frame(1, 0, "x" * 170, spoken=True)) == pytest.approx(GLANCE + 10)
    assert seconds_of(Frame(1, 0, "x" * 170)) == CALL
    assert seconds_of(Frame(1, 0, "", brisk=True)) == BRISK


class HandClock:
    """A clock that runs down when told to."""

    def __init__(self, due: Callable[[], None], held: bool) -> None:
        self.due, self.held = due, held

    def pause(self) -> None:
        self.held = True

    def resume(self) -> None:
        self.held = False

    def stop(self) -> None:
        self.held = True


async def test_a_pace_that_is_held_waits_until_it_goes_on_or_is_hurried() -> None:
    clocks: list[HandClock] = []

    def make(_seconds: float, due: Callable[[], None], held: bool) -> Clock:
        clocks.append(HandClock(due, held))
        return clocks[-1]

    pace = Pace(make, held=True)
    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as tasks:
        wait = tasks.create_task(pace.wait(3.0))
        await asyncio.sleep(0)
        assert clocks[0].held
        pace.go()
        assert not clocks[0].held
        pace.hold()
        assert clocks[0].held
        assert not wait.done()
        pace.hurry()
