"""What a probe says of a socket is what is known of it otherwise, and it leaves no mark."""

from __future__ import annotations

import errno
import functools
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from running import until
from sockscope.tracee import probe


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def look(sock: socket.socket) -> Any:
    """One look, which must change nothing."""
    before = (sock.gettimeout(), os.get_blocking(sock.fileno()), open_fds())
    view = probe.observe(sock.fileno())
    assert (sock.gettimeout(), os.get_blocking(sock.fileno()), open_fds()) == before
    assert view is not None
    assert view["fd"] == sock.fileno()
    assert view["inode"] == os.fstat(sock.fileno()).st_ino
    return view


def open_fds() -> list[str]:
    return os.listdir("/proc/self/fd")


def listener(stack: ExitStack, backlog: int = 5) -> socket.socket:
    return stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=backlog))


def connected(stack: ExitStack) -> tuple[socket.socket, socket.socket]:
    """A client and the server's socket for it."""
    listening = listener(stack)
    client = stack.enter_context(socket.create_connection(listening.getsockname()))
    return client, stack.enter_context(listening.accept()[0])


def peek(view: Any) -> bytes:
    return bytes(view["recv_queue"]["peek"])


def test_a_new_socket(stack: ExitStack) -> None:
    sock = stack.enter_context(socket.socket())
    view = look(sock)
    assert (view["kind"], view["state"]) == ("unbound", "CLOSE")
    assert (view["family"], view["type"]) == ("inet", "stream")
    assert view["peer"] is None
    assert view["recv_queue"]["bytes"] in (0, None)
    assert view["send_queue"]["accepted"] is None


def test_a_bound_socket(stack: ExitStack) -> None:
    sock = stack.enter_context(socket.socket())
    sock.bind(("127.0.0.1", 0))
    view = look(sock)
    assert view["kind"] == "bound"
    assert view["local"] == list(sock.getsockname())


@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_a_listening_socket_and_its_queue(stack: ExitStack, waiting: int) -> None:
    sock = listener(stack, backlog=3)
    for _ in range(waiting):
        stack.enter_context(socket.create_connection(sock.getsockname()))
    view = look(sock)
    assert (view["kind"], view["state"]) == ("listening", "LISTEN")
    assert view["accept_queue"] == {"length": waiting, "limit": 3}
    assert view["recv_queue"] is view["send_queue"] is None


def test_a_connection_that_waits_for_a_full_queue(stack: ExitStack) -> None:
    full = listener(stack, backlog=0)
    stack.enter_context(socket.create_connection(full.getsockname()))
    sock = stack.enter_context(socket.socket())
    sock.setblocking(False)
    assert sock.connect_ex(full.getsockname()) == errno.EINPROGRESS
    view = look(sock)
    assert (view["kind"], view["state"]) == ("connecting", "SYN_SENT")


@pytest.mark.parametrize("size", [1, 5000])
def test_octets_that_wait_are_counted_and_shown_and_stay(stack: ExitStack, size: int) -> None:
    client, server = connected(stack)
    data = bytes(n % 251 for n in range(size))
    client.sendall(data)
    for _ in range(3):
        view = look(server)
        assert (view["kind"], view["state"]) == ("connected", "ESTABLISHED")
        assert view["recv_queue"]["bytes"] == size
        assert peek(view) == data[: probe.PEEK_BOUND]
    sender = look(client)
    assert sender["send_queue"]["unsent"] == 0
    assert sender["send_queue"]["accepted"] == size
    assert sender["mss"] == client.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    assert server.recv(10_000) == data
    assert look(server)["recv_queue"]["bytes"] == 0
    assert (view["local"], view["peer"]) == (sender["peer"], sender["local"])


def test_a_full_connection_adds_up(stack: ExitStack) -> None:
    client, server = connected(stack)
    client.settimeout(0.05)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(20_000_000))
    # What is on its way between the two is in neither place until it arrives.
    taken = look(client)["send_queue"]["accepted"]
    until("rest", lambda: sum(places(client, server)) == taken)
    assert all(places(client, server))
    left = taken
    while left:
        left -= len(server.recv(1 << 20))
        until("rest", functools.partial(holds, client, server, left))


def holds(client: socket.socket, server: socket.socket, octets: int) -> bool:
    return sum(places(client, server)) == octets


def places(client: socket.socket, server: socket.socket) -> tuple[int, int]:
    return look(server)["recv_queue"]["bytes"], look(client)["send_queue"]["unsent"]


def test_a_finished_stream_is_not_counted_as_an_octet(stack: ExitStack) -> None:
    client, server = connected(stack)
    client.sendall(b"last")
    client.shutdown(socket.SHUT_WR)
    until("the end", lambda: look(server)["state"] == "CLOSE_WAIT")
    assert look(server)["recv_queue"]["bytes"] == 4
    until("its acknowledgement", lambda: look(client)["state"] == "FIN_WAIT2")
    assert look(client)["send_queue"]["accepted"] in (4, 5, None)
    assert server.recv(10) == b"last"
    assert look(server)["recv_queue"]["bytes"] == 0
    assert server.recv(10) == b""


@pytest.mark.parametrize("queued", [b"", b"before"])
def test_a_waiting_reset_stays(stack: ExitStack, queued: bytes) -> None:
    client, server = connected(stack)
    client.sendall(b"never read")
    if queued:
        server.sendall(queued)
    server.close()
    until("the reset", lambda: look(client)["state"] == "CLOSE")
    for _ in range(10):
        view = look(client)
        assert view["kind"] == "closed"
        assert peek(view) == queued
    if queued:
        assert client.recv(100) == queued
        look(client)
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    assert client.recv(100) == b""


def test_a_refused_connection_keeps_its_error(stack: ExitStack) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    sock = stack.enter_context(socket.socket())
    sock.setblocking(False)
    sock.connect_ex(address)
    until("the refusal", lambda: look(sock)["state"] == "CLOSE")
    for _ in range(10):
        look(sock)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED


def test_a_default_timeout_reaches_no_socket(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, server = connected(stack)
    monkeypatch.setattr(socket, "getdefaulttimeout", socket.getdefaulttimeout)
    socket.setdefaulttimeout(5)
    try:
        for sock in (client, server):
            look(sock)
            assert os.get_blocking(sock.fileno())
    finally:
        socket.setdefaulttimeout(None)


@pytest.mark.parametrize(
    ("family", "kind", "names"),
    [
        (socket.AF_INET, socket.SOCK_DGRAM, ("inet", "dgram")),
        (socket.AF_UNIX, socket.SOCK_STREAM, ("unix", "stream")),
        (socket.AF_UNIX, socket.SOCK_DGRAM, ("unix", "dgram")),
    ],
)
def test_sockets_that_are_not_tcp(
    stack: ExitStack, family: int, kind: int, names: tuple[str, str]
) -> None:
    sock = stack.enter_context(socket.socket(family, kind))
    view = look(sock)
    assert (view["family"], view["type"]) == names
    assert view["state"] is None
    assert view["send_queue"]["unsent"] is None
    assert view["kind"] == "unbound"


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET], ids=["unix", "tcp"])
def test_the_place_of_the_programs_own_peeks_stays(stack: ExitStack, family: int) -> None:
    near, far = connected(stack) if family == socket.AF_INET else socket.socketpair()
    stack.enter_context(near)
    stack.enter_context(far)
    try:
        far.setsockopt(socket.SOL_SOCKET, probe.SO_PEEK_OFF, 0)
    except OSError:
        pytest.skip("this kernel has no SO_PEEK_OFF for it")
    near.sendall(b"abcdef")
    until("six octets", lambda: probe.count(far.fileno(), probe.FIONREAD) == 6)
    assert far.recv(2, socket.MSG_PEEK) == b"ab"
    assert look(far)["recv_queue"]["bytes"] == 6
    assert far.recv(2, socket.MSG_PEEK) == b"cd"


def test_datagrams_are_never_peeked_at(stack: ExitStack) -> None:
    first = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    first.bind(("127.0.0.1", 0))
    first.sendto(b"to myself", first.getsockname())
    view = look(first)
    assert view["recv_queue"]["bytes"] == 9
    assert peek(view) == b""
    assert first.recv(100) == b"to myself"


def test_a_socket_of_the_other_family(stack: ExitStack) -> None:
    try:
        sock = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
    except OSError:
        pytest.skip("there is no IPv6 loopback")
    view = look(sock)
    assert view["family"] == "inet6"
    assert view["local"] == list(sock.getsockname()[:2])


def test_what_is_no_socket_is_not_observed(tmp_path: Any) -> None:
    assert probe.observe(10_000) is None
    with (tmp_path / "file").open("w") as file:
        assert probe.observe(file.fileno()) is None
        assert file.fileno() not in probe.socket_fds()


def test_every_socket_is_found(stack: ExitStack) -> None:
    socks = [stack.enter_context(socket.socket()) for _ in range(20)]
    fds = sorted(sock.fileno() for sock in socks)
    assert set(fds) <= set(probe.socket_fds())
    high = os.dup2(fds[0], fds[-1] + 40)
    try:
        assert high in probe.socket_fds()
    finally:
        os.close(high)
    assert high not in probe.socket_fds()
