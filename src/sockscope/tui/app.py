"""The app: keeps the history, drives the tracees, and gives the stage scenes to draw."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from sockscope.trace.conditions import Breakpoint
from sockscope.trace.events import Event
from sockscope.trace.history import History
from sockscope.trace.names import BY_SIGNAL
from sockscope.trace.stops import Stops
from sockscope.trace.words import plain_text
from sockscope.tracer.errors import SessionError

from .driver import Driver, MakeDriver, Stepper
from .notices import NoticeApp
from .prompts import Accept
from .recent import remember
from .saving import save
from .scene import Scene
from .stage import Stage
from .themes import DARK, LIGHT, THEMES

FRAME: Final = 1 / 30
"""Seconds between two repaints while events flood in."""

Command = Callable[[Any], Awaitable[None]]
"""Takes the driver, whose kind the commands of a stage know."""

MakeStage = Callable[[str], Stage]
"""Makes the stage for a title."""


class StageApp(NoticeApp[None]):
    """Shows a running session, or a saved trace where there is no driver to make.

    ``record`` is told every event as it comes, so that a trace can be saved as it grows;
    after a restart the positions begin at 1 again.  With ``breakpoints`` the programs run
    freely up to the first call that meets one.
    """

    CSS_PATH = "stage.tcss"
    TITLE = "sockscope"

    def __init__(
        self,
        history: History | None = None,
        make_driver: MakeDriver | None = None,
        *,
        title: str = "",
        save_path: Path | None = None,
        record: Callable[[Event], None] | None = None,
        theme: str = DARK.name,
        make_stage: MakeStage = Stage,
        breakpoints: Sequence[Breakpoint] = (),
    ) -> None:
        super().__init__()
        self.history = history or History()
        self.save_path = save_path
        self.breakpoints = tuple(breakpoints)
        self._every_call: bool | None = None  # as the driver has it
        self._make_driver = make_driver
        self._make_stage = make_stage
        self._record = record
        self._session: Driver | None = None
        self._stage_title = title
        self._stops = Stops()
        for event in self.history.events:
            self._stops.append(event)
        self._threads: dict[str, str] = {}
        self._position: int | None = None
        self._pending = False
        self._painted = 0.0
        self._stepping = asyncio.Lock()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme

    def get_default_screen(self) -> Screen[None]:
        """The stage is the only screen that stays."""
        return self._make_stage(self._stage_title)

    @property
    def stage(self) -> Stage:
        """The stage, also while something lies over it."""
        return next(s for s in reversed(self.screen_stack) if isinstance(s, Stage))

    def begin(self) -> None:
        """Called by the stage once it can draw."""
        end_on_signals(self)
        self._refresh_scene()
        self._start()

    async def on_unmount(self) -> None:
        if self._session is not None:
            await self._session.close()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette holds what the table of actions holds."""
        del screen
        for action in self.stage.ACTIONS:
            if action.per_tracee:
                for index, name in enumerate(self.stage.scene.names[: len(action.keys)]):
                    yield SystemCommand(
                        f"{action.label} {plain_text(name)}",
                        action.help,
                        self._doer(action.name, index),
                    )
            else:
                yield SystemCommand(action.label, action.help, self._doer(action.name))

    def _doer(self, name: str, argument: int | None = None) -> Callable[[], None]:
        return lambda: self.stage.action_do(name, argument)

    # -- events come in --------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Take one event of the driver; a flood of them is painted once a frame."""
        self._stops.append(event)
        self.history.append(event)
        if self._record is not None:
            self._record(event)
        if not self._pending:
            self._pending = True
            wait = self._painted + FRAME - time.monotonic()
            if wait <= 0:
                self.call_later(self._refresh_scene)
            else:
                self.set_timer(wait, self._refresh_scene)

    def _refresh_scene(self) -> None:
        self._pending = False
        if not self.is_running:
            return  # the last events come while the widgets are being taken down
        self._painted = time.monotonic()
        history, position = self.history, self._position
        past = position is not None
        at = len(history) if position is None else position
        stop, stops = self.place(at)
        self.stage.scene = Scene(
            state=history.at(at).looking_at(self._threads),
            latest=history.latest,
            live=not past and self._make_driver is not None,
            replay=self._make_driver is None,
            past=past,
            stop=stop,
            stops=stops,
        )

    def place(self, at: int) -> tuple[int, int]:
        """Which stop a position is, from 1, and how many there are."""
        return self._stops.number(at), len(self._stops)

    # -- moving through time ---------------------------------------------------------

    def go_back(self) -> None:
        """Show the stop before the one that is shown."""
        at = len(self.history) if self._position is None else self._position
        before = self._stops.before(at)
        if before is not None:
            self._go(before)

    def go_forward(self) -> None:
        """Show the stop after the one that is shown."""
        if self._position is not None:
            self._go(self._stops.after(self._position))

    def go_live(self) -> None:
        """Show the newest position, and follow it."""
        self._go(None)

    def go_to(self, number: int) -> None:
        """Show a stop by its number, counting from 1."""
        self._go(self._stops.position(number))

    def go_after(self, position: int) -> None:
        """Show the first stop at which all that happened up to ``position`` is seen."""
        self._go(self._stops.at_or_after(position))

    def _go(self, position: int | None) -> None:
        self._position = position
        self._refresh_scene()

    def choose_thread(self, proc: str, thread: str) -> None:
        """Look at the call of one thread of a program from now on: that is stepped, too."""
        self._threads[proc] = thread
        self._refresh_scene()

    # -- commands go out -------------------------------------------------------------

    def drive(self, command: Command) -> None:
        """Send a command to the driver; what goes wrong is told in one line."""
        self.run_worker(self._obey(command), group="drive")

    def drive_step(self, command: Command) -> None:
        """The same for a command that waits until those before it are done."""
        self.run_worker(self._obey_in_turn(command), group="drive")

    async def _obey_in_turn(self, command: Command) -> None:
        async with self._stepping:
            await self._obey(command)

    async def _obey(self, command: Command) -> None:
        if self._session is None:
            return
        try:
            await command(self._session)
        except (SessionError, OSError) as error:
            self.tell(str(error))

    @property
    def driver(self) -> Driver | None:
        """What drives the tracees, where something runs."""
        return self._session

    def _start(self) -> None:
        if self._make_driver is not None:
            self._session = self._make_driver()
            self._session.listener = self.take
            self.set_going()

    def set_going(self) -> None:
        """Make the new driver begin; where there are breakpoints, the programs run up to one."""
        if self.breakpoints:
            self.set_breakpoints(self.breakpoints)
        if self._every_call is not None:
            self._stepper.set_every_call(self._every_call)
        self.drive(self._begin)

    async def _begin(self, driver: Any) -> None:
        await driver.start()
        if self.breakpoints:
            await driver.run_all()

    def set_breakpoints(self, breakpoints: Sequence[Breakpoint]) -> None:
        """Have a run stop at these calls, and no others."""
        self.breakpoints = tuple(breakpoints)
        self._stepper.set_breakpoints(self.breakpoints, self.history)

    def switch_every_call(self) -> bool:
        """Have programs stop at every call, or no longer; whether they do now."""
        self._every_call = not self._stepper.every_call
        self._stepper.set_every_call(self._every_call)
        return self._every_call

    @property
    def _stepper(self) -> Stepper:
        return cast("Stepper", self._session)

    def restart(self) -> None:
        """End every program and start again with an empty trace."""
        self.run_worker(self._restart(), group="restart", exclusive=True)

    async def _restart(self) -> None:
        self.workers.cancel_group(self, "drive")
        if self._session is not None:
            self._session.listener = _ignore
            await self._session.close()
        self.forget()
        self._refresh_scene()
        self._start()

    def forget(self) -> None:
        """Begin an empty trace."""
        self.history, self._stops, self._position = History(), Stops(), None
        self._threads = {}

    # -- the rest --------------------------------------------------------------------

    def tell(self, message: str) -> None:
        """Say something in one line; any text will do."""
        self.notify(plain_text(message, 400), timeout=4, markup=False)

    def saver(self) -> Accept:
        """Takes a path and writes the trace there; an existing file only at the second try."""

        def write(path: Path, overwrite: bool) -> None:
            save(path, list(self.history.events), overwrite=overwrite)
            remember(path)
            self.save_path = path

        return writer("A file name, please.", write)

    def switch_theme(self) -> None:
        """From dark to light and back."""
        self.theme = next_theme(self.theme)


def end_on_signals(app: App[Any]) -> None:
    """What asks a program to end makes the app end in order, with the status for the shell."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, app.exit, None, BY_SIGNAL + number)


def next_theme(name: str) -> str:
    """The light theme's name for the dark one's, and the other way round."""
    return LIGHT.name if name == DARK.name else DARK.name


def _path(answer: str) -> Path:
    return Path(answer).expanduser()


def writer(wanted: str, write: Callable[[Path, bool], None]) -> Accept:
    """Takes a path and has ``write`` write there; over what exists only at the second try."""
    warned: set[str] = set()

    async def accept(answer: str) -> str:
        if not answer:
            return wanted
        try:
            await asyncio.to_thread(write, _path(answer), answer in warned)
        except FileExistsError:
            warned.add(answer)
            return "That file exists.  Press Enter again to overwrite it."
        except (OSError, ValueError) as error:
            return plain_text(str(error), 200)
        return ""

    return accept


def _ignore(event: Event) -> None:
    """What a driver that was replaced still has to say is not of this trace."""
