"""Whose turn it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.tracer.turn import Standing, next_in_turn

GATE, WAITED, BLOCKED, ENDED = "gate", "waited", "blocked", "ended"


def standing(name: str, how: str) -> Standing:
    return Standing(
        name,
        at_gate=how in (GATE, WAITED),
        has_waited=how in (WAITED, BLOCKED),
        has_ended=how == ENDED,
    )


@pytest.mark.parametrize(
    ("how", "last", "turn"),
    [
        ([], None, None),
        ([GATE], None, "a"),
        ([GATE], "a", "a"),
        ([GATE, GATE], None, "a"),
        ([GATE, GATE], "a", "a"),
        ([BLOCKED, GATE], "a", "b"),
        ([WAITED, GATE], "a", "b"),
        ([WAITED, GATE], "b", "a"),
        ([WAITED, GATE, GATE], "a", "b"),
        ([WAITED, GATE, GATE], "b", "a"),
        ([WAITED, WAITED, GATE], "b", "c"),
        ([ENDED, GATE], "a", "b"),
        ([ENDED, ENDED], "a", None),
        ([BLOCKED, BLOCKED], "a", None),
        ([BLOCKED, ENDED, GATE], "gone", "c"),
    ],
)
def test_a_program_has_its_turn_once_those_before_it_have_waited(
    how: list[str], last: str | None, turn: str | None
) -> None:
    standings = [standing(name, h) for name, h in zip("abc", how, strict=False)]
    assert next_in_turn(standings, last) == turn


HOWS = st.lists(st.sampled_from([GATE, WAITED, BLOCKED, ENDED]), max_size=5)


@given(HOWS, st.sampled_from([None, *"abcde"]))
def test_only_who_is_at_a_gate_has_a_turn(how: list[str], last: str | None) -> None:
    standings = [standing(name, h) for name, h in zip("abcde", how, strict=False)]
    turn = next_in_turn(standings, last)
    at_gate = {s.name for s in standings if s.at_gate}
    assert turn is None or turn in at_gate
    # The first that has never waited always starts: nobody waits for ever at the beginning.
    if standings and standings[0].at_gate:
        assert turn is not None


@given(st.integers(1, 5))
def test_everybody_has_a_turn(count: int) -> None:
    standings = [standing(name, WAITED) for name in "abcde"[:count]]
    last, seen = None, []
    for _ in range(count):
        last = next_in_turn(standings, last)
        seen.append(last)
    assert seen == list("abcde"[:count])
