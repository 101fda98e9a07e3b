"""The call ladder: a trace as lines of text, one for each call that finished or blocked.

A run without a screen writes it while the programs run, so it keeps only what a line
needs, the calls under way, and folds no state; a line's meaning needs one, and is there
when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import events as e
from .fold import apply
from .names import BLOCKED, RAISED, RETURNED
from .state import EMPTY, Call
from .words import call_text, plain_text, result_text

NAME_WIDTH, CALL_WIDTH, RESULT_WIDTH = 8, 34, 34
"""Columns keep these widths; what is longer pushes the rest of its line to the right."""


class Ladder:
    """Takes the events of a trace one at a time and gives the lines that they finish.

    With ``meanings`` a call's line ends with the sentence about it.
    """

    def __init__(self, meanings: bool = False) -> None:
        self._open: dict[int, e.CallEntered] = {}
        self._state = EMPTY if meanings else None
        self._takers: dict[type[e.Event], Callable[[Any], Iterator[str]]] = {
            e.CallEntered: self._entered,
            e.CallBlocked: self._blocked,
            e.CallReturned: self._returned,
            e.CallRaised: self._raised,
            e.NotSeen: _not_seen,
            e.ProcessExited: self._exited,
        }

    def take(self, event: e.Event) -> Iterator[str]:
        """The lines that ``event`` finishes, without their ends of line."""
        if self._state is not None:
            self._state = apply(self._state, event)
        taker = self._takers.get(type(event))
        return taker(event) if taker else iter(())

    def _entered(self, event: e.CallEntered) -> Iterator[str]:
        self._open[event.call] = event
        return iter(())

    def _blocked(self, event: e.CallBlocked) -> Iterator[str]:
        entered = self._open.get(event.call)
        if entered is not None:
            yield self._line(event, _call(entered, phase=BLOCKED, where=event.where))

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

    def _exited(self, event: e.ProcessExited) -> Iterator[str]:
        self._open = {
            number: call for number, call in self._open.items() if call.proc != event.proc
        }
        end = f"ended by {event.signal}" if event.signal else f"exits with {event.status}"
        yield f"{_head(event)} {plain_text(end)}"

    def _line(self, event: e.Event, call: Call) -> str:
        line = f"{_head(event)} {call_text(call):{CALL_WIDTH}} {result_text(call):{RESULT_WIDTH}}"
        return f"{line} {self._meaning(call)}".rstrip()

    def _meaning(self, call: Call) -> str:
        process = self._state.processes.get(call.proc) if self._state else None
        if process is None:
            return ""
        latest = (process.last, *process.open)
        return next((c.meaning for c in latest if c is not None and c.id == call.id), "")


def _head(event: e.Event) -> str:
    return f"{event.t / 1e9:10.6f} {plain_text(event.proc or '?', 40):{NAME_WIDTH}}"


def _not_seen(event: e.NotSeen) -> Iterator[str]:
    yield f"{_head(event)} not seen: {plain_text(event.what)}"


def _call(entered: e.CallEntered, **how_far: Any) -> Call:
    """As much of a call as a line shows."""
    return Call(
        id=entered.call,
        proc=entered.proc or "?",
        fd=entered.fd,
        name=entered.name,
        args=entered.args,
        **how_far,
    )
