"""The ledger of one direction: no octet is lost, doubled or in two places."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace.stream import Stream

SOURCE, TARGET = ("127.0.0.1", 51304), ("127.0.0.1", 1060)


def new() -> Stream:
    return Stream(source=SOURCE, target=TARGET)


def ledger(stream: Stream) -> tuple[int, int, int, int]:
    return (stream.read, stream.arrived, stream.sent, stream.accepted)


def test_an_octet_goes_from_the_send_buffer_to_the_program() -> None:
    stream = new().taken(1, "client", b"Hi there", 8).seen_at_sender(3, None)
    assert ledger(stream) == (0, 0, 5, 8)
    stream = stream.seen_at_sender(0, None).seen_at_receiver(6, b"Hi the")
    assert ledger(stream) == (0, 6, 8, 8)
    assert stream.in_flight == 2
    stream = stream.seen_at_receiver(8, b"Hi there").delivered(2, "server", b"Hi", 2)
    assert ledger(stream) == (2, 8, 8, 8)


def test_pieces_say_which_call_moved_what() -> None:
    stream = new().taken(1, "client", b"Hi the", 6).taken(2, "client", b"re", 9)
    stream = stream.delivered(3, "server", b"Hi ther", 16)
    assert [(p.start, p.length, p.call, p.asked) for p in stream.sends] == [
        (0, 6, 1, 6),
        (6, 2, 2, 9),
    ]
    assert [(p.start, p.length, p.proc) for p in stream.recvs] == [(0, 7, "server")]


def test_between_two_looks_at_the_kernel_a_read_moves_only_its_own_octets() -> None:
    stream = new().taken(1, "client", b"Hi there", 8).seen_at_receiver(8, b"Hi there")
    stream = stream.delivered(2, "server", b"Hi the", 6)
    assert ledger(stream) == (6, 8, 8, 8)
    assert stream.waiting == 2


def test_a_read_that_was_recorded_before_its_send_counts_once() -> None:
    stream = new().delivered(2, "server", b"Hi", 16).taken(1, "client", b"Hi the", 6)
    assert ledger(stream) == (2, 2, 6, 6)
    assert bytes(stream.content) == b"Hi the"


def test_octets_that_a_sleeping_send_handed_over_are_known_from_its_argument() -> None:
    stream = new().seen_at_sender(4, 4).offering(b"Hi there")
    assert (stream.accepted, bytes(stream.content)) == (4, b"Hi t")
    assert bytes(stream.taken(1, "client", b"Hi there", 8).content) == b"Hi there"


@pytest.mark.parametrize(
    "odd",
    [
        lambda stream: stream.seen_at_receiver(-7, None),
        lambda stream: stream.seen_at_sender(-7, -7),
        lambda stream: stream.seen_at_sender(10**6, None),
        lambda stream: stream.seen_at_receiver(0, b"peeked though nothing waits"),
    ],
)
def test_odd_numbers_from_a_trace_keep_the_order_of_the_boundaries(
    odd: Callable[[Stream], Stream],
) -> None:
    read, arrived, sent, accepted = ledger(odd(new().taken(1, "client", b"Hi", 2)))
    assert 0 <= read <= arrived <= sent <= accepted


class Kernel:
    """A TCP connection's one direction, as simple as can be; it answers the ledger's questions."""

    def __init__(self) -> None:
        self.unsent = self.flying = self.waiting = b""

    def move(self, octets: int) -> None:
        self.flying, self.unsent = self.flying + self.unsent[:octets], self.unsent[octets:]

    def arrive(self, octets: int) -> None:
        self.waiting, self.flying = self.waiting + self.flying[:octets], self.flying[octets:]


steps = st.lists(
    st.tuples(st.sampled_from(["send", "recv", "move", "arrive"]), st.integers(1, 9)), max_size=60
)


@given(steps)
def test_what_the_kernel_holds_and_what_the_ledger_says_are_the_same(
    history: list[tuple[str, int]],
) -> None:
    kernel, stream, sent, read = Kernel(), new(), b"", b""
    for step, (name, size) in enumerate(history):
        if name == "send":
            data = bytes((len(sent) + i) % 251 for i in range(size))
            kernel.unsent, sent = kernel.unsent + data, sent + data
            stream = stream.taken(step, "client", data, size)
        elif name == "recv":
            data, kernel.waiting = kernel.waiting[:size], kernel.waiting[size:]
            read += data
            stream = stream.delivered(step, "server", data, size)
        else:
            getattr(kernel, name)(size)
        stream = stream.seen_at_sender(len(kernel.unsent), None)
        stream = stream.seen_at_receiver(len(kernel.waiting), kernel.waiting[:4])
        assert 0 <= stream.read <= stream.arrived <= stream.sent <= stream.accepted
        assert stream.read == len(read)
        assert stream.arrived - stream.read == len(kernel.waiting)
        assert stream.in_flight == len(kernel.flying)
        assert stream.accepted - stream.sent == len(kernel.unsent)
    assert bytes(stream.content) == sent


def test_octets_that_are_only_counted_have_their_place() -> None:
    stream = new().carried_out(1, "client", 5).carried_in(2, "server", 3)
    assert ledger(stream) == (3, 3, 5, 5)
    assert [stream.octet(offset) for offset in range(6)] == [None] * 6
    stream = stream.taken(3, "client", b"Hi", 2)
    assert [(p.start, p.length, p.call) for p in stream.sends] == [(0, 5, 1), (5, 2, 3)]
    assert [stream.octet(offset) for offset in range(4, 8)] == [None, *b"Hi", None]


def test_what_a_look_shows_of_them_is_known() -> None:
    stream = new().carried_out(1, "client", 5).seen_at_receiver(5, b"\x17\x03\x03")
    stream = stream.carried_in(2, "server", 4).seen_at_receiver(1, b"\xff")
    assert [stream.octet(offset) for offset in range(5)] == [23, 3, 3, None, 255]
