"""The state that events add up to: a conversation by hand, and any events at all."""

from __future__ import annotations

from hypothesis import given
from script import (
    HERE,
    THERE,
    Script,
    client_end,
    connected,
    listening,
    octets,
    pair,
    server_end,
    tcp,
)
from strategies import traces

from sockscope.trace import events as e
from sockscope.trace.fold import fold, states
from sockscope.trace.state import EMPTY, State
from sockscope.trace.stream import Stream
from sockscope.trace.streams import KEPT_STREAMS

SERVER, CLIENT = ("server", 4), ("client", 3)


def into_server(script: Script) -> Stream:
    stream = script.state.stream_into(SERVER)
    assert stream is not None
    return stream


def test_a_process_has_what_it_was_started_with_and_what_it_said() -> None:
    script = Script("server")
    script.add(e.Output, proc="server", stream="stdout", text="listening\n")
    script.add(e.NotSeen, proc="server", what="a raw socket")
    script.add(e.NotSeen, proc="server", what="a raw socket")
    script.add(e.ProcessExited, proc="server", status=3)
    process = script.state.processes["server"]
    assert (process.pid, process.argv, process.order) == (4242, ("server.py",), 0)
    assert list(process.output) == [("stdout", "listening\n")]
    assert process.not_seen == ("a raw socket",)
    assert (process.exited, process.status, process.signal) == (True, 3, None)


def test_a_call_goes_from_its_gate_to_its_result() -> None:
    script = Script("server")
    call = script.enter("server", "accept", gated=True, line=7)
    phases = [script.state.processes["server"].pending]
    script.add(e.CallGranted, proc="server", call=call)
    phases.append(script.state.processes["server"].pending)
    script.add(e.CallBlocked, proc="server", call=call, where="asleep in inet_csk_accept")
    phases.append(script.state.processes["server"].pending)
    script.returns("server", call, [4, ["127.0.0.1", 51304]], elapsed_ns=9)
    assert [c.phase if c else None for c in phases] == ["gate", "running", "blocked"]
    last = script.last
    assert (last.phase, last.value, last.line) == ("returned", [4, ["127.0.0.1", 51304]], 7)
    assert (last.was_blocked, last.where) == (True, "asleep in inet_csk_accept")
    assert (last.entered, last.finished, last.elapsed_ns) == (2, 5, 9)
    assert script.state.processes["server"].pending is None
    assert script.state.processes["server"].last == last


def test_the_call_at_a_gate_is_pending_before_one_under_way() -> None:
    script = Script("server")
    script.blocks("server", "accept")
    script.enter("server", "recv", 16, fd=4, gated=True, thread="Thread-1")
    pending = script.state.processes["server"].pending
    assert pending is not None
    assert pending.name == "recv"


def test_two_ends_with_each_others_address_are_one_connection() -> None:
    state = pair().state
    server, client = state.sockets[SERVER], state.sockets[CLIENT]
    assert (server.out, server.into) == (client.into, client.out)
    assert state.peer_of(SERVER) == client
    assert state.peer_of(CLIENT) == server
    assert state.peer_of(("server", 3)) is None
    assert state.stream_out(CLIENT) == state.stream_into(SERVER)


def test_a_message_in_two_pieces_is_followed_octet_by_octet() -> None:
    script = pair()
    script.send("client", b"Hi the")
    assert (into_server(script).accepted, into_server(script).arrived) == (6, 0)
    script.see("server", listening(), server_end(recv_bytes=6, peek=b"Hi the"))
    script.see("client", client_end(accepted=6))
    assert (into_server(script).arrived, into_server(script).in_flight) == (6, 0)
    script.recv("server", 16, b"Hi the", fd=4)
    script.see("server", listening(), server_end())
    script.send("client", b"re, server").recv("server", 10, b"re, server", fd=4)
    stream = into_server(script)
    assert bytes(stream.content) == b"Hi there, server"
    assert [piece.length for piece in stream.sends] == [6, 10]
    assert [piece.asked for piece in stream.recvs] == [16, 10]
    assert (stream.read, stream.accepted) == (16, 16)


def test_looking_with_msg_peek_takes_nothing() -> None:
    script = pair().send("client", b"Hi").recv("server", 16, b"Hi", 2, fd=4)
    assert into_server(script).read == 0


def test_a_sleeping_send_has_handed_over_what_the_kernel_says_it_took() -> None:
    script = pair()
    script.blocks("client", "send", octets(b"0123456789"))
    script.see("client", client_end(unsent=1, accepted=4))
    stream = into_server(script)
    assert (stream.accepted, stream.sent, bytes(stream.content)) == (4, 3, b"0123")


def test_closing_ends_one_direction_and_abandons_the_other() -> None:
    script = pair().send("server", b"bye", fd=4).call("client", "close")
    state = script.state
    assert CLIENT not in state.sockets
    assert into_server(script).finished
    out = state.stream_out(SERVER)
    assert out is not None
    assert out.abandoned
    assert not out.finished


def test_shutting_down_writing_finishes_only_what_is_sent() -> None:
    script = pair().call("client", "shutdown", 1)
    assert into_server(script).finished
    assert not pair().call("client", "shutdown", 0).state.streams[0].finished


def test_a_connection_lives_while_another_fd_holds_the_same_socket() -> None:
    script = pair().see("client", client_end(), connected(5, THERE, HERE, 3))
    script.call("client", "close")
    assert not into_server(script).finished
    script.call("client", "close", fd=5)
    assert into_server(script).finished


def test_a_socket_that_is_no_longer_seen_is_closed() -> None:
    script = pair().see("server", listening())
    assert SERVER not in script.state.sockets
    partial = pair().see("server", listening(), partial=True)
    assert SERVER in partial.state.sockets


def test_a_detached_socket_is_still_the_same_connection() -> None:
    script = pair().call("client", "detach", value=3).see("client", client_end())
    assert script.state.peer_of(SERVER) is not None


def test_the_end_of_a_process_closes_its_sockets_and_calls() -> None:
    script = pair()
    script.enter("client", "recv", 16)
    script.add(e.ProcessExited, proc="client", signal="SIGKILL")
    state = script.state
    assert CLIENT not in state.sockets
    assert state.processes["client"].open == ()
    assert into_server(script).finished


def test_a_later_connection_between_the_same_addresses_has_streams_of_its_own() -> None:
    script = pair().send("client", b"old")
    script.call("client", "close").call("server", "close", fd=4)
    script.see("client", connected(3, THERE, HERE, 13))
    script.see("server", listening(), connected(4, HERE, THERE, 12))
    state = script.state
    assert len(state.streams) == 4
    assert into_server(script).accepted == 0
    assert state.peer_of(SERVER) == state.sockets[CLIENT]


def test_a_reused_fd_is_a_new_socket() -> None:
    script = pair().see("client", tcp(3, "unbound", inode=99))
    socket = script.state.sockets[CLIENT]
    assert socket.out is None
    assert into_server(script).finished


def test_a_connection_that_waits_for_accept_is_counted_from_what_no_process_holds() -> None:
    script = Script().see("server", listening()).see("client", client_end())
    script.send("client", b"Hi")
    waiting = connected(4, HERE, THERE, 0, recv_bytes=2)
    script.add(e.UnheldObserved, sockets=(waiting,))
    stream = script.state.stream_out(CLIENT)
    assert stream is not None
    assert (stream.arrived, stream.receiver) == (2, None)
    assert script.state.unheld == (waiting,)


def test_streams_of_long_ended_connections_are_let_go() -> None:
    script = Script("client")
    for port in range(2000, 2000 + 2 * KEPT_STREAMS):
        script.see("client", connected(3, ("127.0.0.1", port), HERE, port))
        script.call("client", "close")
    state = script.state
    assert len(state.streams) <= KEPT_STREAMS + 2
    assert max(state.streams) == 4 * KEPT_STREAMS - 1
    assert set(state.routes.values()) <= set(state.streams)


def test_events_about_what_was_never_seen_change_nothing() -> None:
    script = Script("server")
    before = script.state
    script.add(e.CallReturned, proc="server", call=9)
    script.add(e.CallBlocked, proc="moon", call=9, where="?")
    script.add(e.SocketsObserved, proc="moon", sockets=(server_end(),))
    script.add(e.Output, proc=None, stream="stdout", text="hi")
    after = script.state
    assert (after.processes, after.sockets, after.calls) == (before.processes, {}, before.calls)
    assert (after.n, after.t) == (5, 5000)


def assert_consistent(state: State) -> None:
    for stream in state.streams.values():
        assert 0 <= stream.read <= stream.arrived <= stream.sent <= stream.accepted
        in_buffers = (stream.arrived - stream.read) + stream.in_flight
        assert stream.accepted == stream.read + in_buffers + (stream.accepted - stream.sent)
        assert stream.handed_over <= len(stream.content)
    for socket in state.sockets.values():
        assert {socket.out, socket.into} <= {None, *state.streams}
    for process in state.processes.values():
        assert all(call.meaning == "" or call.was_blocked for call in process.open)
    assert all(call.meaning.isprintable() and call.meaning for call in state.calls)


@given(traces(40))
def test_any_events_fold_to_a_state_whose_octets_are_conserved(trace: list[e.Event]) -> None:
    for state in states(trace):
        assert_consistent(state)


@given(traces())
def test_folding_never_changes_an_earlier_state(trace: list[e.Event]) -> None:
    middle = fold(trace[: len(trace) // 2])
    picture = repr(middle)
    fold(trace[len(trace) // 2 :], middle)
    assert repr(middle) == picture
    assert fold([], EMPTY) == EMPTY
