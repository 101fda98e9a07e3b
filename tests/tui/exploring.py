"""Somebody at the explorer's screen: keys, and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from painted import painted
from textual.pilot import Pilot

from running import free_port
from sockscope.trace import menu
from sockscope.trace.state import Call, Process, State
from sockscope.tui.call_form import CallForm, FieldInput
from sockscope.tui.explore_app import ExploreApp
from sockscope.tui.explore_stage import ExploreStage
from sockscope.tui.themes import DARK


class Explored:
    """An explorer's app, and the hand at its keys."""

    def __init__(self, app: ExploreApp, pilot: Pilot[None], port: int) -> None:
        self.app = app
        self.port = port
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, each once what the one before it began is over and shown."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def settled(self) -> None:
        """Until what was ordered has ended or is blocked, and is shown."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await painted(self.app, self.pilot)

    async def fill(self, key: str, **typed: str) -> None:
        """Open a form by its key, write into its fields, and make the call."""
        await self.pilot.press(key)
        await self.settled()
        for name, text in typed.items():
            await self.write(name, text)
        await self.press("enter")

    async def write(self, name: str, text: str) -> None:
        """Write a text into a field of the form."""
        self.form.query_one(f"#field-{name}", FieldInput).value = text
        await self.pilot.pause()

    @property
    def stage(self) -> ExploreStage:
        stage = self.app.stage
        assert isinstance(stage, ExploreStage)
        return stage

    @property
    def form(self) -> CallForm:
        assert isinstance(self.app.screen, CallForm)
        return self.app.screen

    @property
    def state(self) -> State:
        return self.app.history.latest

    def process(self, name: str) -> Process:
        return self.state.processes[name]

    @property
    def last(self) -> Call:
        """The call that ended last."""
        return self.state.calls[len(self.state.calls) - 1]

    @property
    def told(self) -> str:
        """What the screen says at the moment."""
        return " ".join(notice.message for notice in self.app._notifications)

    @property
    def shown(self) -> str:
        """The whole screen as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)


@asynccontextmanager
async def exploring(
    width: int = 120, height: int = 40, theme: str = DARK.name
) -> AsyncIterator[Explored]:
    """A new explorer on the screen; a port of its own stands in for the usual one."""
    app, port = ExploreApp(theme=theme), free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(menu, "USUAL", f"127.0.0.1:{port}")
        async with app.run_test(size=(width, height)) as pilot:
            explored = Explored(app, pilot, port)
            await explored.settled()
            yield explored
