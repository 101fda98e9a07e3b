"""Connections that no process holds, asked for by their addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from running import until
from sockscope.tracer.unheld import Pair, read


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def pair_of(sock: socket.socket) -> Pair:
    return sock.getsockname()[:2], sock.getpeername()[:2]


def reverse(pair: Pair) -> Pair:
    return pair[1], pair[0]


def states(*pairs: Pair) -> list[str | None]:
    return [view.state for view in read(pairs)]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_one_that_waits_in_an_accept_queue_until_it_is_accepted(
    stack: ExitStack, host: str
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = stack.enter_context(socket.create_server((host, 0), family=family))
    except OSError:
        pytest.skip(f"there is no {host}")
    client = stack.enter_context(socket.create_connection(listener.getsockname()[:2]))
    client.sendall(b"early")
    pair = pair_of(client)
    (view,) = read([pair, reverse(pair)])
    assert (view.fd, view.kind, view.state) == (None, "connected", "ESTABLISHED")
    assert (view.local, view.peer) == reverse(pair)
    assert view.recv_bytes == 5
    server = stack.enter_context(listener.accept()[0])
    assert read([pair, reverse(pair)]) == ()
    assert server.recv(10) == b"early"


def test_the_end_of_a_stream_is_no_octet(stack: ExitStack) -> None:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    client = stack.enter_context(socket.create_connection(listener.getsockname()))
    client.sendall(b"early")
    client.shutdown(socket.SHUT_WR)
    pair = reverse(pair_of(client))
    until("the end", lambda: states(pair) == ["CLOSE_WAIT"])
    (view,) = read([pair])
    assert view.recv_bytes == 5


def test_what_is_left_of_a_closed_connection(stack: ExitStack) -> None:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    client = stack.enter_context(socket.create_connection(listener.getsockname()))
    server = stack.enter_context(listener.accept()[0])
    pair = pair_of(client)
    client.close()
    until("FIN_WAIT2", lambda: states(pair, reverse(pair)) == ["FIN_WAIT2"])
    server.close()
    until("TIME_WAIT", lambda: states(pair, reverse(pair)) == ["TIME_WAIT"])
    (view,) = read([pair])
    assert view.timer is not None
    assert 0 < view.timer <= 60
    assert view.recv_bytes is None
    assert view.send_bytes is None


def test_what_a_closed_sender_still_has_to_send_is_counted(stack: ExitStack) -> None:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    client = stack.enter_context(socket.create_connection(listener.getsockname()))
    server = stack.enter_context(listener.accept()[0])
    client.settimeout(0.05)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(20_000_000))
    pair = pair_of(client)
    client.close()
    (view,) = read([pair])
    assert view.state == "FIN_WAIT1"
    assert view.send_bytes is not None
    assert view.send_bytes > 100_000
    server.close()
    until("the reset", lambda: states(pair, reverse(pair)) == [])


@pytest.mark.parametrize(
    "pair",
    [
        (("127.0.0.1", 1), ("127.0.0.1", 2)),
        (("127.0.0.1", 1), ("::1", 2)),
        (("nonsense", 1), ("::", 2)),
        ("/a/path", "/another"),
        (("fe80::1%lo", 1), ("fe80::1%lo", 2)),
    ],
)
def test_what_does_not_exist_is_not_found(pair: Pair) -> None:
    assert read([pair]) == ()


def test_nothing_is_asked_about_nothing() -> None:
    assert read([]) == ()
