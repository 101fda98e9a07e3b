"""The caption: what the last call means, in full, and what each tracee does next."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from sockscope.trace.names import BLOCKED, GATE, RAISED
from sockscope.trace.state import Call, Process, State
from sockscope.trace.words import call_text, outcome_text

from .scene import NOTHING, Scene
from .source_text import doing, would_block
from .text import at_most, data
from .themes import tracee_style
from .timeline_text import summary
from .waits_text import deadlock_sentence

DATA_LIMITS = (16, 8, 3)
"""Octets of a call's data that are shown, the most that fits."""


class Caption(Widget):
    """Wrapped text about the shown position, or ``WELCOME`` where nothing has happened."""

    WELCOME: ClassVar[str] = (
        "Every program waits before its first socket call.  Step one, and see what changes."
    )

    scene: reactive[Scene] = reactive(NOTHING)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "what it means"

    def render(self) -> Content:
        """The sentences, as many as there is room for."""
        narrow = self.has_class("-narrow")
        width, height = max(1, self.size.width), self.size.height
        pending = [self._pending_line()] if narrow else self._pending_lines()
        pending = [line for line in pending if line]
        told = [*self._stopped(), *self._deadlock(), self._last(narrow), *self._waiting()]
        lines = [line for part in told for line in part.wrap(width)]
        room = max(2, height - len(pending))
        shown = at_most(room, lines, width)
        if narrow:
            return Content("\n").join([*pending, *shown])
        blank = [Content("")] if len(lines) < room else []
        return Content("\n").join([*shown, *blank, *pending])

    def _stopped(self) -> list[Content]:
        """Where the run has stopped, and for which breakpoint."""
        stop, call = self.scene.state.stopped, self.scene.state.stopped_at
        if stop is None or call is None:
            return []
        return [
            Content.assemble(
                ("stopped: ", "bold $warning"),
                data(outcome_text(call), "bold"),
                data(f"  ({stop.condition})", "$quiet"),
            )
        ]

    def _last(self, narrow: bool) -> Content:
        told = self.scene.told
        if told < 0:
            return Content(self.WELCOME)
        call = self.scene.state.calls[told]
        order = self.scene.order(call.proc)
        head = Content.assemble(
            data(call.proc, tracee_style(order)),
            " ",
            data(summary(call), "bold $error" if call.phase == RAISED else "bold"),
        )
        text = data(meaning_of(call))
        return Content.assemble(head, ": " if narrow else "\n", text) if text else head

    def _deadlock(self) -> list[Content]:
        state = self.scene.state
        return [deadlock_sentence(state)] if state.deadlock else []

    def _waiting(self) -> list[Content]:
        """What the blocked calls wait for, where no deadlock tells it."""
        if self.scene.state.deadlock:
            return []
        return [
            Content.assemble(
                data(process.name, tracee_style(process.order)), " ", data(call.meaning)
            )
            for process in self.scene.state.processes.values()
            for call in process.open
            if call.phase == BLOCKED and call.meaning
        ]

    def _pending_lines(self) -> list[Content]:
        return [
            _pending(n, p, self.scene.state).truncate(self.size.width, ellipsis=True)
            for n, p in self._going_on()
        ]

    def _going_on(self) -> list[tuple[int, Process]]:
        """The processes with their numbers, but for those of a deadlock, of which that tells."""
        deadlock = self.scene.state.deadlock
        return [(n, p) for n, p in enumerate(self.scene.tracees, 1) if p.name not in deadlock]

    def _pending_line(self) -> Content:
        """In one line: with less data, and then cut to equal shares, where room is short."""
        width, tracees = self.size.width, self._going_on()
        for limit in DATA_LIMITS:
            parts = [_pending(n, p, self.scene.state, limit) for n, p in tracees]
            line = Content("  ").join(parts)
            if line.cell_length <= width:
                return line
        each = max(16, width // max(1, len(tracees)) - 2)
        cut = (part.truncate(each, ellipsis=True) for part in parts)
        return Content("  ").join(cut).truncate(width, ellipsis=True)


def meaning_of(call: Call) -> str:
    """The sentence about a call, or else what it raised."""
    return call.meaning or (call.message if call.phase == RAISED else "")


def briefly(process: Process, state: State, limit: int = 16) -> str:
    """What the process does next, in as few words as will do, with ``limit`` octets of data."""
    call = process.pending
    if process.exited or call is None or call.phase != GATE:
        return doing(process, state)
    return f"▶ {call_text(call, limit)}" + (" would block" if would_block(call, state) else "")


def _pending(number: int, process: Process, state: State, limit: int = 16) -> Content:
    return Content.assemble(
        (f"{number} ", "bold $line-on"),
        data(process.name, tracee_style(process.order)),
        " ",
        data(briefly(process, state, limit)),
    )
