"""Programs of all shapes: the same with us and without, and as strace saw them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from witness import Life, Seen, of_strace, of_trace, without_numbers, without_pieces

from running import (
    HAS_STRACE,
    SHAPES,
    Conversation,
    bare,
    conversation_run,
    free_port,
    straced,
)
from sockscope.trace import events as e

NOT_SEEN = {
    "workers": {"client": "what echo does"},
    "secret": {"server": "a TLS socket", "client": "a TLS socket"},
}
WHOLE = [shape for shape in SHAPES if shape.name not in ("secret", "passing")]


_CHANGING = re.compile(rb"Date: [^\r]*|\b\d{5}\b")


def comparable(lives: Sequence[Life]) -> list[str]:
    """What must be equal, whoever comes first: without fds, ports and dates."""
    whole = [without_pieces(without_numbers(life)) for life in lives]
    return sorted(str([plain(seen) for seen in life]) for life in whole)


def plain(seen: Seen) -> Seen:
    """A connect() that began is told by strace's witness as it went in the end."""
    result = 0 if seen.result == "EINPROGRESS" else seen.result
    return replace(seen, result=result, data=_CHANGING.sub(b"#", seen.data))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_program_of_any_shape_does_the_same(shape: Conversation) -> None:
    run = conversation_run(shape.name)
    assert [run.outcome(name) for name in run.names] == bare(shape, free_port())
    assert run.status == 0


@pytest.mark.skipif(not HAS_STRACE, reason="strace is not installed")
@pytest.mark.parametrize("shape", WHOLE, ids=lambda shape: shape.name)
def test_every_call_is_seen(shape: Conversation) -> None:
    run = conversation_run(shape.name)
    theirs = [of_strace(lines) for lines in straced(shape, free_port())]
    for name, their in zip(run.names, theirs, strict=True):
        ours, others = comparable(of_trace(run.of_family(name))), comparable(their)
        assert ours == others, name
        assert ours


@pytest.mark.parametrize("name", NOT_SEEN)
def test_what_is_not_seen_is_said(name: str) -> None:
    run = conversation_run(name)
    for proc, what in NOT_SEEN[name].items():
        said = [event.what for event in run.of(proc) if isinstance(event, e.NotSeen)]
        assert any(words.startswith(what) for words in said), said


def test_a_socket_that_was_handed_over_is_followed() -> None:
    server = conversation_run("passing").of("server")
    calls = {event.call: event for event in server if isinstance(event, e.CallEntered)}
    moved = [
        (calls[event.call].name, event.data)
        for event in server
        if isinstance(event, e.CallReturned) and event.data is not None
    ]
    assert moved[-2:] == [("recv", b"hello"), ("send", b"HELLO")]


def test_the_calls_above_tls_are_plain_text() -> None:
    client = conversation_run("secret").of("client")
    calls = {event.call: event for event in client if isinstance(event, e.CallEntered)}
    made = [
        calls[event.call].name
        for event in client
        if isinstance(event, e.CallReturned) and calls[event.call].name.startswith("ssl.")
    ]
    assert made == ["ssl.do_handshake", "ssl.send", "ssl.read"]
    (send,) = (call for call in calls.values() if call.name == "ssl.send")
    assert send.args[0]["bytes"] == 6
