"""What each action of the explorer does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sockscope.trace.fields import PAYLOAD, OrderError, octets_field
from sockscope.trace.menu import offered
from sockscope.trace.names import RAISED
from sockscope.trace.orders import CALLS, Order, order
from sockscope.trace.suggestion import suggested
from sockscope.tracer.explorer import Explorer

from .call_form import CallForm
from .commands import Commands
from .explore_actions import EDIT
from .help_screen import HelpScreen
from .prompts import Prompt

if TYPE_CHECKING:
    from .explore_app import ExploreApp
    from .explore_stage import ExploreStage

ALL_SAID: Final = (
    "Nothing follows by itself now: choose a call from the menu, or + starts a process."
)

INTRODUCTION: Final = (
    "Real processes on the real kernel: each makes the calls that you choose, right or wrong, "
    "and the kernel's answer is shown as it is.  Nothing is simulated."
)

MOST_DROPS: Final = 100
"""Octets that drip at a time: each is a call, and a line of the timeline."""


class ExploreCommands(Commands):
    """Acts on the explorer's stage.  Orders wait for those before them, then see their effect."""

    def __init__(self, stage: ExploreStage) -> None:
        super().__init__(stage)
        self._stage: ExploreStage = stage

    @property
    def _app(self) -> ExploreApp:
        return self._stage.explore_app

    def do(self, name: str, *arguments: int) -> None:
        """Make the call of this name, or ask for its arguments, or do another action."""
        if name in CALLS:
            self._app.drive_step(lambda explorer: self._call(explorer, name))
        elif name.startswith(EDIT):
            self._edit(name.removeprefix(EDIT))
        else:
            super().do(name, *arguments)

    # -- calls ---------------------------------------------------------------------

    async def _call(self, explorer: Explorer, name: str) -> None:
        """The call as the menu offers it when it is its turn: what stands on screen may be old."""
        await self._perform(explorer, self._ready_order(name))

    def _ready_order(self, name: str) -> Order | None:
        stage, state = self._stage, self._app.history.latest
        proc, fd = stage.chosen_tracee() or "", stage.fd_in(state)
        choice = offered(state, proc, fd, name)
        return choice.order if choice is not None else self._bare_order(proc, fd, name)

    def _bare_order(self, proc: str, fd: int | None, name: str) -> Order | None:
        try:
            return order(proc, fd, name)
        except OrderError:
            self._app.tell(f"{proc} has no socket yet: s makes one.")
            return None

    async def _perform(self, explorer: Explorer, made: Order | None) -> None:
        if made is None:
            return
        await explorer.perform(made)
        self._stage.follow_call(made.proc)

    def do_next(self) -> None:
        async def make(explorer: Explorer) -> None:
            made = suggested(self._app.history.latest)
            if made is None:
                self._app.tell(ALL_SAID)
            await self._perform(explorer, made)

        self._app.drive_step(make)

    def do_edit(self) -> None:
        line = self._stage.menu_panel.chosen
        if line is not None:
            self.do(EDIT + line.action if line.can_edit else line.action)

    def _edit(self, name: str) -> None:
        made = self._ready_order(name)
        if made is not None:
            self._app.push_screen(CallForm(made), self._edited)

    def _edited(self, made: Order | None) -> None:
        if made is not None:
            self._app.drive_step(lambda explorer: self._perform(explorer, made))

    def do_drip(self) -> None:
        stage = self._stage
        proc, fd = stage.chosen_tracee() or "", stage.chosen_fd

        def answered(answer: str | None) -> None:
            if answer is not None:
                sends = [order(proc, fd, "send", {"data": octet}) for octet in drops(answer)]
                self._app.drive_step(lambda explorer: self._drip(explorer, sends))

        if fd is None:
            self._app.tell(f"{proc} has no socket yet: s makes one.")
        else:
            question = f"{proc} fd {fd}: send which text, each byte by itself?"
            self._app.push_screen(Prompt(question, "drip", _few), answered)

    async def _drip(self, explorer: Explorer, sends: Sequence[Order]) -> None:
        """One send after the other, until one of them goes wrong or blocks."""
        for made in sends:
            await self._perform(explorer, made)
            last = self._app.history.latest.processes[made.proc].last
            if last is None or last.phase == RAISED:
                return

    # -- choosing ------------------------------------------------------------------

    def do_process(self, index: int) -> None:
        names = self._stage.scene.names
        if index < len(names):
            self._stage.choose_process(names[index])
        else:
            self._app.tell(f"There is no process {index + 1}: + starts one more.")

    def do_socket_next(self) -> None:
        self._stage.turn_socket(1)

    def do_socket_back(self) -> None:
        self._stage.turn_socket(-1)

    def do_line_up(self) -> None:
        self._stage.menu_panel.choose(-1)

    def do_line_down(self) -> None:
        self._stage.menu_panel.choose(1)

    # -- processes -----------------------------------------------------------------

    def do_interrupt(self) -> None:
        name = self._stage.chosen_tracee() or ""
        self._app.drive_step(lambda explorer: explorer.interrupt(name))

    def do_add(self) -> None:
        async def add(explorer: Explorer) -> None:
            self._stage.choose_process(await explorer.add())

        self._app.drive_step(add)

    def do_remove(self) -> None:
        name = self._stage.chosen_tracee() or ""
        self._app.drive_step(lambda explorer: explorer.remove(name))

    def do_help(self) -> None:
        self._app.push_screen(HelpScreen(self._stage.ACTIONS, INTRODUCTION))

    # -- to keep -------------------------------------------------------------------

    def do_again(self) -> None:
        self._app.again()

    def do_export(self) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._app.tell(f"The programs are in {answer}.")

        question = "write the programs to which folder?"
        self._app.push_screen(Prompt(question, "explored", self._app.exporter()), answered)


def drops(text: str) -> list[str]:
    """Each octet that a payload stands for, as it would be typed alone.  Raises OrderError."""
    value = PAYLOAD.parse(text)
    octets = value if isinstance(value, bytes) else b""
    return [octets_field(octets[i : i + 1]) for i in range(len(octets))]


async def _few(answer: str) -> str:
    """Accept a payload of a few octets."""
    try:
        count = len(drops(answer))
    except OrderError as error:
        return str(error)
    return "" if 1 <= count <= MOST_DROPS else f"From 1 to {MOST_DROPS} bytes, please."
