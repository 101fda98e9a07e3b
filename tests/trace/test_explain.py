"""What each call means on this very pair, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
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

from sockscope.trace import events as e

TO_SERVER = ["127.0.0.1", 1060]
TO_CLIENT = ["127.0.0.1", 51304]


def alone(view: e.SocketView | None = None) -> Script:
    """One process; its fd 3 is ``view``."""
    script = Script("server")
    return script.see("server", view) if view else script


def ready() -> Script:
    """A server that listens, and a client with a new socket."""
    script = Script().see("server", listening())
    return script.see("client", tcp(3, "unbound", inode=3))


def waiting(octets_waiting: int) -> Script:
    peek = b"x" * octets_waiting
    return pair().see("server", listening(), server_end(recv_bytes=octets_waiting, peek=peek))


def datagram(kind: str = "bound") -> e.SocketView:
    return tcp(3, kind, type="dgram", inode=1, local=HERE)


# -- receiving -------------------------------------------------------------------


def test_all_that_was_asked_for() -> None:
    script = waiting(16).recv("server", 16, b"x" * 16, fd=4)
    assert script.meaning == "all 16 bytes asked for"


def test_plenty_waits() -> None:
    script = waiting(16).recv("server", 5, b"x" * 5, fd=4)
    assert script.meaning == "plenty waits: all 5 asked for, 11 stay in the receive buffer"


def test_a_partial_read() -> None:
    script = pair().recv("server", 16, b"Hi the", fd=4)
    assert (
        script.meaning == "6 of the 16 bytes asked for: a partial read; loop if all 16 are needed"
    )


def test_a_partial_read_while_the_rest_is_on_its_way() -> None:
    script = pair().send("client", b"Hi there, server").recv("server", 16, b"Hi the", fd=4)
    assert script.meaning == "6 of the 16 bytes asked for: a partial read, 10 still to come"


def test_a_partial_read_while_less_than_the_rest_is_on_its_way() -> None:
    script = pair().send("client", b"Hi the").recv("server", 16, b"Hi th", fd=4)
    assert (
        script.meaning
        == "5 of the 16 bytes asked for: a partial read; at least 1 byte more will come"
    )


def test_a_partial_read_while_the_peer_is_about_to_send_the_rest() -> None:
    script = pair().send("client", b"Hi the")
    script.enter("client", "send", octets(b"re, server"), gated=True)
    script.recv("server", 16, b"Hi the", fd=4)
    assert script.meaning == "6 of the 16 bytes asked for: a partial read, 10 still to come"


def test_a_partial_read_that_is_the_last() -> None:
    script = pair().send("client", b"Hi the").call("client", "shutdown", 1)
    script.recv("server", 16, b"Hi the", fd=4)
    assert script.meaning.endswith("a partial read, and the last: client has finished sending")


def test_a_limited_receive() -> None:
    script = waiting(16).recv("server", 16, b"x" * 5, fd=4, limit=5)
    assert script.meaning == "sockscope let it take at most 5 of the 16: TCP may always answer so"


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (pair, "b'': client has finished sending"),
        (
            lambda: pair().fails("server", "recv", 16, errno="ECONNRESET", fd=4),
            "b'' after a reset: not a clean end, the connection was broken off",
        ),
        (
            lambda: pair().call("server", "shutdown", 0, fd=4),
            "b'': this end has shut down receiving",
        ),
    ],
)
def test_the_end_of_the_stream(prepare: Callable[[], Script], sentence: str) -> None:
    assert prepare().recv("server", 16, b"", fd=4).meaning == sentence


def test_the_end_of_a_stream_from_nobody_we_know() -> None:
    assert alone().recv("server", 16, b"").meaning == "b'': the peer has finished sending"


def test_other_ways_to_receive() -> None:
    assert pair().recv("server", 0, b"", fd=4).meaning == "nothing was asked for, so nothing came"
    peeked = waiting(2).recv("server", 9, b"xx", 2, fd=4).meaning
    assert peeked == "looked at 2 bytes and took none: they stay in the receive buffer"
    whole = pair().recv("server", 2, b"xx", 0x100, fd=4).meaning
    assert whole == "MSG_WAITALL waited for all 2 bytes asked for"
    packet = alone(datagram()).call("server", "recvfrom", 99, value=[2, TO_CLIENT], data=b"Hi")
    assert packet.meaning == "one datagram of 2 bytes: each recv() gives a whole one"
    counted = waiting(2).call("server", "recv_into", 2, value=2, fd=4).meaning
    assert counted == "all 2 bytes asked for"


# -- sending ---------------------------------------------------------------------


def test_all_was_taken() -> None:
    script = pair().send("client", b"Hi the")
    assert script.meaning == "all 6 bytes were taken by the kernel: server has not read them yet"


def test_all_was_taken_and_read_before_the_send_came_back() -> None:
    script = pair()
    call = script.enter("client", "send", octets(b"Hi"))
    script.recv("server", 16, b"Hi", fd=4).call("server", "close", fd=4)
    script.returns("client", call, 2, b"Hi")
    assert script.meaning == "all 2 bytes were taken, and server has read them already"


def test_a_short_send() -> None:
    large = {"bytes": 10_000_000, "peek": ""}
    script = pair().call("client", "send", large, value=3_919_467)
    room = "the send buffer had room for only 3919467 of 10000000"
    assert script.meaning == f"{room}: the rest must be sent again"
    script.call("client", "send", large, value=3_919_467, via="sendall")
    assert script.meaning == f"{room}: sendall() goes on with the rest"


def test_a_limited_send() -> None:
    script = pair().send("client", b"Hi the", taken=2, limit=2)
    assert script.meaning == "sockscope let it send at most 2 of the 6: TCP may always answer so"


def test_a_send_to_one_who_has_closed() -> None:
    script = pair().call("server", "close", fd=4).send("client", b"Hi")
    assert script.meaning == "all 2 bytes were taken, but server has closed: a reset will answer"


def test_other_ways_to_send() -> None:
    assert pair().send("client", b"").meaning == "nothing was given, so nothing was sent"
    packet = alone(datagram()).call("server", "sendto", octets(b"Hi"), TO_CLIENT, value=2)
    assert packet.meaning == "one datagram of 2 bytes left: nobody promises that it arrives"


# -- birth, addresses, listening ---------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "sentence"),
    [
        ("socket", [], "a new TCP socket: it has no address and no peer yet"),
        ("socket", [2, 2], "a new UDP socket: it has no address and no peer yet"),
        ("socket", [10, 2049], "a new TCP socket: it has no address and no peer yet"),
        ("socket", [1, 1], "a new Unix socket: it has no address and no peer yet"),
        ("socketpair", [], "two new sockets, already connected to each other"),
        ("dup", [], "a second fd for the same socket: it closes when both are closed"),
        ("detach", [], "nothing closes: the fd is now the program's own to look after"),
        (
            "bind",
            [TO_SERVER],
            "claims 127.0.0.1:1060; whether it is server or client is still open",
        ),
        (
            "bind",
            [["", 1060]],
            "claims port 1060 on every address of this machine; "
            "whether it is server or client is still open",
        ),
        (
            "bind",
            [["127.0.0.1", 0]],
            "port 0 lets the kernel choose a free port: getsockname() tells which",
        ),
        ("bind", ["/tmp/s"], "claims /tmp/s"),
        (
            "listen",
            [1],
            "listens from now on: it will never send or receive; up to 2 clients may queue",
        ),
        ("listen", [], "listens from now on: it will never send or receive, it only accepts"),
        ("settimeout", [None], "calls wait as long as it takes"),
        ("settimeout", [2], "calls wait at most 2 s, then raise TimeoutError"),
        (
            "settimeout",
            [0],
            "calls no longer wait: what cannot be done at once raises BlockingIOError",
        ),
        (
            "setblocking",
            [False],
            "calls no longer wait: what cannot be done at once raises BlockingIOError",
        ),
        ("setblocking", [True], "calls wait as long as it takes"),
        (
            "setsockopt",
            [1, 2, 1],
            "bind() may take an address whose old connections are still in TIME_WAIT",
        ),
        ("setsockopt", [6, 1, 1], "small sends leave at once: Nagle's algorithm is off"),
        (
            "setsockopt",
            [6, 1, 0],
            "small sends may wait for an acknowledgement: Nagle's algorithm is on",
        ),
        ("setsockopt", [9, 9, 9], "the option is set"),
        ("getsockopt", [1, 8], "the receive buffer's size: twice what was asked for"),
        ("getsockopt", [9, 9], "only a question: it changes nothing"),
        ("brew", [], "done"),
    ],
)
def test_calls_on_a_fresh_socket(name: str, args: list[Any], sentence: str) -> None:
    assert alone().call("server", name, *args).meaning == sentence


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0, "no error is pending"),
        (104, "the pending error is ECONNRESET: asking has cleared it"),
    ],
)
def test_asking_for_the_pending_error(value: int, sentence: str) -> None:
    assert alone().call("server", "getsockopt", 1, 4, value=value).meaning == sentence


def test_listening_again() -> None:
    script = ready().call("server", "listen", 5)
    assert script.meaning == "it listens already: only the length of its queue changes"


def test_accepting() -> None:
    script = ready().see("client", client_end()).call("server", "accept", value=[4, TO_CLIENT])
    assert script.meaning == "a new socket, fd 4, for the talk with client; fd 3 goes on listening"
    stranger = alone(listening()).call("server", "accept", value=[4, TO_CLIENT])
    assert "for the talk with 127.0.0.1:51304;" in stranger.meaning


def test_connecting_before_the_server_accepts() -> None:
    script = ready().call("client", "connect", TO_SERVER)
    assert script.meaning == (
        "connected from a port that the kernel chose; it waits in server's accept queue"
    )


def test_connecting_while_the_server_sleeps_in_accept() -> None:
    script = ready()
    script.blocks("server", "accept")
    script.call("client", "connect", TO_SERVER)
    assert script.meaning.endswith("; server wakes up in accept()")


def test_connecting_when_the_server_was_faster() -> None:
    script = ready()
    call = script.enter("client", "connect", TO_SERVER)
    script.call("server", "accept", value=[4, TO_CLIENT])
    script.see("server", listening(), server_end())
    script.returns("client", call)
    assert script.meaning.endswith("; server has accepted it")


def test_connecting_from_a_bound_socket_to_somebody_outside() -> None:
    script = alone(tcp(3, "bound", local=("127.0.0.1", 5000), inode=1))
    script.call("server", "connect", ["192.0.2.1", 80])
    assert script.meaning == "connected from 127.0.0.1:5000; both ends can now send and receive"


def test_connecting_without_an_exception() -> None:
    assert "both ends can now" in alone().call("server", "connect_ex", TO_SERVER, value=0).meaning
    begun = alone().call("server", "connect_ex", TO_SERVER, value=115).meaning
    assert begun.startswith("the handshake has begun")
    refused = alone().call("server", "connect_ex", TO_SERVER, value=111).meaning
    assert refused.startswith("nobody listens at 127.0.0.1:1060")


def test_connecting_a_datagram_socket_sends_nothing() -> None:
    script = alone(datagram("unbound")).call("server", "connect", TO_SERVER)
    assert script.meaning == "sets where send() goes and whom recv() hears; nothing was sent yet"


@pytest.mark.parametrize(
    ("proc", "fd", "name", "value", "sentence"),
    [
        ("server", 3, "getsockname", TO_SERVER, "where it listens: "),
        ("server", 4, "getsockname", TO_SERVER, "this end's address: it has the same port as the"),
        ("client", 3, "getsockname", TO_CLIENT, "this end's address: server sees it as getpeer"),
        ("server", 4, "getpeername", TO_CLIENT, "the client's address: just what accept() return"),
        ("client", 3, "getpeername", TO_SERVER, "the other end's address: what getsockname() giv"),
        ("server", 9, "getsockname", ["0.0.0.0", 0], "no port yet: "),
        ("server", 9, "getsockname", ["0.0.0.0", 99], "the address of this end"),
    ],
)
def test_asking_for_names(proc: str, fd: int, name: str, value: Any, sentence: str) -> None:
    assert pair().call(proc, name, fd=fd, value=value).meaning.startswith(sentence)


# -- the end ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "proc", "fd", "sentence"),
    [
        (pair, "client", 3, "FIN: server will read b'' after the last byte"),
        (lambda: waiting(3), "server", 4, "3 bytes were never read, so client gets a reset (RST)"),
        (
            lambda: pair().call("client", "close"),
            "server",
            4,
            "client had finished before: now both directions are over",
        ),
        (
            lambda: pair().see("client", client_end(state="FIN_WAIT2")),
            "client",
            3,
            "server knew already that no more comes; now nothing is received either",
        ),
        (
            lambda: pair().see("client", client_end(), connected(7, THERE, HERE, 3)),
            "client",
            3,
            "nothing ends yet: client's fd 7 holds the same socket",
        ),
        (pair, "server", 3, "stops listening: new clients are refused, accepted sockets live on"),
        (
            lambda: Script().see("server", listening(accept_length=2)),
            "server",
            3,
            "stops listening: the 2 clients in its queue are reset",
        ),
        (
            lambda: Script().see("server", tcp(3, "bound", local=HERE, inode=1)),
            "server",
            3,
            "the fd and its address are free again",
        ),
        (Script, "server", 9, "it was never connected: only the fd is free again"),
        (
            lambda: Script().see("client", tcp(3, "connecting", inode=1)),
            "client",
            3,
            "gives up: the handshake was not finished",
        ),
    ],
)
def test_closing(prepare: Callable[[], Script], proc: str, fd: int, sentence: str) -> None:
    assert prepare().call(proc, "close", fd=fd).meaning == sentence


def test_closing_by_garbage_collection() -> None:
    script = pair().call("client", "close", via="gc")
    assert script.meaning.startswith("forgotten, so Python closed it: FIN: ")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (0, "recv() gives b'' from now on; server is not told"),
        (1, "FIN: server will read b'' after the last byte; receiving still works"),
        (2, "FIN: server will read b'' after the last byte; neither way is left here"),
    ],
)
def test_shutting_down(how: int, sentence: str) -> None:
    assert pair().call("client", "shutdown", how).meaning == sentence


# -- errors ----------------------------------------------------------------------


def time_wait() -> Script:
    script = alone(tcp(3, "unbound", inode=9))
    left = tcp(None, "closed", state="TIME_WAIT", local=HERE, peer=THERE)
    script.add(e.UnheldObserved, sockets=(left,))
    return script


def client_closed_with_unread() -> Script:
    return pair().send("server", b"unread", fd=4).call("client", "close")


@pytest.mark.parametrize(
    ("prepare", "proc", "name", "args", "fd", "errno", "sentence"),
    [
        (
            ready,
            "client",
            "bind",
            [TO_SERVER],
            3,
            "EADDRINUSE",
            "server's fd 3 holds 127.0.0.1:1060 already",
        ),
        (
            time_wait,
            "server",
            "bind",
            [TO_SERVER],
            3,
            "EADDRINUSE",
            "an old connection at 127.0.0.1:1060 is in TIME_WAIT: needs SO_REUSEADDR, then and now",
        ),
        (
            alone,
            "server",
            "bind",
            [TO_SERVER],
            3,
            "EADDRINUSE",
            "another program on this machine, or an old connection, holds 127.0.0.1:1060",
        ),
        (
            alone,
            "server",
            "bind",
            [["192.0.2.1", 80]],
            3,
            "EADDRNOTAVAIL",
            "192.0.2.1 is not an address of this machine",
        ),
        (
            alone,
            "server",
            "connect",
            [TO_SERVER],
            3,
            "EADDRNOTAVAIL",
            "no free local port is left for this connection, or it exists already",
        ),
        (
            alone,
            "server",
            "bind",
            [["", 80]],
            3,
            "EACCES",
            "ports below 1024 need a privilege (root, or CAP_NET_BIND_SERVICE)",
        ),
        (
            Script,
            "client",
            "connect",
            [TO_SERVER],
            3,
            "ECONNREFUSED",
            "nobody listens at 127.0.0.1:1060: the kernel there answered with a reset",
        ),
        (
            lambda: Script().see("server", tcp(3, "bound", local=HERE, inode=1)),
            "client",
            "connect",
            [TO_SERVER],
            3,
            "ECONNREFUSED",
            "server has claimed 127.0.0.1:1060, but does not listen there yet",
        ),
        (
            client_closed_with_unread,
            "server",
            "recv",
            [16],
            4,
            "ECONNRESET",
            "client closed with 6 bytes unread, so its kernel sent a reset (RST)",
        ),
        (
            pair,
            "server",
            "recv",
            [16],
            4,
            "ECONNRESET",
            "client broke off: it closed with bytes unread, died, or was sent to in vain",
        ),
        (
            lambda: pair().call("client", "close"),
            "server",
            "send",
            [octets(b"Hi")],
            4,
            "EPIPE",
            "client has closed, and its reset has come: nothing more can be sent",
        ),
        (
            lambda: pair().call("client", "shutdown", 1),
            "client",
            "send",
            [octets(b"Hi")],
            3,
            "EPIPE",
            "this end has shut down sending: nothing more can be sent",
        ),
        (
            pair,
            "server",
            "recv",
            [16],
            3,
            "ENOTCONN",
            "a listening socket has no peer: accept() gives the socket that has",
        ),
        (
            ready,
            "client",
            "recv",
            [16],
            3,
            "ENOTCONN",
            "it is not connected yet: connect() comes first",
        ),
        (
            ready,
            "client",
            "accept",
            [],
            3,
            "EINVAL",
            "accept() works only after listen(): it is new, not connected yet",
        ),
        (
            ready,
            "server",
            "bind",
            [TO_SERVER],
            3,
            "EINVAL",
            "this socket has an address already (it listens): bind() works once",
        ),
        (
            pair,
            "client",
            "connect",
            [TO_SERVER],
            3,
            "EISCONN",
            "it is connected: a new connection needs a new socket",
        ),
        (
            pair,
            "server",
            "connect",
            [TO_SERVER],
            3,
            "EISCONN",
            "a listening socket never becomes connected: use another one",
        ),
        (
            pair,
            "client",
            "recv",
            [16],
            3,
            "EAGAIN",
            "nothing has arrived yet, and this socket does not wait",
        ),
        (
            pair,
            "client",
            "send",
            [octets(b"Hi")],
            3,
            "EAGAIN",
            "the send buffer is full, and this socket does not wait",
        ),
        (
            pair,
            "server",
            "accept",
            [],
            3,
            "EAGAIN",
            "no client has connected yet, and this socket does not wait",
        ),
        (
            pair,
            "server",
            "recv",
            [16],
            9,
            "EBADF",
            "this socket is closed: its fd is no longer open",
        ),
        (
            alone,
            "server",
            "connect",
            [["192.0.2.1", 80]],
            3,
            "ENETUNREACH",
            "this machine knows no way to 192.0.2.1:80",
        ),
        (
            lambda: alone(datagram()),
            "server",
            "listen",
            [1],
            3,
            "EOPNOTSUPP",
            "datagram sockets have no connections: they never listen",
        ),
        (
            alone,
            "server",
            "connect",
            [["192.0.2.1", 80]],
            3,
            "ETIMEDOUT",
            "no answer came, and after many tries the kernel gave up",
        ),
        (
            alone,
            "server",
            "connect",
            [["192.0.2.1", 80]],
            3,
            "EHOSTUNREACH",
            "nobody answers for that address on the way there",
        ),
        (
            lambda: alone(datagram()),
            "server",
            "send",
            [octets(b"Hi")],
            3,
            "EDESTADDRREQ",
            "no destination: connect() or sendto() must name one",
        ),
        (
            alone,
            "server",
            "sendto",
            [octets(b"Hi")],
            3,
            "EMSGSIZE",
            "too large for one datagram",
        ),
        (alone, "server", "recv", [1], 3, "EINTR", "a signal came while it waited"),
        (
            alone,
            "server",
            "socket",
            [],
            -1,
            "EMFILE",
            "this process has as many files open as it may have (ulimit -n)",
        ),
        (alone, "server", "brew", [], 3, "ETEAPOT", "no coffee here"),
    ],
)
def test_the_cause_of_an_errno(
    prepare: Callable[[], Script],
    proc: str,
    name: str,
    args: list[Any],
    fd: int,
    errno: str,
    sentence: str,
) -> None:
    script = prepare().fails(proc, name, *args, errno=errno, fd=fd, message="no coffee here")
    assert script.meaning == sentence


def test_a_refusal_names_what_the_server_has_not_done_yet() -> None:
    script = Script()
    script.enter("server", "bind", TO_SERVER, gated=True)
    script.fails("client", "connect", TO_SERVER, errno="ECONNREFUSED")
    assert script.meaning == (
        'nobody listens at 127.0.0.1:1060 yet: server is at bind(("127.0.0.1", 1060))'
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("recv", "timed out after 2 s: nothing arrived; the bytes read before stay read"),
        ("send", "timed out after 2 s: the send buffer stayed full, server does not read"),
        ("accept", "timed out after 2 s: no client connected"),
        ("connect", "timed out after 2 s: the handshake was not answered"),
        ("brew", "timed out after 2 s"),
    ],
)
def test_the_sockets_own_timeout(name: str, sentence: str) -> None:
    script = pair().fails("client", name, exception="TimeoutError", timeout=2.0)
    assert script.meaning == sentence


@pytest.mark.parametrize(
    ("exception", "args", "sentence"),
    [
        ("KeyboardInterrupt", [], "interrupted from the keyboard (Ctrl+C)"),
        ("gaierror", [["nowhere.invalid", 80]], "no address was found for the name nowhere.inv"),
        ("OverflowError", [["127.0.0.1", 65536]], "ports go from 0 to 65535: Python did not ask"),
        ("SSLWantReadError", [], "OpenSSL needs more from the peer first"),
        ("TypeError", [], "Python refused it before the kernel saw it: what it said"),
        ("ProgramError", [], "what it said"),
    ],
)
def test_exceptions_that_are_no_errno(exception: str, args: list[Any], sentence: str) -> None:
    script = alone().fails("server", "connect", *args, exception=exception, message="what it said")
    assert script.meaning.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "value", "cipher", "sentence"),
    [
        ("send", 7, (29, 0), "7 bytes of text became 29 on the wire"),
        ("read", {"bytes": 6, "peek": ""}, (0, 28), "28 bytes on the wire gave 6 bytes of text"),
        ("read", 6, (0, 0), "6 bytes of text, from what OpenSSL had received before"),
        ("read", {"bytes": 0, "peek": ""}, (0, 24), "on the wire OpenSSL sent 0 bytes and rec"),
        ("do_handshake", None, (597, 1337), "on the wire OpenSSL sent 597 bytes and received 1337"),
        ("send", 7, (None, None), "in plain text; beneath it OpenSSL made calls that are not seen"),
        ("unwrap", 3, (None, None), "in plain text; beneath it OpenSSL made calls that are not"),
    ],
)
def test_text_and_what_it_was_on_the_wire(
    name: str, value: Any, cipher: tuple[int | None, int | None], sentence: str
) -> None:
    script = pair()
    call = script.enter("client", f"ssl.{name}")
    script.returns("client", call, value, cipher_sent=cipher[0], cipher_received=cipher[1])
    assert script.meaning.startswith(sentence)


# -- blocked ---------------------------------------------------------------------


def blocked(script: Script, proc: str, name: str, *args: Any, fd: int = 3) -> str:
    script.blocks(proc, name, *args, fd=fd)
    return script.state.processes[proc].open[-1].meaning


def test_waiting_for_a_client() -> None:
    script = ready()
    assert blocked(script, "server", "accept") == "no client has connected yet"
    script.enter("client", "connect", TO_SERVER, gated=True)
    told = blocked(script, "server", "accept")
    assert told == "no client has connected yet; client is at connect()"


def test_waiting_for_octets() -> None:
    assert blocked(pair(), "server", "recv", 16, fd=4) == (
        "nothing has arrived: waits until client sends"
    )


def test_waiting_for_one_who_waits_too() -> None:
    script = pair()
    script.blocks("client", "recv", 16)
    assert blocked(script, "server", "recv", 16, fd=4).endswith("; it is blocked itself, in recv()")


def test_waiting_for_one_at_its_gate() -> None:
    script = pair()
    script.enter("client", "send", octets(b"Hi"), gated=True)
    assert blocked(script, "server", "recv", 16, fd=4).endswith('; it is at send(b"Hi")')


def test_waiting_for_room() -> None:
    told = blocked(pair(), "client", "send", octets(b"Hi"))
    assert told == "the send buffer is full: server does not read"


@pytest.mark.parametrize(
    ("queued", "sentence"),
    [
        (2, "the queue is full: the handshake waits until server accepts"),
        (1, "the handshake waits for server's kernel to answer"),
    ],
)
def test_waiting_for_a_place_in_the_queue(queued: int, sentence: str) -> None:
    script = Script().see("server", listening(accept_length=queued, accept_limit=1))
    assert blocked(script, "client", "connect", TO_SERVER) == sentence


def test_waiting_for_somebody_outside() -> None:
    told = blocked(Script(), "client", "connect", ["192.0.2.1", 80])
    assert told == "waits for the other end to answer the handshake"


def test_names_from_a_trace_are_shown_escaped() -> None:
    script = Script("server", "\x1b[31mclient")
    script.see("server", listening(), server_end())
    script.see("\x1b[31mclient", client_end())
    assert "\\x1b[31mclient" in blocked(script, "server", "recv", 16, fd=4)
