"""One order for what happens at the same time.

A step lets one tracee make one call, and may wake others.  What they then do side by
side comes in an order that differs from run to run.  For pictures that must not differ,
the events of one step are put in the order of cause: first those of the tracee that was
stepped, then those of the others, each in its own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ..trace import events as e


def in_order(events: Sequence[e.Event], first: str | None, names: Sequence[str]) -> list[e.Event]:
    """The events of one step, made by ``first`` of ``names``, in an order that does not vary.

    Events of no process come first where they are sources, and last where they are looks; of
    looks of one kind, the last.
    """
    ordered: list[e.Event] = [event for event in events if isinstance(event, e.SourceRead)]
    for name in sorted(names, key=lambda name: name != first):
        ordered += _one_process([event for event in events if event.proc == name])
    for kind in (e.UnheldObserved, e.WaitsObserved):
        ordered += [event for event in events if isinstance(event, kind)][-1:]
    return ordered


def _one_process(events: Sequence[e.Event]) -> list[e.Event]:
    """Calls first, then what was written meanwhile, then the last look at the sockets.

    A call that slept within the step alone did so because the machine was busy.
    """
    looks = [event for event in events if isinstance(event, e.SocketsObserved)]
    output = [event for event in events if isinstance(event, e.Output)]
    ends = [event for event in events if isinstance(event, e.ProcessExited)]
    other = [event for event in events if event not in (*looks, *output, *ends)]
    over = {event.call for event in other if isinstance(event, (e.CallReturned, e.CallRaised))}
    rest = [v for v in other if not (isinstance(v, e.CallBlocked) and v.call in over)]
    asked = rest.pop() if rest and isinstance(rest[-1], e.CallEntered) else None
    before_next = [*rest, *_joined(output), *looks[-1:], *ends]
    return before_next if asked is None else [*before_next, asked]


def _joined(output: Sequence[e.Output]) -> list[e.Output]:
    by_stream = sorted(output, key=lambda event: event.stream, reverse=True)
    joined = []
    for _, group in groupby(by_stream, key=lambda event: event.stream):
        pieces = list(group)
        joined.append(replace(pieces[0], text="".join(piece.text for piece in pieces)))
    return joined
