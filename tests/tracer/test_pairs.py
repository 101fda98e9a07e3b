"""Which halves of connections are asked for, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sockscope.tracer.pairs import IN_TURN, Pairs
from sockscope.tracer.unheld import Pair


def pair(number: int) -> Pair:
    return ("127.0.0.1", 1060), ("127.0.0.1", 50_000 + number)


def test_the_other_half_is_asked_for_until_it_is_held() -> None:
    pairs = Pairs()
    pairs.hold(pair(1))
    assert pairs.due() == {pair(1)[::-1]}
    assert pairs.due() == {pair(1)[::-1]}
    pairs.hold(pair(1)[::-1])
    assert pairs.due() == set()


def test_a_half_with_two_holders_is_held_until_both_let_go() -> None:
    pairs = Pairs()
    for _ in range(2):
        pairs.hold(pair(1))
    pairs.forget([pair(1)[::-1]])
    pairs.let_go(pair(1))
    assert pairs.due() == set()
    pairs.let_go(pair(1))
    assert pairs.due() == {pair(1)}


def test_what_is_forgotten_is_not_asked_for_until_there_is_news() -> None:
    pairs = Pairs()
    pairs.let_go(None)
    pairs.hold(pair(1))
    pairs.forget([pair(1)[::-1]])
    assert pairs.due() == set()
    pairs.let_go(pair(1))
    assert pairs.due() == {pair(1)}


@given(st.integers(1, 5 * IN_TURN), st.integers(0, 40))
def test_each_of_many_has_its_turn_and_news_comes_first(count: int, late: int) -> None:
    pairs = Pairs()
    for number in range(count):
        pairs.hold(pair(number))
    assert len(pairs.due()) == count
    pairs.hold(pair(count + late))
    asked = pairs.due()
    assert pair(count + late)[::-1] in asked
    for _ in range((count + 1) // IN_TURN):
        due = pairs.due()
        assert len(due) <= IN_TURN
        asked |= due
    assert len(asked) == count + 1
