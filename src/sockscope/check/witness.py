"""The call that shows why a plan broke the programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..trace import events as e
from ..trace.names import RECEIVES, SENDS
from ..trace.stops import Stops
from ..trace.words import counted
from .conversations import Key, returned_calls
from .outcome import families, peeks
from .plans import WHOLE
from .search import Broken

EXACT = frozenset(("readline", "readuntil", "readexactly"))
"""Coroutines of asyncio's streams that give what they were asked for, and leave the rest.

They are awaited while octets come; a read() that follows finds some left, and does not wait.
"""


@dataclass(frozen=True, slots=True)
class Move:
    """A call that moved octets, and ``end``, how far into its stream they reach.

    ``stream`` is a number for all calls at one socket of one program; ``asked`` is how many
    octets it might have moved.
    """

    number: int
    proc: str
    stream: int
    name: str
    file: str | None
    line: int | None
    within: str | None
    asked: int
    data: bytes
    end: int

    @property
    def moved(self) -> int:
        """How many octets it moved."""
        return len(self.data)

    @property
    def is_short(self) -> bool:
        """Whether it moved some, but fewer than it might."""
        return 0 < self.moved < self.asked


@dataclass(frozen=True, slots=True)
class Witness:
    """A call, in words what it did, and whether its program went on with that stream."""

    call: Move
    said: str
    goes_on: bool = False


def witness(broken: Broken) -> Witness | None:
    """The call that shows why, where one does."""
    events = broken.ran.events
    if broken.plan.kind == WHOLE:
        return _waiting(events)
    if broken.plan.held:
        return _merged(events, broken.plan.held)
    if broken.plan.dies is not None:
        return _deaf(events, broken.plan.dies[0])
    roots = families(events)
    found = [
        _short(call, [later for later in calls if later.number > call.number])
        for names, cuts in ((RECEIVES, broken.plan.cuts), (SENDS, broken.plan.shorts))
        for calls in [moves(events, names)]
        for call in calls
        if call.is_short and call.end in cuts.get(roots.get(call.proc, ""), ())
    ]
    return found[-1] if found else None


def position(broken: Broken) -> int | None:
    """Where the call that shows why has just come back, as the stage counts; None if it never did.

    The stage stops there next, where for all that it has seen so far the trace ends.
    """
    found, stops = witness(broken), Stops()
    for event in broken.ran.events:
        stops.append(event)
        if found and isinstance(event, e.CallReturned) and event.call == found.call.number:
            return len(stops)
    return None


def _waiting(events: Sequence[e.Event]) -> Witness | None:
    """The first call that has not come back."""
    over = {event.call for event in events if isinstance(event, (e.CallReturned, e.CallRaised))}
    for event in events:
        if isinstance(event, e.CallEntered) and event.call not in over:
            return Witness(_move(event, event.call, b"", 0), "has not come back")
    return None


def _short(call: Move, later: Sequence[Move]) -> Witness:
    """The last cut made this call short."""
    goes_on = any(other.stream == call.stream for other in later)
    took = "took" if call.name in SENDS else "gave"
    if goes_on:
        rest = "later calls the rest"
    elif call.within in EXACT:
        rest = f"a read() after {call.within}() took what was left of that for everything"
    else:
        rest = f"{call.proc} took that for everything"
    return Witness(call, f"{took} {counted(call.moved, 'byte')}, and {rest}", goes_on)


def _deaf(events: Sequence[e.Event], dead: str) -> Witness | None:
    """Where the other was told that the stream has ended."""
    for call in moves(events, RECEIVES):
        if not call.data and call.asked and call.proc != dead:
            return Witness(call, f'gave b"", the end of the stream, and {call.proc} went on')
    return None


def _merged(events: Sequence[e.Event], held: Sequence[str]) -> Witness | None:
    """The first receive that gave what several sends had sent."""
    sent = list(_by_stream(moves(events, SENDS)))
    for calls in _by_stream(moves(events, RECEIVES)):
        received = b"".join(call.data for call in calls)
        ends = next((ends for octets, ends in map(_ends, sent) if octets == received), set())
        for call in calls:
            inside = {end for end in ends if call.end - call.moved < end < call.end}
            if inside and call.proc in held:
                sends = counted(len(inside) + 1, "send")
                return Witness(call, f"gave {counted(call.moved, 'byte')}, of {sends} at once")
    return None


def _by_stream(calls: Sequence[Move]) -> Iterator[list[Move]]:
    for stream in dict.fromkeys(call.stream for call in calls):
        yield [call for call in calls if call.stream == stream]


def _ends(calls: Sequence[Move]) -> tuple[bytes, set[int]]:
    """The octets of a stream, and where each call's end."""
    return b"".join(call.data for call in calls), {call.end for call in calls}


def moves(events: Sequence[e.Event], names: frozenset[str]) -> list[Move]:
    """Every receive, or send, that came back, in order."""
    streams: dict[Key, tuple[int, int]] = {}
    found: list[Move] = []
    for call, returned, key in returned_calls(events):
        if call.name in names and not peeks(call):
            stream, end = streams.get(key, (call.call, 0))
            move = _move(call, stream, returned.data or b"", end)
            streams[key] = (stream, move.end)
            found.append(move)
    return found


def _move(call: e.CallEntered, stream: int, data: bytes, before: int) -> Move:
    asked = _asked(call.args[0]) if call.args else 0
    end = before + len(data)
    where = (call.file, call.line, call.within)
    return Move(call.call, call.proc or "", stream, call.name, *where, asked, data, end)


def _asked(first: object) -> int:
    """The octets that a call's first argument asks for or offers."""
    if isinstance(first, Mapping):
        first = first.get("bytes")
    return first if isinstance(first, int) else 0
