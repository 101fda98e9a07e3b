"""Whether the programs of a run have come to rest: at their end, or for good in each other's way.

That is read from the kernel: every thread of every live program sleeps, and nothing is on
its way in any socket.  A second look shows whether any has run in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..trace.events import NO_CALL, Wait
from ..tracee.proc import is_about_to_reap
from ..tracer.process import Tracee
from ..tracer.session import Session
from ..tracer.sleeping import sleep_of


@dataclass(frozen=True, slots=True)
class Rest:
    """All sleep.  It ``is_over`` where they wait for somebody new, and otherwise it hangs.

    ``asleep`` are the threads that no clock will wake (``sleeping.Sleep``).  It ``is_timed``
    where there are others, and ``is_slept`` where one of these is in no call of a socket.
    """

    is_over: bool
    asleep: frozenset[tuple[int, str]]
    is_timed: bool
    is_slept: bool


def rest(session: Session) -> Rest | None:
    """Whether all rest, as far as one look can tell."""
    alive = [t for t in session.tracees.values() if not t.exited.is_set()]
    graph = session.graph()
    is_held = any(session.desk.at_gate(tracee.name) for tracee in alive)
    if not alive or is_held or graph.is_coming():
        return None
    is_over = _is_served(session.tracees, alive, graph.waits)
    timeouts = sum(wait.timeout is not None for wait in graph.waits)
    if timeouts and not is_over:
        return None
    sleep = sleep_of(_processes(alive))
    if sleep is None:
        return None
    wakes = any(t.alarm > 0 or (t.is_here and is_about_to_reap(t.pid)) for t in alive)
    is_slept = sleep.timed > timeouts or wakes
    return Rest(is_over, sleep.for_ever, is_slept or timeouts > 0, is_slept)


def _processes(alive: Sequence[Tracee]) -> dict[int, int]:
    """The live processes, children that are not seen among them, each with the thread of ours."""
    unseen = {pid: 0 for tracee in alive for pid in tracee.children()}
    return unseen | {tracee.pid: tracee.agent for tracee in alive}


def _is_served(
    tracees: Mapping[str, Tracee], alive: Sequence[Tracee], waits: Sequence[Wait]
) -> bool:
    """Whether clients have come and gone, and each program that is left waits for others."""
    roots = {name: root(tracees, name) for name in tracees}
    left = {roots[tracee.name] for tracee in alive}
    outside = set()
    for wait in waits:
        for reason in wait.reasons if wait.call != NO_CALL else ():
            if reason.on is None:
                outside.add(roots.get(wait.proc))
            elif roots.get(reason.on) != roots.get(wait.proc):
                return False
    return left <= outside and len(left) < len(set(roots.values()))


def root(tracees: Mapping[str, Tracee], name: str) -> str:
    """The program to which a process belongs."""
    parent = tracees[name].parent if name in tracees else None
    return name if parent is None else root(tracees, parent)
