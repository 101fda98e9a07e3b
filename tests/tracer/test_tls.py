"""Above TLS the calls are plain text; beneath it the kernel's counts tell what was carried."""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path

import pytest

from running import Conversation, Run, bare, free_port, headless, pair
from sockscope.trace import events as e
from sockscope.trace.fold import fold
from sockscope.trace.ladder import Ladder

NAMES = ("secret", "secret_polled", "secret_streams")
ON_SOCKETS = NAMES[:2]


@functools.cache
def run_of(name: str) -> Run:
    is_whole = name not in ON_SOCKETS
    return headless(pair(name), free_port(), "--timeout", "20", is_whole=is_whole)


def carried(run: Run, proc: str) -> tuple[int, int]:
    """The octets that OpenSSL sent and received in the calls of one program."""
    ends = [v for v in run.of(proc) if isinstance(v, (e.CallReturned, e.CallRaised))]
    sent = sum(end.cipher_sent or 0 for end in ends)
    return sent, sum(end.cipher_received or 0 for end in ends)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_does_the_same(name: str) -> None:
    run = run_of(name)
    assert [run.outcome(proc) for proc in run.names] == bare(pair(name), free_port())
    assert run.status == 0


@pytest.mark.parametrize("name", ON_SOCKETS)
def test_what_one_end_sent_the_other_received(name: str) -> None:
    run = run_of(name)
    assert carried(run, "server") == carried(run, "client")[::-1]
    assert min(carried(run, "server")) > 500


@pytest.mark.parametrize("name", ON_SOCKETS)
def test_the_streams_carry_what_was_counted(name: str) -> None:
    run = run_of(name)
    streams = fold(run.events).streams.values()
    assert sorted(stream.read for stream in streams) == sorted(carried(run, "server"))
    for stream in streams:
        assert stream.read == stream.accepted == stream.handed_over
        assert stream.octet(0) in (None, 22)  # a look may have shown it: RFC 8446, 5.1


def test_a_text_is_told_with_its_cipher() -> None:
    ladder = Ladder(meanings=True)
    lines = [line for event in run_of("secret").events for line in ladder.take(event)]
    (send,) = (line for line in lines if "client" in line and "ssl.send" in line)
    assert "6 bytes of text became 28 on the wire" in send
    reads = [line for line in lines if "ssl.read(100)" in line and '= b"' in line]
    assert all("on the wire gave 6 bytes of text" in line for line in reads[:2])


NOBODY_ANSWERS = """
import socket, ssl
listener = socket.create_server(("127.0.0.1", 0))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
bare = socket.create_connection(listener.getsockname())
bare.setblocking(False)
sock = context.wrap_socket(bare, do_handshake_on_connect=False)
for _ in range(2):
    try:
        sock.do_handshake()
    except ssl.SSLWantReadError:
        print("would block")
sock.close()
listener.close()
"""


def test_a_call_that_would_block_has_carried_something_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "hello.py"
    path.write_text(NOBODY_ANSWERS)
    run = headless(Conversation("hello", (str(path),)), 0, "--timeout", "20", is_whole=False)
    raised = [event for event in run.events if isinstance(event, e.CallRaised)]
    assert [event.exception for event in raised] == ["SSLWantReadError"] * 2
    (first, second) = [(event.cipher_sent, event.cipher_received) for event in raised]
    assert (first[0] or 0) > 100
    assert (first[1], second) == (0, (0, 0))


def test_an_event_loop_carries_cipher_in_calls_that_are_seen() -> None:
    run = run_of("secret_streams")
    records = Counter(
        v.data[0] for v in run.of("client") if isinstance(v, e.CallReturned) and v.data
    )
    assert set(records) <= {20, 21, 22, 23}  # RFC 8446, 5.1
    assert not any(isinstance(v, e.NotSeen) and "TLS" in v.what for v in run.events)
