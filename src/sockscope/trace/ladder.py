"""The call ladder: a trace as lines of text, one for each call that finished or blocked.

Of a process that is only watched, whose calls nobody sees, it tells what its sockets look like.

A run without a screen writes it while the programs run, so it keeps only what a line
needs, the calls under way, and folds no state; a line's meaning needs one, and is there
when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from . import events as e
from .names import BLOCKED, RAISED, RETURNED
from .sightings import Sightings
from .words import call_text, plain_text, result_text

NAME_WIDTH, CALL_WIDTH, RESULT_WIDTH = 8, 34, 34
"""Columns keep these widths; what is longer pushes the rest of its line to the right."""


@dataclass
class Brief:
    """As much of a call as its line shows."""

    name: str
    args: Sequence[Any]
    phase: str = RETURNED
    value: Any = None
    data: bytes | None = None
    errno: str | None = None
    exception: str | None = None
    message: str = ""

    @property
    def words(self) -> str:
        """The call and its result, in columns."""
        return f"{call_text(self):{CALL_WIDTH}} {result_text(self):{RESULT_WIDTH}}"


class Ladder:
    """Takes the events of a trace one at a time and gives the lines that they finish.

    With ``meanings`` a call's line ends with the sentence about it.
    """

    def __init__(self, meanings: bool = False) -> None:
        self._open: dict[int, e.CallEntered] = {}
        self._meanings = Meanings() if meanings else None
        self._sightings = Sightings()
        self._takers: dict[type[e.Event], Callable[[Any], Iterator[str]]] = {
            e.CallEntered: self._entered,
            e.CallBlocked: self._blocked,
            e.CallReturned: self._returned,
            e.CallRaised: self._raised,
            e.Stopped: self._stopped,
            e.NotSeen: _not_seen,
            e.ProcessStarted: self._started,
            e.SocketsObserved: self._observed,
            e.ProcessExited: self._exited,
        }

    def take(self, event: e.Event) -> Iterator[str]:
        """The lines that ``event`` finishes, without their ends of line."""
        if self._meanings is not None:
            self._meanings.take(event)
        taker = self._takers.get(type(event))
        return taker(event) if taker else iter(())

    def whole(self, t: int, proc: str, words: str) -> str:
        """The line of a call that is known from its beginning to its end, of its words."""
        return f"{_head(t, proc)} {words}".rstrip()

    def _entered(self, event: e.CallEntered) -> Iterator[str]:
        self._open[event.call] = event
        return iter(())

    def _blocked(self, event: e.CallBlocked) -> Iterator[str]:
        entered = self._open.get(event.call)
        if entered is not None:
            yield self._line(event, _call(entered, phase=BLOCKED))

    def _returned(self, event: e.CallReturned) -> Iterator[str]:
        entered = self._open.pop(event.call, None)
        if entered is not None:
            call = _call(entered, phase=RETURNED, value=event.value, data=event.data)
            yield self._line(event, call)

    def _raised(self, event: e.CallRaised) -> Iterator[str]:
        entered = self._open.pop(event.call, None)
        if entered is not None:
            yield self._line(
                event,
                _call(
                    entered,
                    phase=RAISED,
                    errno=event.errno,
                    exception=event.exception,
                    message=event.message,
                ),
            )

    def _stopped(self, event: e.Stopped) -> Iterator[str]:
        entered = self._open.get(event.call)
        before = f" before {call_text(_call(entered))}" if entered is not None else ""
        yield f"{_head(event.t, event.proc)} stopped{before}: {plain_text(event.condition)}"

    def _started(self, event: e.ProcessStarted) -> Iterator[str]:
        self._sightings.started(event)
        return iter(())

    def _observed(self, event: e.SocketsObserved) -> Iterator[str]:
        return (f"{_head(event.t, event.proc)} {line}" for line in self._sightings.observed(event))

    def _exited(self, event: e.ProcessExited) -> Iterator[str]:
        self._open = {
            number: call for number, call in self._open.items() if call.proc != event.proc
        }
        end = "ended" if self._sightings.exited(event) else _end(event)
        yield f"{_head(event.t, event.proc)} {plain_text(end)}"

    def _line(self, event: e.CallBlocked | e.CallReturned | e.CallRaised, call: Brief) -> str:
        return f"{_head(event.t, event.proc)} {call.words} {self._meaning(event)}".rstrip()

    def _meaning(self, event: e.CallBlocked | e.CallReturned | e.CallRaised) -> str:
        return self._meanings.of(event) if self._meanings else ""


class Meanings:
    """The sentences about calls.  Folding is imported here: a ladder without them starts
    sooner."""

    def __init__(self) -> None:
        from .fold import apply
        from .state import EMPTY

        self._apply = apply
        self._state = EMPTY

    def take(self, event: e.Event) -> None:
        """Take in one more event."""
        self._state = self._apply(self._state, event)

    def of(self, event: e.CallBlocked | e.CallReturned | e.CallRaised) -> str:
        """What the call means that ``event``, the latest one, speaks of."""
        process = self._state.processes.get(event.proc or "")
        if process is None:
            return ""
        latest = (process.last, *process.open)
        return next((c.meaning for c in latest if c is not None and c.id == event.call), "")


def _end(event: e.ProcessExited) -> str:
    if event.signal:
        return f"ended by {event.signal}"
    return "exits" if event.status is None else f"exits with {event.status}"


def _head(t: int, proc: str | None) -> str:
    return f"{t / 1e9:10.6f} {_name(proc)}"


@lru_cache
def _name(proc: str | None) -> str:
    return f"{plain_text(proc or '?', 40):{NAME_WIDTH}}"


def _not_seen(event: e.NotSeen) -> Iterator[str]:
    yield f"{_head(event.t, event.proc)} not seen: {plain_text(event.what)}"


def _call(entered: e.CallEntered, **how_far: Any) -> Brief:
    return Brief(name=entered.name, args=entered.args, **how_far)
