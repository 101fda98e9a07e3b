"""Who waits for whom in a session, from what its desk knows and what /proc adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import partial

from ..trace.events import NO_CALL, Reason, Wait
from ..trace.names import WAITS
from .deadlock import Graph, Waiting
from .locks import awake, catches_signals
from .process import OURS, Tracee
from .sockets import Sockets
from .standing import Desk

UNSEEN = "is not seen"


def graph(tracees: Iterable[Tracee], desk: Desk) -> Graph:
    """Every live program of a session, and what children of theirs hold that are not seen."""
    alive = [t for t in tracees if not t.exited.is_set()]
    seen = {t.pid for t in alive if t.is_here}
    children = {t: _unseen(t, seen) for t in alive}
    programs = [_waiting(t, desk, t.besides(pids), _rest(t, alive)) for t, pids in children.items()]
    unseen = Sockets()
    for tracee, pids in children.items():
        for pid in pids:
            name = f"a child of {tracee.name} (pid {pid})"
            programs.append(Waiting(name, (), besides=UNSEEN))
            for view in tracee.held_by(pid):
                unseen.put(name, view)
    return Graph(programs, desk.sockets, unseen)


def _unseen(tracee: Tracee, seen: Set[int]) -> list[int]:
    """The children of a program that are no tracees; of one elsewhere none is, whatever its pid."""
    return [pid for pid in tracee.children() if not (tracee.is_here and pid in seen)]


def _waiting(tracee: Tracee, desk: Desk, besides: str, rest: Wait | None) -> Waiting:
    calls = list(desk.blocked(tracee.name))
    is_several = tracee.is_here and any(call.name in WAITS for call in calls)
    awaits_signals = is_several and catches_signals(tracee.pid)
    count = partial(_awake, tracee, desk)
    return Waiting(tracee.name, calls, tracee.threads, besides, rest, awaits_signals, count)


def _awake(tracee: Tracee, desk: Desk) -> int:
    """How many threads of a program do not sleep in a lock; all of them where nobody tells.

    So it is where one is at its gate, or stands after its call: that is a lock of ours.
    """
    name = tracee.name
    is_held = desk.at_gate(name) is not None or desk.stands_after(name) is not None
    found = awake(tracee.pid, tracee.agent) if tracee.is_here and not is_held else None
    return tracee.threads if found is None else min(tracee.threads, found - OURS)


def _rest(tracee: Tracee, alive: Sequence[Tracee]) -> Wait | None:
    """What a parent or a child waits for in no call of a socket.

    A signal may come from anybody; yet a child that waits for one does so for its relatives.
    """
    children = [t.name for t in alive if t.parent == tracee.name]
    how = tracee.rest() if children or tracee.parent else None
    if how == "wait" and children:
        reasons = tuple(Reason(on=name, why=f"{name} has not ended") for name in children)
    elif how == "pause" and tracee.parent:
        reasons = (Reason(on=tracee.name, why="no signal has come"),)
    else:
        return None
    return Wait(proc=tracee.name, call=NO_CALL, name=how, reasons=reasons)
