"""Who waits for whom in a session, from what its desk knows and what /proc adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..trace.events import NO_CALL, Reason, Wait
from .deadlock import Graph, Waiting
from .process import Tracee
from .sockets import Sockets
from .standing import Desk

UNSEEN = "is not seen"


def graph(tracees: Iterable[Tracee], desk: Desk) -> Graph:
    """Every live program of a session, and what children of theirs hold that are not seen."""
    alive = [t for t in tracees if not t.exited.is_set()]
    seen = {t.pid for t in alive}
    children = {t: [pid for pid in t.children() if pid not in seen] for t in alive}
    programs = [
        Waiting(t.name, list(desk.blocked(t.name)), t.threads, t.besides(pids), _rest(t, alive))
        for t, pids in children.items()
    ]
    unseen = Sockets()
    for tracee, pids in children.items():
        for pid in pids:
            name = f"a child of {tracee.name} (pid {pid})"
            programs.append(Waiting(name, (), besides=UNSEEN))
            for view in tracee.held_by(pid):
                unseen.put(name, view)
    return Graph(programs, desk.sockets, unseen)


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
