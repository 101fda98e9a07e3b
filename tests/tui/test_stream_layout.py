"""The geometry of the byte stream: pure functions of a stream and a window."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace.stream import Stream
from sockscope.tui.stream_draw import Mode, as_text, mark_row, rows, send_row
from sockscope.tui.stream_layout import (
    Layout,
    Measure,
    Place,
    lay_out,
    place_of,
    run_at,
    scrolled,
    tally,
)

SOURCE, TARGET = ("127.0.0.1", 51304), ("127.0.0.1", 1060)


def stream(*sends: bytes, reads: tuple[int, ...] = (), waiting: int = 0, unsent: int = 0) -> Stream:
    made = Stream(source=SOURCE, target=TARGET)
    for call, data in enumerate(sends, 1):
        made = made.taken(call, "client", data, len(data))
    for call, count in enumerate(reads, 100):
        made = made.delivered(call, "server", made.content[made.read : made.read + count], 16)
    return made.seen_at_sender(unsent, None).seen_at_receiver(waiting, None)


WHOLE = Measure(width=120, pitch=3)


def test_each_octet_is_in_the_place_that_the_ledger_says() -> None:
    made = stream(b"Hi there, server", reads=(6,), waiting=4, unsent=3)
    places = [place_of(made, offset) for offset in range(16)]
    assert places == (
        [Place.READ] * 6 + [Place.WAITING] * 4 + [Place.FLIGHT] * 3 + [Place.UNSENT] * 3
    )
    assert tally(made) == {Place.READ: 6, Place.WAITING: 4, Place.FLIGHT: 3, Place.UNSENT: 3}


def datagrams(*sends: bytes) -> Stream:
    made = Stream(source=SOURCE, target=TARGET, is_datagrams=True)
    for call, data in enumerate(sends, 1):
        made = made.datagram_sent(call, "client", data, len(data))
    return made


def test_the_rest_of_a_datagram_that_was_cut_short_is_lost_and_was_not_read() -> None:
    made = datagrams(b"Hi there, server", b"next").datagram_received(9, "server", b"Hi the", 6)
    assert (made.octets_read, made.lost) == (6, 10)
    assert [place_of(made, offset) for offset in range(20)] == (
        [Place.READ] * 6 + [Place.LOST] * 10 + [Place.WAITING] * 4
    )
    assert tally(made) == {
        Place.READ: 6,
        Place.WAITING: 4,
        Place.FLIGHT: 0,
        Place.UNSENT: 0,
        Place.LOST: 10,
    }
    whole = made.datagram_received(10, "server", b"next", 99)
    assert (whole.octets_read, whole.lost) == (10, 10)


@given(
    st.lists(st.binary(max_size=8), max_size=8),
    st.lists(st.integers(0, 8), max_size=8),
    st.integers(0, 3),
)
def test_each_octet_of_datagrams_was_read_waits_or_is_lost(
    sends: list[bytes], reads: list[int], drops: int
) -> None:
    made = datagrams(*sends).datagrams_dropped(drops) if drops else datagrams(*sends)
    for call, size in enumerate(reads, 100):
        first = made.first_waiting()
        if first is None:
            break
        data = made.content[first.start : first.start + min(size, first.length)]
        made = made.datagram_received(call, "server", data, size)
    places = [place_of(made, offset) for offset in range(made.accepted)]
    counts = tally(made)
    for place in (Place.READ, Place.WAITING, Place.LOST):
        assert places.count(place) == counts.get(place, 0)


def test_brackets_stand_over_the_octets_of_their_call() -> None:
    layout = lay_out(stream(b"Hi the", b"re, server", reads=(6,)), WHOLE)
    assert [(b.column, b.width, b.number) for b in layout.sends] == [(0, 18, 1), (18, 30, 2)]
    assert [(b.column, b.width) for b in layout.recvs] == [(0, 18)]


def test_a_bracket_is_open_where_its_call_goes_beyond_the_window() -> None:
    layout = lay_out(stream(b"x" * 100), Measure(width=30, pitch=3), origin=20)
    (bracket,) = layout.sends
    assert (bracket.opens, bracket.closes) == (False, False)


def test_a_long_run_folds_but_keeps_its_ends() -> None:
    layout = lay_out(stream(b"x" * 1_000_000), Measure(width=100, pitch=3, fold_over=33))
    folds = [cell for cell in layout.cells if cell.folded]
    assert len(folds) == 1
    assert (layout.start, layout.stop) == (0, 1_000_000)
    assert layout.width <= 100


def test_nothing_is_folded_that_a_boundary_cuts_short() -> None:
    made = stream(*[b"12345"] * 20)
    layout = lay_out(made, Measure(width=90, pitch=3, fold_over=10))
    assert not any(cell.folded for cell in layout.cells)


def test_what_was_not_read_is_lost_when_the_receiver_closes() -> None:
    from dataclasses import replace

    made = replace(stream(b"Hi there", reads=(2,), waiting=6), abandoned=True)
    assert tally(made) == {Place.READ: 2, Place.LOST: 6}
    assert "×" in mark_row(made, lay_out(made, WHOLE)).plain


def test_an_empty_stream_has_no_cells() -> None:
    assert lay_out(stream(), WHOLE) == Layout()


def test_the_window_follows_what_is_read() -> None:
    made = stream(*[b"12345678"] * 100, reads=(400,))
    layout = lay_out(made, Measure(width=60, pitch=3))
    assert layout.start < 400 < layout.stop


def test_scrolling_reaches_both_ends() -> None:
    made = stream(*[b"12345678"] * 100)
    measure = Measure(width=60, pitch=3)
    assert scrolled(made, measure, 300, -10_000) == 0
    right = scrolled(made, measure, 300, 10_000)
    assert lay_out(made, measure, right).stop == 800


@given(
    sends=st.lists(st.integers(1, 300), min_size=1, max_size=12),
    read=st.integers(0, 400),
    waiting=st.integers(0, 400),
    unsent=st.integers(0, 400),
    width=st.integers(8, 200),
    pitch=st.sampled_from([2, 3]),
    origin=st.one_of(st.none(), st.integers(0, 4000)),
)
def test_cells_are_contiguous_and_homogeneous(
    sends: list[int],
    read: int,
    waiting: int,
    unsent: int,
    width: int,
    pitch: int,
    origin: int | None,
) -> None:
    made = stream(*[b"z" * size for size in sends], reads=(min(read, sum(sends)),))
    made = made.seen_at_sender(min(unsent, made.accepted - made.read), None)
    made = made.seen_at_receiver(min(waiting, made.accepted - made.read - made.unsent), None)
    measure = Measure(width, pitch, fold_over=width // pitch)
    layout = lay_out(made, measure, origin)
    assert layout.width <= width
    for before, after in zip(layout.cells, layout.cells[1:], strict=False):
        assert before.stop == after.start
        assert before.column + before.width == after.column
    for cell in layout.cells:
        assert place_of(made, cell.start) is place_of(made, cell.stop - 1) is cell.place
        start, stop = run_at(made, cell.start)
        assert start <= cell.start < cell.stop <= stop
    for bracket in (*layout.sends, *layout.recvs):
        assert 0 <= bracket.column < bracket.column + bracket.width <= layout.width


def test_a_window_costs_the_same_however_many_calls_there_were() -> None:
    def cost(calls: int) -> float:
        made = stream(*[b"12345678"] * calls)
        began = time.perf_counter()
        for _ in range(20):
            lay_out(made, Measure(width=100, pitch=3))
        return time.perf_counter() - began

    assert cost(30_000) < 20 * cost(100)


def test_a_send_under_way_has_a_bracket_that_does_not_close() -> None:
    made = stream(b"Hi the").seen_at_sender(90, 100)
    layout = lay_out(made, WHOLE)
    assert layout.under_way == (18, layout.width - 18)
    assert "under way" in send_row(layout).plain


@pytest.mark.parametrize("height", range(1, 9))
@pytest.mark.parametrize("mode", Mode)
def test_few_lines_keep_the_octets(mode: Mode, height: int) -> None:
    made = stream(b"Hi there")
    lines = rows(made, lay_out(made, WHOLE), mode, width=120, height=height)
    assert len(lines) <= height
    text = "\n".join(line.plain for line in lines)
    assert ("48" in text) if mode is Mode.HEX else ("H" in text)


def test_no_octet_is_ever_a_control_character() -> None:
    assert all(as_text(octet).isprintable() for octet in range(256))
    assert all(len(as_text(octet)) <= 2 for octet in range(256))
