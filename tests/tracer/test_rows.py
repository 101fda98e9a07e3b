"""The calls of a free run are written many at a time, and no otherwise than one by one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace.codec import decode, encode, header
from sockscope.tracer.rows import Row, Shape, ended, entered, lines, read

TEXT = st.text(max_size=8) | st.sampled_from(['%d "call":0,', "%(n)s", "\udc80", "é"])
PLAIN = st.none() | st.integers(-(2**63), 2**63) | TEXT | st.just(float("inf"))
NUMBER = st.integers(0, 2**62)
OCTETS = st.binary(max_size=2000)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """A call of any kind: one that sends, one that receives, one that moves nothing."""
    data = draw(st.none() | OCTETS)
    sends = data is not None and draw(st.booleans())
    args: list[Any] = [*([{}] if sends else []), *draw(st.lists(PLAIN, max_size=3))]
    source = draw(st.none() | st.lists(PLAIN, min_size=1, max_size=2))
    value = draw(PLAIN) if data is None else 0 if source is None else [0, *source]
    error = draw(st.none() | st.tuples(TEXT, TEXT, TEXT)) if data is None else None
    common = [draw(TEXT), draw(st.integers(-1, 99)), draw(TEXT), 7, draw(TEXT), None, 0.5]
    shape = Shape(draw(TEXT), [*common, args, value, error])
    return (shape, draw(NUMBER), draw(NUMBER), draw(NUMBER), data)


@given(st.lists(rows(), max_size=4), NUMBER)
def test_lines_of_rows_are_those_of_their_events(some: list[Row], t: int) -> None:
    placed = [(n, t, end, row) for n, row in enumerate(some, 1) for end in (entered, ended)]
    one_by_one = [encode(make(n, t, row[0].proc, row)) for n, t, make, row in placed]
    at_once = lines(placed).split("\n")[:-1]
    assert [*map(json.loads, at_once)] == [*map(json.loads, one_by_one)]


@given(rows())
def test_a_trace_of_rows_can_be_read(row: Row) -> None:
    written = header() + lines([(1, 5, entered, row), (2, 9, ended, row)])
    events = list(decode(written.encode().splitlines(keepends=True)))
    assert [event.n for event in events] == [1, 2]
    assert [event.proc for event in events] == [row[0].proc] * 2


def test_octets_come_behind_the_numbers_of_all_rows() -> None:
    shape = Shape("server", ["send", 3, None, None, None, None, None, [{}], 0, None])
    numbers = [0, 1, 10, 20, 2, 0, 2, 30, 40, -1, 0, 3, 50, 60, 1]
    tail = b"".join(number.to_bytes(8, "little", signed=True) for number in numbers) + b"abc"
    assert read([shape], 3, tail) == [
        (shape, 1, 10, 20, b"ab"),
        (shape, 2, 30, 40, None),
        (shape, 3, 50, 60, b"c"),
    ]
