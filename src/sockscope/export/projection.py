"""The stage of what was played without a terminal: what it shows, as a picture or as the
characters that a terminal would be sent."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rich.console import Console
from textual.pilot import Pilot

from ..tui.app import StageApp

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_FONTS = '"DejaVu Sans Mono", Menlo, Consolas, monospace'


class Projection:
    """A stage whose positions can be shown one after another."""

    def __init__(self, app: StageApp, pilot: Pilot[Any]) -> None:
        self._app = app
        self._pilot = pilot

    @property
    def count(self) -> int:
        """How many positions there are; they count from 1."""
        return self._app.stage.scene.stops

    async def show(self, number: int) -> None:
        """Show one position."""
        self._app.go_to(number)
        await self._pilot.pause()

    def svg(self) -> str:
        """What is shown, as an SVG picture that needs nothing from elsewhere."""
        picture = self._app.export_screenshot()
        return _FONT_FACE.sub("", picture).replace("Fira Code, monospace", _FONTS)

    def characters(self) -> str:
        """What is shown, as a terminal of 24-bit colour would be sent it."""
        width, height = self._app.size
        sent = io.StringIO()
        console = Console(
            file=sent, width=width, height=height, force_terminal=True, color_system="truecolor"
        )
        update = self._app.screen._compositor.render_update(full=True)
        console.print(update, end="")
        return sent.getvalue()


@asynccontextmanager
async def projection(app: StageApp, size: tuple[int, int]) -> AsyncIterator[Projection]:
    """The stage of ``app`` on ``size`` columns and lines; at first it shows the end."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Projection(app, pilot)
