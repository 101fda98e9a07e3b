"""What the stage draws: one state and where it stands in the trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sockscope.trace.state import EMPTY, Process, State

LOOK_BACK: Final = 50
"""How many calls that were made aside are passed over at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Immutable.  Scenes are compared by identity: a state may be large."""

    state: State = EMPTY
    latest: State = EMPTY
    live: bool = True  # the newest position of a running session
    replay: bool = False  # a saved trace: nothing runs
    past: bool = False  # an earlier position than the newest
    stop: int = 1
    stops: int = 1

    @property
    def tracees(self) -> tuple[Process, ...]:
        """The processes in their order of appearance, also those that appear later.

        A child that has ended leaves the stage: a server may fork one for each client.
        """
        known = {**self.latest.processes, **self.state.processes}
        there = (p for p in known.values() if not (p.parent and p.exited))
        return tuple(sorted(there, key=lambda process: process.order))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tracees, in their order of appearance."""
        return tuple(process.name for process in self.tracees)

    @property
    def told(self) -> int:
        """Which finished call of the state is told of, from 0; -1 where there is none.

        It is the last one, unless that only asked the kernel something: a ``getsockname``
        is made without stopping, and would hide the call that was stepped.  Where a run has
        stopped after a call, it is that one.
        """
        calls, at = self.state.calls, self.state.stopped_at
        last = len(calls) - 1
        if at is not None and at.finished:
            return next(index for index in range(last, -1, -1) if calls[index].id == at.id)
        for index in range(last, max(-1, last - LOOK_BACK), -1):
            if not calls[index].is_aside:
                return index
        return last

    def order(self, name: str) -> int:
        """The order of appearance of a tracee, 0 where it is unknown."""
        process = self.latest.processes.get(name)
        return process.order if process else 0


NOTHING = Scene()
