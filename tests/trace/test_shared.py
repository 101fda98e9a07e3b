"""A socket that several processes hold is one socket, and its streams have one end."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace import events as e
from sockscope.trace.fold import fold
from sockscope.trace.state import State

HERE, THERE = ("127.0.0.1", 1060), ("127.0.0.1", 50001)
OURS = e.SocketView(
    fd=4, kind="connected", state="ESTABLISHED", type="stream", local=HERE, peer=THERE, inode=7
)
THEIRS = e.SocketView(
    fd=3, kind="connected", state="ESTABLISHED", type="stream", local=THERE, peer=HERE, inode=8
)
NAMES = ("parent", "child", "child-2")


def start() -> list[e.Event]:
    holders = [
        ("client", THEIRS, None),
        *((n, OURS, None if n == "parent" else "parent") for n in NAMES),
    ]
    events: list[e.Event] = []
    for pid, (name, view, parent) in enumerate(holders, 1):
        events.append(e.ProcessStarted(proc=name, pid=pid, argv=(), parent=parent))
        events.append(e.SocketsObserved(proc=name, sockets=(view,)))
    return events


def call(proc: str, number: int, name: str, data: bytes | None = None) -> list[e.Event]:
    fd = 3 if proc == "client" else 4
    return [
        e.CallEntered(proc=proc, call=number, fd=fd, name=name, args=(100,)),
        e.CallReturned(proc=proc, call=number, value=data and len(data), data=data),
    ]


def numbered(events: list[e.Event]) -> State:
    return fold(replace(event, n=n) for n, event in enumerate(events, 1))


def test_every_holder_has_the_same_two_streams() -> None:
    state = numbered(start())
    assert len(state.streams) == 2
    assert len({(s.out, s.into) for s in state.sockets.values() if s.view.inode == 7}) == 1


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.binary(min_size=1, max_size=9)), max_size=8))
def test_whoever_sends_it_is_one_stream(sends: list[tuple[str, bytes]]) -> None:
    events = start()
    for number, (name, data) in enumerate(sends, 1):
        events += call(name, number, "send", data)
    state = numbered(events)
    stream = state.stream_into(("client", 3))
    assert stream is not None
    assert bytes(stream.content[: len(stream.content)]) == b"".join(data for _, data in sends)
    assert [piece.proc for piece in stream.sends] == [name for name, _ in sends]


@given(st.permutations(NAMES))
def test_it_ends_with_its_last_holder(order: list[str]) -> None:
    events = start()
    for number, name in enumerate(order, 1):
        state = numbered(events)
        peer = state.peer_of(("client", 3))
        assert peer is not None
        assert peer.end.proc in order[number - 1 :]
        stream = state.stream_into(("client", 3))
        assert stream is not None
        assert not stream.finished
        events += call(name, number, "close")
    stream = numbered(events).stream_into(("client", 3))
    assert stream is not None
    assert stream.finished


def test_a_process_that_executes_another_program_keeps_its_place() -> None:
    events = start()
    events += call("child", 1, "recv")[:1]
    events.append(e.ProcessStarted(proc="child", pid=3, argv=("other.py",), parent="parent"))
    child = numbered(events).processes["child"]
    assert (child.order, child.argv, child.open) == (2, ("other.py",), ())
