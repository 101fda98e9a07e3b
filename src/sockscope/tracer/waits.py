"""Who waits for whom in a session, from what its desk knows and what /proc adds to it."""

from __future__ import annotations

from collections.abc import Iterable

from .deadlock import Graph, Waiting
from .process import Tracee
from .sockets import Sockets
from .standing import Desk

UNSEEN = "is not seen"


def graph(tracees: Iterable[Tracee], desk: Desk) -> Graph:
    """Every live program of a session, and what its children hold."""
    programs = [
        Waiting(t.name, list(desk.blocked(t.name)), t.threads, t.besides())
        for t in tracees
        if not t.exited.is_set()
    ]
    unseen = Sockets()
    for tracee in tracees:
        for pid in tracee.children():
            name = f"a child of {tracee.name} (pid {pid})"
            programs.append(Waiting(name, (), besides=UNSEEN))
            for view in tracee.held_by(pid):
                unseen.put(name, view)
    return Graph(programs, desk.sockets, unseen)
