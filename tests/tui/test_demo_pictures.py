"""Pictures of every demo, made from a play of it on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from painted import painted
from test_contrast import poor
from textual.pilot import Pilot
from textual.theme import Theme

from sockscope.demos.catalog import demos, find
from sockscope.demos.showing import take
from sockscope.tui.demo_app import DemoApp
from sockscope.tui.themes import DARK, THEMES

Compare = Callable[..., bool]

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
MOMENTS = {
    "01-conversation": "Octets wait",
    "02-three-answers": "Second answer: all you allowed",
    "03-sixteen-pieces": "Five at once",
    "04-http-response": "Past the blank line",
    "05-one-listener": "Everybody speaks",
    "06-deadlock": "The client waits",
    "07-half-close": "One direction ends",
    "08-reset": "Closed with octets unread",
}
"""The step of each demo whose last frame is its picture."""


def app_at(name: str, title: str, theme: str = DARK.name) -> tuple[DemoApp, int]:
    """A demo that was played, and the number of the frame to look at."""
    demo = find(name)
    taken = asyncio.run(take(demo))
    step = next(n for n, step in enumerate(demo.steps) if step.title == title)
    frame = max(n for n, frame in enumerate(taken.frames, 1) if frame.step == step)
    return DemoApp(demo, taken, theme=theme), frame


def test_every_demo_has_a_picture() -> None:
    assert list(MOMENTS) == [demo.name for demo in demos().lessons]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MOMENTS)
def test_demo(snap_compare: Compare, name: str, size: str) -> None:
    app, frame = app_at(name, MOMENTS[name])

    async def ready(pilot: Pilot[None]) -> None:
        app.go_to(frame)
        await painted(app, pilot)

    assert snap_compare(app, terminal_size=SIZES[size], run_before=ready)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_all_that_is_drawn_has_contrast(theme: Theme, size: tuple[int, int]) -> None:
    app, frame = app_at("8", MOMENTS["08-reset"], theme.name)

    async def look() -> list[str]:
        async with app.run_test(size=size) as pilot:
            app.go_to(frame)
            await painted(app, pilot)
            return poor(app)

    assert asyncio.run(look()) == []
