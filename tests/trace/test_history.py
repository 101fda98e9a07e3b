"""Going back and forward: the state at a position is the fold of what came before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from script import pair
from strategies import traces

from sockscope.trace import events as e
from sockscope.trace.fold import fold, states
from sockscope.trace.history import STRIDE, History
from sockscope.trace.state import EMPTY


@given(traces())
def test_every_position_is_the_fold_of_its_prefix(trace: list[e.Event]) -> None:
    history = History(trace)
    expected = [EMPTY, *states(trace)]
    assert [history.at(position) for position in range(len(history) + 1)] == expected


def long_trace() -> list[e.Event]:
    script = pair()
    while len(script.events) < 3 * STRIDE:
        script.send("client", b"Hi").recv("server", 16, b"Hi", fd=4)
    return script.events


@given(st.integers(0, 3 * STRIDE))
def test_a_position_far_back_is_worked_out_from_the_nearest_kept_state(position: int) -> None:
    assert LONG.at(position) == fold(LONG.events[:position])


LONG = History(long_trace())


def test_appending_gives_the_new_state_and_moves_the_latest() -> None:
    history = History()
    event = e.ProcessStarted(n=1, t=7, proc="server", pid=1, argv=())
    assert history.append(event) is history.latest
    assert (len(history), history.latest.t, history.at(0)) == (1, 7, EMPTY)


@pytest.mark.parametrize("position", [-1, 2])
def test_a_position_outside_is_an_error(position: int) -> None:
    history = History([e.NotSeen(n=1, what="raw socket")])
    with pytest.raises(IndexError):
        history.at(position)
