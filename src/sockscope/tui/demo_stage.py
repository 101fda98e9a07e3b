"""The stage of a demo: the ordinary one, with a caption in the place of subtitles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.reactive import var

from .actions import bindings
from .commands import Commands
from .demo_actions import DEMO_ACTIONS
from .demo_caption import DemoCaption, Saying
from .keybar import KeyBar
from .stage import Stage

if TYPE_CHECKING:
    from .demo_app import DemoApp


class DemoStage(Stage, inherit_bindings=False):
    """Where the stage is narrow, the demo's caption stands instead of the calls' meaning."""

    ACTIONS = DEMO_ACTIONS
    BINDINGS = bindings(DEMO_ACTIONS)

    saying: var[Saying] = var(Saying())

    subtitle = getters.query_one("#subtitle", DemoCaption)

    def make_commands(self) -> Commands:
        return DemoCommands(self)

    @property
    def demo_app(self) -> DemoApp:
        """The app, by its own type."""
        app: DemoApp = self.app  # type: ignore[assignment]
        return app

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            if isinstance(widget, KeyBar):
                yield DemoCaption(id="subtitle").data_bind(DemoStage.saying)
            yield widget

    def _set_out(self) -> None:
        super()._set_out()
        if self._ready:
            self.caption.display = self.wide


class DemoCommands(Commands):
    """What the actions of a demo do besides those that every stage has."""

    _stage: DemoStage

    def do_play(self) -> None:
        self._stage.demo_app.play_or_pause()

    def do_take_over(self) -> None:
        self._stage.demo_app.take_over()
