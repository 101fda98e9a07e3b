"""A stage of another kind: its own actions, its own panel, its own text for a tracee."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import conversation
from scripted import ScriptedDriver
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from sockscope.trace.history import History
from sockscope.trace.state import Process
from sockscope.tui.actions import ACTIONS, Action, bindings
from sockscope.tui.app import StageApp
from sockscope.tui.commands import Commands
from sockscope.tui.help_screen import HelpScreen
from sockscope.tui.source_panel import SourcePanel
from sockscope.tui.stage import Stage

WAVE = Action("wave", ("w",), "w", "wave", "Wave a hand.", hint=1)
NOT_THERE = ("step", "next", "run")


class WavingCommands(Commands):
    waves = 0

    def do_wave(self) -> None:
        self.waves += 1


class CallPanel(SourcePanel):
    """Shows the calls that were made instead of a program."""

    def text_of(self, process: Process) -> tuple[Sequence[Content], int | None]:
        calls = [call for call in self.scene.state.calls if call.proc == process.name]
        return [Content(call.name) for call in calls], len(calls) or None


class WavingStage(Stage, inherit_bindings=False):
    DEFAULT_CSS = "#lesson { width: 30; }"
    ACTIONS = (WAVE, *(action for action in ACTIONS if action.name not in NOT_THERE))
    BINDINGS = bindings(ACTIONS)
    PROGRAM_PANEL = CallPanel

    def make_commands(self) -> WavingCommands:
        self.waving = WavingCommands(self)
        return self.waving

    def bottom(self) -> Iterable[Widget]:
        yield from super().bottom()
        yield Static("a lesson", id="lesson")


async def test_it_has_its_own_keys_footer_palette_and_help() -> None:
    driver = ScriptedDriver()
    app = StageApp(make_driver=lambda: driver, make_stage=WavingStage)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("w", "space", "1", "r")
        await pilot.pause()
        stage = app.stage
        assert isinstance(stage, WavingStage)
        assert stage.waving.waves == 1
        assert driver.asked == []
        await pilot.click("#keys", offset=(2, 0))
        await pilot.pause()
        assert stage.waving.waves == 2
        titles = {command.title for command in app.get_system_commands(stage)}
        assert "wave" in titles
        assert titles.isdisjoint(NOT_THERE)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        texts = [str(static.render()) for static in app.screen.query(Static)]
        assert any("Wave a hand." in text for text in texts)


async def test_it_has_its_own_panels() -> None:
    app = StageApp(History(conversation.end().events), make_stage=WavingStage)
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.pause()
        lesson = app.stage.query_one("#lesson")
        assert lesson.region.right <= 160
        assert not lesson.region.overlaps(app.stage.caption.region)
        panel = app.stage.left
        assert isinstance(panel, CallPanel)
        calls = [call for call in app.history.latest.calls if call.proc == "server"]
        assert len(panel.text_of(app.history.latest.processes["server"])[0]) == len(calls)
