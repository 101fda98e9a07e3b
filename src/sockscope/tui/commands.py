"""What each action of the table does: the stage's ``do_`` methods, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sockscope.trace.conditions import EXAMPLES, ConditionError, read_breakpoints
from sockscope.trace.names import GATE, RECEIVES, SENDS
from sockscope.trace.state import Call
from sockscope.trace.words import call_text, plain_text

from .help_screen import HelpScreen
from .inspect_screen import InspectScreen
from .prompts import Choice, Prompt, whole_number
from .threads_text import threads_of
from .waits_screen import WaitsScreen

if TYPE_CHECKING:
    from .app import StageApp
    from .driver import Stepper
    from .stage import Stage

BREAKPOINTS = f"""For example {EXAMPLES}.
Several stand between semicolons; none clears them."""

EVERY_CALL = "Programs stop at every call, whoever makes it."
OWN_LINES = "A step lets all calls through that a library makes for one of the program's lines."

SIGNALS = (
    ("SIGTERM", "please end"),
    ("SIGKILL", "end at once: no clean-up"),
    ("SIGINT", "as Ctrl+C: KeyboardInterrupt"),
)


class Commands:
    """Acts on one stage; each public method is named in its table of actions."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def _app(self) -> StageApp:
        return self._stage.stage_app

    def do(self, name: str, *arguments: int) -> None:
        """Do what the action of this name is for, with the number of the tracee if it takes one."""
        getattr(self, f"do_{name}")(*arguments)

    def next_in_turn(self) -> str | None:
        """The tracee whose turn it is, where something runs."""
        driver = cast("Stepper | None", self._app.driver)
        return driver.next_in_turn() if driver else None

    # -- the programs --------------------------------------------------------------

    def do_step(self, index: int) -> None:
        names = self._stage.scene.names
        if index < len(names):
            self._step(names[index])
        else:
            self._app.tell(f"There is no program {index + 1}.")

    def do_next(self) -> None:
        name = self.next_in_turn()
        if name is not None and self._chosen_call(name) is not None:
            self._step(name)
        else:
            self._app.drive_step(lambda driver: driver.step_next())

    def _step(self, name: str, **how: Any) -> None:
        """Step a program, and of several threads the chosen one."""
        call = self._chosen_call(name)
        if call is not None and call.phase != GATE:
            self._app.tell(
                f"{call.thread} of {name} is in {call.name}(): h chooses another thread."
            )
            return
        if call is not None:
            how["number"] = call.id
        self._app.drive_step(lambda driver: driver.step(name, **how))

    def _chosen_call(self, name: str) -> Call | None:
        """The call of the thread that was chosen in a program, where it is in one."""
        process = self._stage.scene.state.processes.get(name)
        call = process.pending if process else None
        chosen = process.thread if process else None
        return call if call is not None and call.thread == chosen is not None else None

    def do_thread(self) -> None:
        name = self._stage.chosen_tracee()
        process = self._stage.scene.state.processes.get(name or "")
        threads = threads_of(process) if process else []
        if name is None or process is None or len(threads) < 2:
            self._app.tell(f"{name} has one thread in a call: there is no other to choose.")
            return
        now = process.pending.thread if process.pending else None
        index = threads.index(now) + 1 if now in threads else 0
        self._app.choose_thread(name, threads[index % len(threads)])

    def do_into(self) -> None:
        name = self._stage.chosen_tracee()
        if name is not None:
            self._step(name, into=True)

    def do_every_call(self) -> None:
        self._app.tell(EVERY_CALL if self._app.switch_every_call() else OWN_LINES)

    def do_run(self) -> None:
        name = self._stage.chosen_tracee()
        if name is not None:
            self._app.drive_step(lambda driver: driver.run(name))

    def do_run_all(self) -> None:
        self._app.drive(lambda driver: driver.run_all())

    def do_pause(self) -> None:
        self._app.drive(lambda driver: driver.pause())

    def do_breakpoints(self) -> None:
        app = self._app

        async def accept(answer: str) -> str:
            try:
                app.set_breakpoints(read_breakpoints(answer, self._stage.scene.names))
            except ConditionError as error:
                return plain_text(str(error), 400)
            return ""

        def answered(answer: str | None) -> None:
            if answer:
                app.tell("R runs the programs up to the first call that meets one.")

        now = "; ".join(breakpoint.text for breakpoint in app.breakpoints)
        app.push_screen(Prompt("stop at which calls?", now, accept, BREAKPOINTS), answered)

    def do_fragment(self) -> None:
        name = self._stage.chosen_tracee()
        process = self._stage.scene.state.processes.get(name or "")
        call = process.pending if process else None
        if name is None or call is None:
            return
        if call.name not in RECEIVES | SENDS:
            self._app.tell(f"{name}'s next call, {call.name}(), moves no bytes.")
            return

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._step(name, limit=int(answer))

        question = f"at most how many bytes for {name}'s {call_text(call, 8)}?"
        self._app.push_screen(Prompt(question, "1", whole_number), answered)

    def do_kill(self) -> None:
        name = self._stage.chosen_tracee()
        if name is None:
            return

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._app.drive(lambda driver: driver.kill(name, answer))

        self._app.push_screen(Choice(f"send {name} which signal?", SIGNALS), answered)

    def do_restart(self) -> None:
        self._app.restart()

    # -- time ----------------------------------------------------------------------

    def do_back(self) -> None:
        self._app.go_back()

    def do_forward(self) -> None:
        self._app.go_forward()

    def do_first(self) -> None:
        self._app.go_to(1)

    def do_last(self) -> None:
        self._app.go_live()

    def do_goto(self) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._app.go_to(int(answer))

        question = f"go to which position, 1 to {self._stage.scene.stops}?"
        self._app.push_screen(Prompt(question, str(self._stage.scene.stop), whole_number), answered)

    # -- panels --------------------------------------------------------------------

    def do_panel(self) -> None:
        self._turn_panel(1)

    def do_panel_back(self) -> None:
        self._turn_panel(-1)

    def do_follow(self) -> None:
        self._stage.follow()

    def _turn_panel(self, step: int) -> None:
        views = self._stage.views
        chosen = self._stage.chosen
        before_first = -1 if step > 0 else 0
        index = step + (views.index(chosen) if chosen in views else before_first)
        self._stage.show_view(views[index % len(views)])

    def do_stream_next(self) -> None:
        self._stage.stream.choose(1)

    def do_stream_back(self) -> None:
        self._stage.stream.choose(-1)

    def do_scroll_left(self) -> None:
        self._stage.stream.scroll_octets(-8)

    def do_scroll_right(self) -> None:
        self._stage.stream.scroll_octets(8)

    def do_bytes(self) -> None:
        self._stage.stream.mode = self._stage.stream.mode.next

    def do_fold(self) -> None:
        self._stage.stream.folding = not self._stage.stream.folding

    def do_inspect(self) -> None:
        key = self._stage.chosen_socket()
        if key is not None:
            self._app.push_screen(InspectScreen(self._stage.scene.state, key))

    def do_filter(self) -> None:
        kernel = self._stage.kernel

        def answered(answer: str | None) -> None:
            if answer is not None:
                kernel.wanted = answer

        question = "only sockets with which words? (nothing: all of them)"
        self._app.push_screen(Prompt(question, kernel.wanted, _any_words), answered)

    def do_waits(self) -> None:
        self._app.push_screen(WaitsScreen(self._stage.scene))

    # -- the app -------------------------------------------------------------------

    def do_save(self) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._app.tell(f"The trace is in {answer}.")

        question = "save the trace to which file?"
        path = str(self._app.save_path or Path("trace.jsonl"))
        self._app.push_screen(Prompt(question, path, self._app.saver()), answered)

    def do_theme(self) -> None:
        self._app.switch_theme()

    def do_help(self) -> None:
        self._app.push_screen(HelpScreen(self._stage.ACTIONS))

    def do_quit(self) -> None:
        self._app.exit()


async def _any_words(_: str) -> str:
    """Accept whatever is looked for."""
    return ""
