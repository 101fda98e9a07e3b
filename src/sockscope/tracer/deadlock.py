"""Who waits for whom, and whether it is a ring, so that nothing will ever happen again.

Only what the kernel showed is used.  A deadlock is where every thread of every live program
sleeps in a socket call without a timeout, and what it waits for can come only from another
of them, or from itself.  A program in ``accept()`` waits for the world outside, and so does
one whose datagrams may come from anywhere: neither is part of a deadlock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..trace.events import CallEntered, SocketView
from ..trace.names import SENDS, WAITS
from ..trace.waiting import awaited
from ..trace.words import MAX_ARGS, seconds_text, size_text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live program: its blocked calls, its number of threads, and its sockets.

    ``besides`` says what else of it may stir: a child that runs, an alarm that is set.
    """

    name: str
    calls: Sequence[CallEntered]
    threads: int
    sockets: Sequence[SocketView]
    besides: str = ""

    @property
    def is_stuck(self) -> bool:
        """Whether each of its threads sleeps in a call that no timeout will end."""
        is_asleep = len(self.calls) >= self.threads and all(c.timeout is None for c in self.calls)
        return is_asleep and not self.besides

    def view(self, fd: int) -> SocketView | None:
        """The socket at ``fd`` as it was last seen."""
        return next((view for view in self.sockets if view.fd == fd), None)


@dataclass(frozen=True, slots=True)
class Edge:
    """One reason for which a call waits: ``target`` is who alone can end it, None where it
    may be anybody outside."""

    target: str | None
    why: str


def find(programs: Sequence[Waiting]) -> str | None:
    """One line that names the ring, or None where something may still happen."""
    if not programs or not all(program.is_stuck for program in programs):
        return None
    if is_coming(programs):
        return None
    for program in programs:
        for call in program.calls:
            if any(edge.target is None for edge in edges(program, call, programs)):
                return None
    return "; ".join(words(program, program.calls[0], programs) for program in programs)


def is_coming(programs: Sequence[Waiting]) -> bool:
    """Whether octets are on their way to a receive buffer that is empty.

    The kernel keeps a small piece back until the one before it is acknowledged, which may
    take 40 ms (tcp(7), TCP_NODELAY and TCP_QUICKACK); every program sleeps meanwhile.
    """
    views = [view for program in programs for view in program.sockets]
    empty = {(view.peer, view.local) for view in views if view.recv_bytes == 0}
    return any(view.unsent and (view.local, view.peer) in empty for view in views)


def is_idle(program: Waiting, programs: Sequence[Waiting]) -> bool:
    """Whether each thread sleeps until somebody outside comes: what a server does at last."""
    found = [edges(program, call, programs) for call in program.calls]
    own = (None, program.name)
    return len(found) >= program.threads and all(
        edge.target in own for reasons in found for edge in reasons
    )


def stall(programs: Sequence[Waiting]) -> str:
    """One line that says of each blocked call what it waits for, and what may end it."""
    told = [words(p, call, programs) + _end(call) for p in programs for call in p.calls]
    told += [f"{p.name} is still running" for p in programs if not p.calls and not p.besides]
    told += [f"{p.name} {p.besides}" for p in programs if p.besides]
    return "; ".join(told)


def words(program: Waiting, call: CallEntered, programs: Sequence[Waiting]) -> str:
    """Where ``call`` of ``program`` is blocked, and why."""
    place = f" at line {call.line}" if call.line else ""
    reasons = dict.fromkeys(edge.why for edge in edges(program, call, programs))
    return f"{program.name} is blocked in {call.name}(){place}: {' and '.join(reasons)}"


def _end(call: CallEntered) -> str:
    return "" if call.timeout is None else f" (its timeout of {seconds_text(call.timeout)} ends it)"


def edges(program: Waiting, call: CallEntered, programs: Sequence[Waiting]) -> list[Edge]:
    """All that ``call`` of ``program`` waits for; it goes on as soon as one of them comes."""
    if call.name in WAITS:
        return _for_any(program, call, programs)
    view = program.view(call.fd)
    if call.name == "accept":
        return [Edge(None, "no client connects")]
    if call.name in ("connect", "connect_ex"):
        return [_for_handshake(call, programs)]
    return [_of_socket(program, view, call.name.removeprefix("ssl.") in SENDS, programs)]


def _for_any(program: Waiting, call: CallEntered, programs: Sequence[Waiting]) -> list[Edge]:
    """Why none of the sockets of a wait for any of several is ready."""
    found = []
    for fd, events in awaited(call.args[0] if call.args else None):
        view = program.view(fd)
        if view is not None and view.kind == "listening":
            found.append(Edge(None, f"no client connects to fd {fd}"))
        else:
            sides = [side for event, side in (("IN", False), ("OUT", True)) if event in events]
            found += [_of_socket(program, view, side, programs) for side in sides]
    foreign = [edge for edge in found if edge.target != program.name]
    return (foreign or found)[:MAX_ARGS] or [Edge(None, "nothing has happened")]


def _of_socket(
    program: Waiting, view: SocketView | None, sends: bool, programs: Sequence[Waiting]
) -> Edge:
    """Why a socket has nothing to read, or no room to send."""
    ends = {} if view is None else dict(_other_ends(view, programs))
    others = [name for name in ends if name != program.name]
    target = next(iter(others or ends), None)
    name = " or ".join(others) or ("itself, which holds the other end" if ends else "outside")
    if not sends:
        return Edge(target, _nothing_from(name, view, ends[target] if target else None))
    full = "its send buffer is full"
    return Edge(target, f"{full}, because {name} does not read" if target else full)


def _nothing_from(name: str, view: SocketView | None, other: SocketView | None) -> str:
    """Why there is nothing to read, or not enough of it."""
    if view is not None and view.buffered:
        return (
            f"nothing more has come from {name}, and {size_text(view.buffered)} that came"
            " before lie in Python's own buffer, which makefile() filled"
        )
    if other is not None and other.accepted:
        return (
            f"nothing more has come from {name} after {size_text(other.accepted)},"
            " nor the end of its stream"
        )
    return f"nothing has come from {name}"


def _other_ends(view: SocketView, programs: Sequence[Waiting]) -> Iterator[tuple[str, SocketView]]:
    """The programs that hold the other end of a connection, each with that end."""
    for program in programs:
        for other in program.sockets:
            if _are_ends(view, other):
                yield program.name, other


def _are_ends(one: SocketView, other: SocketView) -> bool:
    """Whether two sockets are the two ends of one connection."""
    if one.peer_inode is not None and other.inode is not None:
        return one.peer_inode == other.inode
    if one.local is None or one.peer is None:
        return False
    return (other.local, other.peer) == (one.peer, one.local)


def _for_handshake(call: CallEntered, programs: Sequence[Waiting]) -> Edge:
    """Why a connect() is not answered."""
    for program in programs:
        if any(view.kind == "listening" and _is_target(call, view) for view in program.sockets):
            return Edge(program.name, f"the accept queue of {program.name} is full")
    return Edge(None, "nobody answers the handshake")


def _is_target(call: CallEntered, listener: SocketView) -> bool:
    address = call.args[0] if call.args else None
    if isinstance(listener.local, str):
        return address == listener.local
    return (
        isinstance(address, (list, tuple))
        and isinstance(listener.local, tuple)
        and list(address[1:2]) == [listener.local[1]]
    )
