"""The explorer's stage: a menu of calls, the kernel, and the programs that the calls amount to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import getters
from textual.containers import Vertical
from textual.reactive import var
from textual.widget import Widget

from sockscope.trace.menu import Menu, closed_fds, menu, socket_in_focus
from sockscope.trace.state import Fd, Process, State

from .actions import bindings
from .call_menu import CallMenu
from .console_panel import ConsolePanel
from .explore_actions import EXPLORE_ACTIONS
from .explore_caption import ExploreCaption
from .explore_commands import ExploreCommands
from .kernel_panel import KernelPanel
from .kernel_text import state_text
from .stage import Stage
from .timeline import Timeline
from .views import KERNEL

if TYPE_CHECKING:
    from .explore_app import ExploreApp


class ExploreStage(Stage, inherit_bindings=False):
    """``actor`` is the process whose menu is shown; ``fd`` its chosen socket, None to follow."""

    ACTIONS = EXPLORE_ACTIONS
    BINDINGS = bindings(EXPLORE_ACTIONS)
    PROGRAM_PANEL = ConsolePanel

    actor: var[str | None] = var(None)
    fd: var[int | None] = var(None)

    menu_panel = getters.query_one("#menu", CallMenu)

    def make_commands(self) -> ExploreCommands:
        return ExploreCommands(self)

    @property
    def explore_app(self) -> ExploreApp:
        """The app, by its own type."""
        app: ExploreApp = self.app  # type: ignore[assignment]
        return app

    def top(self) -> Iterable[Widget]:
        yield CallMenu(id="menu")
        yield KernelPanel(id="kernel", marks_always=True).data_bind(Stage.scene)
        programs = (self.PROGRAM_PANEL(id=side).data_bind(Stage.scene) for side in SIDES)
        yield Vertical(*programs, id="programs")
        yield Timeline(id="timeline-above").data_bind(Stage.scene)

    def bottom(self) -> Iterable[Widget]:
        yield Timeline(id="timeline").data_bind(Stage.scene)
        yield ExploreCaption(id="caption").data_bind(Stage.scene)

    def on_mount(self) -> None:
        self.watch(self.kernel, "chosen", self._socket_chosen, init=False)

    # -- what is in sight ----------------------------------------------------------

    def _set_out(self) -> None:
        super()._set_out()
        if self._ready:
            shown = self.left.display or self.right.display
            self.query_one("#programs").display = shown
            self.show_menu()

    def _followed(self) -> str | None:
        return self.chosen_tracee() if self.wide else KERNEL

    def show_menu(self) -> None:
        """Draw the menu for the chosen process and socket."""
        found = self.menu
        socket = self.scene.state.sockets.get((found.proc, found.fd or 0))
        where = "" if found.fd is None else f"fd {found.fd}"
        state = state_text(socket.view) if socket else "closed" if where else "no socket"
        self.menu_panel.show(found, self.process, f"{where} {state}".strip())
        self.kernel.chosen = self.chosen_socket()

    def watch_actor(self) -> None:
        if self._ready:
            self._set_out()

    def watch_fd(self) -> None:
        if self._ready:
            self.show_menu()

    def watch_chosen(self, chosen: str | None) -> None:
        """A process's panel that is chosen chooses the process too."""
        if chosen in self.scene.names and chosen != self.actor:
            self.choose_process(chosen)

    def _socket_chosen(self, key: Fd | None) -> None:
        if key is not None and key != self.chosen_socket():
            self.actor, self.fd = key

    # -- whose menu ----------------------------------------------------------------

    def choose_process(self, name: str | None) -> None:
        """Show the menu of a process, for the socket that its next call is likely for."""
        self.fd = None
        self.actor = name

    def follow_call(self, proc: str) -> None:
        """A call was made: show the menu of its process, for the socket that it led to."""
        self.choose_process(proc)
        self.menu_panel.at = 0

    def chosen_tracee(self) -> str | None:
        names = self.scene.names
        return self.actor if self.actor in names else next(iter(names), None)

    @property
    def process(self) -> Process | None:
        """The chosen process as it is at the shown position."""
        return self.scene.state.processes.get(self.chosen_tracee() or "")

    def fds_in(self, state: State) -> list[int]:
        """What can be chosen in the chosen process: its sockets, then the closed ones."""
        proc = self.chosen_tracee() or ""
        held = sorted(fd for name, fd in state.sockets if name == proc)
        return [*held, *sorted(closed_fds(state, proc))]

    def fd_in(self, state: State) -> int | None:
        """The chosen socket, or the one that the next call is likely for."""
        proc = self.chosen_tracee() or ""
        if (proc, self.fd) in state.sockets or self.fd in closed_fds(state, proc):
            return self.fd
        return socket_in_focus(state, proc)

    @property
    def chosen_fd(self) -> int | None:
        """The same at the shown position."""
        return self.fd_in(self.scene.state)

    def turn_socket(self, step: int) -> None:
        """Choose the next socket of the chosen process, or the one before."""
        fds, chosen = self.fds_in(self.scene.state), self.chosen_fd
        if fds:
            at = fds.index(chosen) if chosen in fds else -step
            self.fd = fds[(at + step) % len(fds)]

    @property
    def menu(self) -> Menu:
        """What the chosen process can call on the chosen socket."""
        return menu(self.scene.state, self.chosen_tracee() or "", self.chosen_fd)

    def chosen_socket(self) -> Fd | None:
        key = (self.chosen_tracee() or "", self.chosen_fd or 0)
        return key if key in self.scene.state.sockets else None

    def on_call_menu_pressed(self, event: CallMenu.Pressed) -> None:
        line = event.line
        self.action_do(f"edit_{line.action}" if event.edit else line.action)


SIDES = ("left", "right")
"""The panels of programs, the upper one first."""
