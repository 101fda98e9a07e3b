"""The stage: one screen that draws a scene and turns keys into commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import reactive, var
from textual.screen import Screen
from textual.widget import Widget

from sockscope.trace.state import Fd, State

from .actions import ACTIONS, Action, Situation, bindings
from .caption import Caption
from .commands import Commands
from .kernel_panel import KernelPanel
from .keybar import KeyBar
from .scene import NOTHING, Scene
from .source_panel import CodeView, SourcePanel
from .status import StatusLine
from .stream_panel import StreamPanel
from .tabbar import TabBar
from .thread_list import ThreadList
from .threads_text import threads_of
from .timeline import Timeline
from .views import KERNEL, STREAM, TIMELINE, WIDE, Arrangement, arrange, views

if TYPE_CHECKING:
    from .app import StageApp

HUGE: Final = 144
"""Columns from which the kernel and the caption are given more."""

SHORT: Final = 32
"""Lines below which the lower panels make do with fewer."""


class Stage(Screen[None]):
    """Programs at the sides, the kernel between them, bytes and time below.

    A stage of another kind has its own ``ACTIONS``, and ``make_commands`` for what carries
    them out; its ``BINDINGS`` are made from the former, and ``inherit_bindings=False`` drops
    the keys of this one.  ``PROGRAM_PANEL`` shows one tracee.  ``top``, ``middle`` and
    ``bottom`` yield the panels of the three rows; a stage with one more panel extends them, and
    ``views`` and ``widget_of`` too if Tab shall visit it.
    """

    AUTO_FOCUS = ""
    ACTIONS: ClassVar[Sequence[Action]] = ACTIONS
    PROGRAM_PANEL: ClassVar[type[SourcePanel]] = SourcePanel
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    chosen: var[str | None] = var(None)
    other: var[str | None] = var(None)

    left = getters.query_one("#left", SourcePanel)
    right = getters.query_one("#right", SourcePanel)
    kernel = getters.query_one("#kernel", KernelPanel)
    stream = getters.query_one("#stream", StreamPanel)
    caption = getters.query_one("#caption", Caption)
    tabs = getters.query_one("#tabs", TabBar)
    keys = getters.query_one(KeyBar)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._commands = self.make_commands()
        self._ready = False

    def make_commands(self) -> Commands:
        """What carries the actions out."""
        return Commands(self)

    @property
    def stage_app(self) -> StageApp:
        """The app, by its own type."""
        app: StageApp = self.app  # type: ignore[assignment]
        return app

    def compose(self) -> ComposeResult:
        yield StatusLine(self._title, id="status").data_bind(Stage.scene)
        yield TabBar(id="tabs")
        yield Horizontal(*self.top(), id="top")
        yield from self.middle()
        yield Horizontal(*self.bottom(), id="bottom")
        yield KeyBar(self.ACTIONS, id="keys")

    def top(self) -> Iterable[Widget]:
        """The panels of the upper row, from left to right."""
        yield self.PROGRAM_PANEL(id="left").data_bind(Stage.scene)
        yield KernelPanel(id="kernel").data_bind(Stage.scene)
        yield self.PROGRAM_PANEL(id="right").data_bind(Stage.scene)
        yield Timeline(id="timeline-above").data_bind(Stage.scene)

    def middle(self) -> Iterable[Widget]:
        """What stands between the rows, over the whole width."""
        key = next(action.key_label for action in self.ACTIONS if action.name == "bytes")
        yield StreamPanel(key, id="stream").data_bind(Stage.scene)

    def bottom(self) -> Iterable[Widget]:
        """The panels of the lower row, from left to right."""
        yield Timeline(id="timeline").data_bind(Stage.scene)
        yield Caption(id="caption").data_bind(Stage.scene)

    def on_mount(self) -> None:
        self._ready = True
        self.stage_app.begin()

    # -- what is in sight ----------------------------------------------------------

    def watch_scene(self) -> None:
        if not self._ready:
            return
        self._set_out()
        self.keys.situation = self.situation

    def on_resize(self) -> None:
        self._set_out()

    @property
    def wide(self) -> bool:
        """Whether the panels stand side by side."""
        return self.size.width >= WIDE

    @property
    def views(self) -> list[str]:
        """The panels in the order in which Tab visits them."""
        return views(self.scene.names, wide=self.wide)

    def _set_out(self) -> None:
        if not self._ready:
            return
        width, height = self.size
        chosen, other = self.chosen, self.other
        if chosen is None:
            chosen = other = self._followed()
        now = arrange(self.scene.names, chosen, other, width, height)
        self.set_class(self.wide, "-wide")
        self.set_class(width >= HUGE, "-huge")
        self.set_class(height < SHORT, "-short")
        self.caption.set_class(not self.wide, "-narrow")
        self.left.proc, self.right.proc = now.left, now.right
        self.left.display = now.left is not None or not self.scene.names
        self.right.display = now.right is not None
        self.kernel.display = now.kernel
        self.query_one("#timeline-above").display = now.timeline_above
        self.query_one("#timeline").display = now.timeline_below
        self.tabs.display = now.tabs
        self.tabs.tabs = tuple(self.views)
        self.tabs.shown = _in_sight(now)

    def _followed(self) -> str | None:
        """The view that is in sight while none is chosen: where a deadlock is drawn, if any."""
        if self.scene.state.stopped is not None:
            return self.scene.state.stopped.proc
        if self.scene.state.deadlock:
            return KERNEL
        calls, told = self.scene.state.calls, self.scene.told
        return calls[told].proc if told >= 0 else None

    def show_view(self, view: str) -> None:
        """Bring a panel into sight and give it the focus."""
        self.chosen = view
        if view in self.scene.names[1:]:
            self.other = view
        self._set_out()
        self.set_focus(self.widget_of(view))

    def follow(self) -> None:
        """Choose no panel; show what moves."""
        self.set_focus(None)
        self.chosen = None
        self._set_out()

    def widget_of(self, view: str) -> Widget:
        """What has the focus while a view is chosen."""
        if view == KERNEL:
            return self.kernel
        if view == STREAM:
            return self.stream
        if view == TIMELINE:
            return self.query_one("#timeline" if self.wide else "#timeline-above")
        panel = self.right if self.wide and view == self.right.proc else self.left
        return panel.query_one(CodeView)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.chosen = self.view_of(event.widget) or self.chosen

    def view_of(self, widget: Widget) -> str | None:
        """The view that is chosen while a widget has the focus."""
        for panel in (self.left, self.right):
            if panel in widget.ancestors and panel.proc:
                return panel.proc
        views = (KERNEL, STREAM, TIMELINE)
        return next((view for view in views if self.widget_of(view) is widget), None)

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        self.show_view(event.view)

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        self.action_do(event.hint.name, event.hint.argument)

    def on_kernel_panel_waits_pressed(self) -> None:
        self.action_do("waits")

    def on_timeline_chosen(self, event: Timeline.Chosen) -> None:
        call = event.call
        self.stage_app.go_after(call.finished or call.entered)

    # -- actions -------------------------------------------------------------------

    @property
    def situation(self) -> Situation:
        """What there is to act on."""
        scene = self.scene
        return Situation(
            replay=scene.replay,
            past=scene.past,
            can_back=scene.stop > 1,
            can_forward=scene.past,
            tracees=scene.names,
            exited=frozenset(p.name for p in scene.tracees if p.exited),
            streams=len(scene.state.streams),
            sockets=len(scene.state.sockets),
            threads=len(self._threads()),
            waits=len(scene.state.waits),
            standstill=_is_standstill(scene.state),
            deadlock=frozenset(scene.state.deadlock),
            within=any(p.pending and p.pending.within for p in scene.tracees),
        )

    def action_do(self, name: str, argument: int | None = None) -> None:
        """Do one thing of the table of actions, or say why it cannot be done now."""
        action = next(action for action in self.ACTIONS if action.name == name)
        problem = action.problem(self.situation)
        if problem:
            self.stage_app.tell(problem)
        elif action.per_tracee:
            self._commands.do(name, argument or 0)
        else:
            self._commands.do(name)

    def _threads(self) -> list[str]:
        process = self.scene.state.processes.get(self.chosen_tracee() or "")
        return threads_of(process) if process else []

    def on_thread_list_chosen(self, event: ThreadList.Chosen) -> None:
        self.stage_app.choose_thread(event.proc, event.thread)

    def chosen_tracee(self) -> str | None:
        """The program in the chosen panel, or whose turn it is, or the first that lives."""
        names = self.scene.names
        if self.chosen in names:
            return self.chosen
        living = [p.name for p in self.scene.tracees if not p.exited]
        return self._commands.next_in_turn() or next(iter(living), None)

    def chosen_socket(self) -> Fd | None:
        """The socket in the kernel panel that is chosen, or one of the chosen program's call."""
        sockets = self.scene.state.sockets
        if self.chosen == KERNEL and self.kernel.chosen in sockets:
            return self.kernel.chosen
        process = self.scene.state.processes.get(self.chosen_tracee() or "")
        call = (process.pending or process.last) if process else None
        if call and (call.proc, call.fd) in sockets:
            return (call.proc, call.fd)
        return max(sockets, default=None)


def _is_standstill(state: State) -> bool:
    """Whether something is blocked, and each program that lives."""
    living = [process for process in state.processes.values() if not process.exited]
    blocked = {wait.proc for wait in state.waits}
    return bool(living) and all(process.name in blocked for process in living)


def _in_sight(now: Arrangement) -> frozenset[str]:
    shown = {view for view in (now.left, now.right) if view is not None}
    shown.add(STREAM)
    if now.kernel:
        shown.add(KERNEL)
    if now.timeline_above or now.timeline_below:
        shown.add(TIMELINE)
    return frozenset(shown)
