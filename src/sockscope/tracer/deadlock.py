"""Whether programs wait for each other in a ring, so that nothing will ever happen again.

Only what the kernel showed is used: every thread of every live program sleeps in a
socket call without a timeout, and what it waits for can come only from another of them.
A program in ``accept()`` waits for the world outside, so it is no part of a deadlock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..trace.events import CallEntered, SocketView


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live program: its blocked calls, its number of threads, and its sockets."""

    name: str
    calls: Sequence[CallEntered]
    threads: int
    sockets: Sequence[SocketView]

    @property
    def is_stuck(self) -> bool:
        """Whether each of its threads sleeps in a call that no timeout will end."""
        return len(self.calls) >= self.threads and all(c.timeout is None for c in self.calls)


def find(programs: Sequence[Waiting]) -> str | None:
    """One line that names the ring, or None where something may still happen."""
    if not programs or not all(program.is_stuck for program in programs):
        return None
    by_name = {program.name: program for program in programs}
    waits = {p.name: [_waits_for(call, p, programs) for call in p.calls] for p in programs}
    if any(target not in by_name for targets in waits.values() for target in targets):
        return None
    return "; ".join(_words(by_name[name], waits) for name in by_name)


def _waits_for(call: CallEntered, program: Waiting, programs: Sequence[Waiting]) -> str | None:
    """Who alone can wake this call, or None where it may be someone outside."""
    if call.name == "accept":
        return None
    own = next((view for view in program.sockets if view.fd == call.fd), None)
    if own is None:
        return None
    for other in programs:
        for view in other.sockets:
            if own.peer is not None and (view.local, view.peer) == (own.peer, own.local):
                return other.name
            if call.name == "connect" and view.kind == "listening" and _is_target(call, view):
                return other.name
    return None


def _is_target(call: CallEntered, listener: SocketView) -> bool:
    address = call.args[0] if call.args else None
    return (
        isinstance(address, list)
        and isinstance(listener.local, tuple)
        and address[1:2] == [listener.local[1]]
    )


def _words(program: Waiting, waits: Mapping[str, Sequence[str | None]]) -> str:
    call, target = program.calls[0], waits[program.name][0]
    reason = {
        "connect": f"the accept queue of {target} is full",
        "send": f"its send buffer is full, because {target} does not read",
        "sendto": f"its send buffer is full, because {target} does not read",
        "sendmsg": f"its send buffer is full, because {target} does not read",
        "sendfile": f"its send buffer is full, because {target} does not read",
    }.get(call.name, f"nothing has come from {target}")
    place = f" at line {call.line}" if call.line else ""
    return f"{program.name} is blocked in {call.name}(){place}: {reason}"
