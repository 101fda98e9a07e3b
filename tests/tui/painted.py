"""Waiting until the stage shows what has happened."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from running import DEADLINE
from sockscope.tui.app import StageApp


async def painted(app: StageApp, pilot: Pilot[None]) -> None:
    """Until the newest event is shown: a flood of them is painted once a frame."""
    async with asyncio.timeout(DEADLINE):
        while app.stage.scene.latest is not app.history.latest:
            await pilot.pause()
    await pilot.pause()
