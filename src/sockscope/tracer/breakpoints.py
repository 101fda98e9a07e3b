"""The breakpoints of a session: a run goes on freely up to the first call that meets one.

Each tracee stops by itself at the calls that meet a condition, as far as it can tell, and at
those that may: of these the whole condition is worked out here, over the trace, and the call
is let go on where it is not met.  So no call slips past, and one that cannot be meant costs
no more than in any free run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..trace import events as e
from ..trace.conditions import Breakpoint, ConditionError, verdict
from ..trace.history import History
from ..trace.state import Call
from .coarse import coarse, needs_trace

if TYPE_CHECKING:
    from .process import Stop, Tracee
    from .session import Session


class Breakpoints:
    """Tells the tracees of one session where to stop, and judges where they cannot.

    ``history`` is the trace of the session, kept by whoever listens to it, and asked only by
    conditions that ``need_trace``.  ``met`` is set while the run stands at a breakpoint.
    """

    def __init__(self, session: Session) -> None:
        self.all: tuple[Breakpoint, ...] = ()
        self.history: History | None = None
        self.met = asyncio.Event()
        self._session = session
        self._judging: set[asyncio.Task[None]] = set()

    @property
    def need_trace(self) -> bool:
        """Whether any condition asks for more than the call at hand."""
        return any(map(needs_trace, self.all))

    def set(self, breakpoints: Sequence[Breakpoint]) -> None:
        """Have these breakpoints in the place of those that there were."""
        self.all = tuple(breakpoints)
        for name, tracee in self._session.tracees.items():
            tracee.order("breaks", **self.setup(name))

    def setup(self, proc: str) -> Mapping[str, Any]:
        """What a tracee is told of them when it starts."""
        trees = [(b.text, coarse(b, proc)) for b in self.all]
        return {"breaks": [(text, tree) for text, tree in trees if tree is not None]}

    def take(self, tracee: Tracee, stop: Stop) -> None:
        """A tracee has stopped at a call that meets a condition, or may meet one.

        Where it does, all others stop at once, before anything is done about it.
        """
        if stop.condition is not None:
            self.met.set()
            self._session.stop_all()
        task = asyncio.create_task(self._judge(tracee, stop))
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    def why_not(self) -> str:
        """What to say of a run that has ended without meeting any."""
        return f"every program has ended, and no call met {' or '.join(b.text for b in self.all)}"

    async def judged(self) -> None:
        """Wait until every call is judged at which a tracee has stopped."""
        await asyncio.gather(*self._judging)

    def close(self) -> None:
        """Judge no more."""
        for task in self._judging:
            task.cancel()

    async def _judge(self, tracee: Tracee, stop: Stop) -> None:
        await self._session.catch_up()
        condition, still_open = stop.condition, [b.text for b in self.all]
        if condition is None:
            condition, still_open = self._verdict(stop.call)
        if condition is None and (stop.ended or not self.met.is_set()):
            tracee.order("go", call=stop.call, open=still_open)
            return
        tracee.order("stay", call=stop.call, condition=condition)
        if condition is not None:
            self.met.set()
            self._session.tell(e.Stopped, tracee.name, call=stop.call, condition=condition)
            await self._session.pause()

    def _verdict(self, number: int) -> tuple[str | None, list[str]]:
        """The condition that a call meets, if any, and those that only its end can decide."""
        still_open: list[str] = []
        call = None if self.history is None else _call(self.history, number)
        for breakpoint in self.all:
            found = None
            if self.history is not None and call is not None:
                with suppress(ConditionError):
                    found = verdict(breakpoint.node, self.history, call)
            if found:
                return breakpoint.text, still_open
            if found is None:
                still_open.append(breakpoint.text)
        return None, still_open


def _call(history: History, number: int) -> Call | None:
    """A call by its id, as far as it has come."""
    state = history.latest
    for process in state.processes.values():
        for call in (*process.open, process.last):
            if call is not None and call.id == number:
                return call
    return next((call for call in reversed(state.calls) if call.id == number), None)
