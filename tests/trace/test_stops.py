"""Where going back and forward stops."""

from __future__ import annotations

import itertools

import conversation

from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.trace.stops import Stops


def stops_of(events: list[e.Event]) -> Stops:
    stops = Stops()
    for event in events:
        stops.append(event)
    return stops


def test_the_first_stop_shows_every_program_at_its_gate() -> None:
    events = conversation.end().events
    position = stops_of(events).position(1)
    assert position == len(conversation.first_gate().events)


def test_each_stop_differs_from_the_one_before_by_one_thing() -> None:
    events = conversation.end().events
    stops, history = stops_of(events), History(events)
    counts = [
        len(history.at(position if position is not None else len(events)).calls)
        for position in map(stops.position, range(1, len(stops) + 1))
    ]
    assert all(after - before in (0, 1) for before, after in itertools.pairwise(counts))
    assert counts[-1] == len(history.latest.calls)


def test_back_and_forward_are_inverse() -> None:
    stops = stops_of(conversation.end().events)
    for number in range(1, len(stops) - 1):
        position = stops.position(number)
        assert position is not None
        after = stops.after(position)
        assert after is not None
        assert stops.before(after) == position
        assert stops.number(position) == number


def test_a_question_makes_no_stop() -> None:
    recording = conversation.first_gate()
    before = len(stops_of(recording.events))
    recording.add(e.CallEntered(proc="server", call=99, fd=3, name="getsockname"))
    assert len(stops_of(recording.events)) == before


def test_an_empty_trace_has_its_end() -> None:
    stops = stops_of([])
    assert (len(stops), stops.before(0), stops.after(0), stops.number(0)) == (1, None, None, 1)
