"""No octet is lost or made up: what must hold at every position of a trace."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise

from sockscope.trace import events as e
from sockscope.trace.fold import states
from sockscope.trace.names import GATE, RECEIVES, SENDS
from sockscope.trace.state import State
from sockscope.trace.stream import Stream


def check(events: Iterable[e.Event]) -> int:
    """Assert that every octet has its place at every position; gives the octets read."""
    events = list(events)
    check_calls(events)
    ledger: dict[int, tuple[bytearray, bytearray]] = {}
    state, offers = State(), {}
    for before, state in pairwise(chain([State()], states(events))):
        doubtful, offers = offers, offered(state)
        for number, stream in state.streams.items():
            if stream is not before.streams.get(number) or number in doubtful:
                check_order(state, stream, offers.get(number, 0))
        note(state, ledger)
        for number, (sent, received) in ledger.items():
            if is_whole(state.streams[number]):
                assert sent.startswith(received) or received.startswith(sent), number
    for number, (sent, received) in ledger.items():
        stream = state.streams[number]
        check_pieces(stream)
        if not is_whole(stream):
            continue
        content = bytes(stream.content[: len(stream.content)])
        if stream.accepted > stream.handed_over:  # by a send that never returned
            assert (sent + content[len(sent) :]).startswith(received)
            continue
        assert sent.startswith(received)
        assert content.startswith(sent)
        assert stream.read == len(received)
        assert stream.handed_over == len(sent)
    return sum(len(received) for _, received in ledger.values())


def check_calls(events: Iterable[e.Event]) -> None:
    """A call is blocked after it was entered and before it ends."""
    under_way = set()
    for event in events:
        if isinstance(event, e.CallEntered):
            under_way.add(event.call)
        elif isinstance(event, e.CallBlocked):
            assert event.call in under_way, event
        elif isinstance(event, (e.CallReturned, e.CallRaised)):
            under_way.discard(event.call)


def is_whole(stream: Stream) -> bool:
    """Whether a tracee sent it, and every octet is for an ordinary recv(): none is urgent."""
    is_seen = stream.sender is not None
    return is_seen and not (stream.is_datagrams or stream.skipped or stream.urgent)


def check_pieces(stream: Stream) -> None:
    """What went by was read, skipped or dropped, each octet once, in the order of the sends."""
    gone = sorted((p.start, p.length) for p in (*stream.recvs, *stream.skipped, *stream.dropped))
    end = 0
    for start, length in gone:
        assert start == end or start > stream.read
        end = max(end, start + length)
    assert end >= stream.read


def offered(state: State) -> dict[int, int]:
    """The octets that sends under way have been given, by stream."""
    offers: dict[int, int] = {}
    for process in state.processes.values():
        for call in process.open:
            socket = state.sockets.get((call.proc, call.fd))
            if call.name in SENDS and call.phase != GATE and socket and socket.out is not None:
                offers[socket.out] = offers.get(socket.out, 0) + (call.asked or 0)
    return offers


def check_order(state: State, stream: Stream, offer: int) -> None:
    """The boundaries of a stream stand in their order, and nothing comes before its cause."""
    assert 0 <= stream.read <= stream.arrived <= stream.sent <= stream.accepted, state.n
    assert stream.in_flight >= 0
    end = stream.sender
    if end is not None and (end.proc, end.fd) in state.sockets:
        assert stream.accepted <= stream.handed_over + offer, state.n


def note(state: State, ledger: dict[int, tuple[bytearray, bytearray]]) -> None:
    """Keep a ledger of our own, of calls alone: what each stream was given, and gave."""
    if not len(state.calls) or state.calls[-1].finished != state.n:
        return
    call = state.calls[-1]
    socket = state.sockets.get((call.proc, call.fd))
    if socket is None or call.data is None:
        return
    if call.name in SENDS and socket.out is not None:
        ledger.setdefault(socket.out, (bytearray(), bytearray()))[0].extend(call.data)
    elif call.name in RECEIVES and socket.into is not None and not call.peeks:
        ledger.setdefault(socket.into, (bytearray(), bytearray()))[1].extend(call.data)


def check_at_rest(state: State) -> int:
    """What the kernel counts at both ends adds up; gives the number of streams looked at."""
    looked = 0
    for stream in state.streams.values():
        if stream.sender is None or stream.receiver is None:
            continue
        sender = state.sockets.get((stream.sender.proc, stream.sender.fd))
        receiver = state.sockets.get((stream.receiver.proc, stream.receiver.fd))
        if sender is None or receiver is None or sender.view.state != "ESTABLISHED":
            continue
        assert sender.view.unsent is not None
        assert receiver.view.recv_bytes is not None
        pending = any(
            call.fd == stream.sender.fd and call.name in SENDS and call.phase != GATE
            for call in state.processes[stream.sender.proc].open
        )
        if not pending:
            assert sender.view.accepted == stream.handed_over == stream.accepted, state.n
        kept = stream.read + receiver.view.recv_bytes + sender.view.unsent
        assert kept == stream.accepted == sender.view.accepted, state.n
        looked += 1
    return looked
