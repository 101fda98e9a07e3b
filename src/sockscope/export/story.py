"""What a diagram draws: the calls of a trace in their order, and what crossed because of them.

A call crosses to another process where it changed something there: a connection that was
made, octets that were handed over, an end.  No segment was captured; who is meant follows
from which sockets are the two ends of one connection.

A call takes time, and two of them may overlap.  What a call gives away may be taken
before it returns, so it stands where it began; what a call takes stands where it ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..trace import events as e
from ..trace.fold import states
from ..trace.names import BLOCKED, RECEIVES, RETURNED, SENDS
from ..trace.state import EMPTY, Call, State
from ..trace.words import call_text, result_text, size_text

TAKES = RECEIVES | {"accept"}

CONNECTS, OCTETS, END, RESET = "connects", "octets", "end", "reset"


@dataclass(frozen=True, slots=True)
class Crossing:
    """What went from the caller's process to another, as far as its two ends are known."""

    target: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One call that ended or was found blocked; ``n`` is where it stands in the trace."""

    n: int
    proc: str
    text: str
    meaning: str
    failed: bool = False
    crossing: Crossing | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The processes in the order in which they appeared, and the rungs between them."""

    procs: tuple[str, ...]
    rungs: tuple[Rung, ...]


def story(events: Iterable[e.Event]) -> Story:
    """What a diagram of these events draws."""
    before = EMPTY
    told: list[tuple[Rung, int | None]] = []
    receivers: dict[int, str] = {}
    kept = list(events)
    for event, after in zip(kept, states(kept), strict=True):
        call = _call_of(event, after)
        if call is not None:
            told.append(_told(_place(call, event.n), call, before, after))
        if isinstance(event, e.SocketsObserved):
            receivers.update(_receivers(after))
        before = after
    rungs = [_aimed(rung, stream, receivers) for rung, stream in told]
    return Story(tuple(before.processes), tuple(sorted(rungs, key=lambda rung: rung.n)))


def _call_of(event: e.Event, state: State) -> Call | None:
    if isinstance(event, (e.CallReturned, e.CallRaised)):
        call = state.calls[-1] if state.calls else None
        return call if call is not None and call.id == event.call else None
    if isinstance(event, e.CallBlocked):
        process = state.processes.get(event.proc or "")
        return next((c for c in process.open if c.id == event.call), None) if process else None
    return None


def _place(call: Call, n: int) -> int:
    """The position in the trace at which a call's rung stands."""
    return n if call.phase == BLOCKED or call.name in TAKES else call.entered


def _receivers(state: State) -> Iterator[tuple[int, str]]:
    for number, stream in state.streams.items():
        if stream.receiver is not None:
            yield number, stream.receiver.proc


def _told(n: int, call: Call, before: State, after: State) -> tuple[Rung, int | None]:
    """The rung of a call, and the stream whose receiver its crossing is for."""
    result = result_text(call)
    text = call_text(call) + ("" if result == "= None" else f" {result}")
    failed = call.phase not in (RETURNED, BLOCKED)
    rung = Rung(n, call.proc, text, call.meaning, failed)
    if call.phase != RETURNED:
        return rung, None
    if call.name in ("connect", "connect_ex") and not call.value:
        listener = _listener(call, after)
        crossing = Crossing(listener, CONNECTS, "connects") if listener else None
        return replace(rung, crossing=crossing), None
    crossing = _crossing(call, before)
    socket = before.sockets.get((call.proc, call.fd))
    return replace(rung, crossing=crossing), socket.out if socket else None


def _listener(call: Call, state: State) -> str | None:
    """The process that listens where a connect went."""
    target = tuple(call.args[0]) if call.args and isinstance(call.args[0], (list, tuple)) else None
    for (proc, _), socket in state.sockets.items():
        local = socket.view.local
        if socket.view.kind != "listening" or not target or not isinstance(local, tuple):
            continue
        if local[1] == target[1] and local[0] in (target[0], "0.0.0.0", "::"):
            return proc
    return None


def _crossing(call: Call, before: State) -> Crossing | None:
    """What a call that returned sent over; its target is filled in later."""
    if call.name in SENDS and call.data:
        return Crossing("", OCTETS, size_text(len(call.data)))
    socket = before.sockets.get((call.proc, call.fd))
    if socket is None or socket.out is None or before.streams[socket.out].finished:
        return None
    if call.name == "shutdown" and call.args[:1] != (0,):
        return Crossing("", END, "end")
    if call.name != "close" or _is_held_twice(call, before):
        return None
    if socket.into is not None and before.streams[socket.into].waiting:
        return Crossing("", RESET, "reset")
    return Crossing("", END, "end")


def _is_held_twice(call: Call, state: State) -> bool:
    inode = state.sockets[call.proc, call.fd].view.inode
    holders = [s for s in state.sockets.values() if s.view.inode == inode is not None]
    return len(holders) > 1


def _aimed(rung: Rung, stream: int | None, receivers: dict[int, str]) -> Rung:
    if rung.crossing is None or rung.crossing.target:
        return rung
    target = receivers.get(stream) if stream is not None else None
    if target is None:
        return replace(rung, crossing=None)
    return replace(rung, crossing=replace(rung.crossing, target=target))
