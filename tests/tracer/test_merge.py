"""Reports of several processes come out in the order of their time, and never too early."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace import events as e
from sockscope.tracer.merge import Merge
from sockscope.tracer.rows import Timed


def make(n: int, t: int, proc: str, report: Any) -> e.Event:
    raise NotImplementedError


def report(t: int, source: str, number: int = 0) -> Timed:
    return (t, make, source, number)


def test_nothing_goes_out_that_another_source_might_come_before() -> None:
    merge = Merge()
    merge.open("a")
    merge.open("b")
    merge.push([report(5, "a")])
    merge.promise("a", 9)
    assert merge.ready() == []
    merge.promise("b", 4)
    assert merge.ready() == []
    merge.promise("b", 5)
    assert merge.ready() == [report(5, "a")]


def test_a_promise_is_never_taken_back() -> None:
    merge = Merge()
    merge.open("a")
    merge.promise("a", 9)
    merge.promise("a", 3)
    merge.push([report(9, "a")])
    assert merge.ready() == [report(9, "a")]


def test_a_source_that_is_closed_holds_nothing_up() -> None:
    merge = Merge()
    merge.open("a")
    merge.open("b")
    merge.push([report(5, "a"), report(3, "b")])
    merge.close("b")
    merge.promise("b", 1)
    merge.promise("a", 5)
    assert merge.ready() == [report(3, "b"), report(5, "a")]


def test_what_happened_at_one_moment_keeps_its_order() -> None:
    merge = Merge()
    merge.push([report(1, "a", 1), report(1, "a", 2)])
    merge.push([report(1, "a", 3)])
    assert [number for _, _, _, number in merge.ready()] == [1, 2, 3]


def test_a_flush_gives_everything() -> None:
    merge = Merge()
    merge.open("a", 0)
    merge.push([report(7, "a"), report(2, "a")])
    assert merge.flush() == [report(2, "a"), report(7, "a")]
    assert merge.ready() == []


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 20), max_size=4), st.booleans()),
    max_size=30,
)


@given(STEPS)
def test_all_that_was_promised_comes_once_and_in_order(steps: list[Any]) -> None:
    merge = Merge()
    clock = dict.fromkeys("abc", 0)
    for source in clock:
        merge.open(source)
    pushed: list[Timed] = []
    out: list[Timed] = []
    for source, gaps, takes in steps:
        reports = []
        for gap in gaps:
            clock[source] += gap
            reports.append(report(clock[source], source, len(pushed) + len(reports)))
        pushed += reports
        at_once = len({t for t, *_ in reports}) < len(reports)
        merge.push(reports if at_once else reversed(reports))
        merge.promise(source, clock[source])
        if takes:
            out += merge.ready()
            assert all(t <= min(clock.values()) for t, *_ in out)
    out += merge.flush()
    assert [t for t, *_ in out] == sorted(t for t, *_ in out)
    assert sorted(number for *_, number in out) == list(range(len(pushed)))
    for source in clock:
        own = [number for _, _, name, number in out if name == source]
        assert own == [number for _, _, name, number in pushed if name == source]
