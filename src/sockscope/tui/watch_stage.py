"""The stage of processes that are only watched: their sockets, and the octets that wait."""

from __future__ import annotations

from typing import Final

from textual import getters
from textual.app import ComposeResult
from textual.widget import Widget

from sockscope.trace.state import Fd

from .actions import bindings
from .commands import Commands
from .help_screen import HelpScreen
from .kernel_panel import KernelPanel
from .keybar import KeyBar
from .octets_panel import OctetsPanel
from .stage import Stage
from .status import StatusLine
from .views import KERNEL
from .watch_actions import WATCH_ACTIONS

OCTETS: Final = "\0octets"

INTRODUCTION: Final = (
    "The sockets of running processes, looked at from outside several times a second.  The "
    "processes are not stopped, and nothing is taken from them: what is unread stays unread."
)


class WatchStage(Stage, inherit_bindings=False):
    """``chosen`` is one of two panels; the octets are those of the socket that is marked."""

    AUTO_FOCUS = "#kernel"
    ACTIONS = WATCH_ACTIONS
    BINDINGS = bindings(WATCH_ACTIONS)

    octets = getters.query_one("#octets", OctetsPanel)

    def make_commands(self) -> Commands:
        return WatchCommands(self)

    def compose(self) -> ComposeResult:
        yield StatusLine(self._title, id="status").data_bind(Stage.scene)
        yield KernelPanel(id="kernel", marks_always=True).data_bind(Stage.scene)
        yield OctetsPanel(id="octets").data_bind(Stage.scene)
        yield KeyBar(self.ACTIONS, id="keys")

    def on_mount(self) -> None:
        self.watch(self.kernel, "chosen", self._socket_chosen, init=False)

    def _socket_chosen(self, chosen: Fd | None) -> None:
        self.octets.key = chosen

    def _set_out(self) -> None:
        """Keep a socket chosen: at first one that has something to show."""
        sockets = self.scene.state.sockets
        if self._ready and self.kernel.chosen not in sockets:
            full = (key for key, socket in sockets.items() if socket.view.recv_bytes)
            self.kernel.chosen = min(full, default=min(sockets, default=None))

    @property
    def views(self) -> list[str]:
        return [KERNEL, OCTETS]

    def widget_of(self, view: str) -> Widget:
        return self.kernel if view == KERNEL else self.octets

    def view_of(self, widget: Widget) -> str | None:
        return OCTETS if widget is self.octets else KERNEL

    def chosen_socket(self) -> Fd | None:
        return self.kernel.chosen


class WatchCommands(Commands):
    """What is done otherwise than on a stage with programs."""

    def next_in_turn(self) -> str | None:
        """Nobody's: the processes run by themselves."""
        return None

    def do_help(self) -> None:
        self._app.push_screen(HelpScreen(self._stage.ACTIONS, INTRODUCTION, reading=False))
