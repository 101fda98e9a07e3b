"""Breakpoints: what may be typed for one, and what is true of the call at hand."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from script import Script, client_end, octets, pair

from sockscope.trace.conditions import (
    ConditionError,
    read,
    read_breakpoint,
    verdict,
    written_out,
)
from sockscope.trace.history import History
from sockscope.trace.state import Call

PROGRAMS = ("server", "client")


def met(text: str, script: Script, call: Call) -> bool | None:
    return verdict(read_breakpoint(text, PROGRAMS).node, History(script.events), call)


def at_gate(script: Script, *args: object, name: str = "recv", **more: object) -> Call:
    script.enter("server", name, *args, gated=True, **more)
    return script.state.processes["server"].open[-1]


# -- what may be typed -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recv", 'call.name == "recv"'),
        ("server:recv", 'call.proc == "server" and call.name == "recv"'),
        ("recv#3", 'call.name == "recv" and call.number == 3'),
        ("server.py:12", 'call.file == "server.py" and call.line == 12'),
        ("server:12", 'call.proc == "server" and call.line == 12'),
        ("lib/talk.py:12", '"lib/talk.py" in call.path and call.line == 12'),
        ("recv < 16", 'call.name == "recv" and call.bytes < 16'),
        ("recv<16 bytes", 'call.name == "recv" and call.bytes < 16'),
        ("recv < asked", 'call.name == "recv" and call.bytes < call.asked'),
        ('recv == b""', 'call.name == "recv" and call.data == b""'),
        ("recv ECONNRESET", 'call.name == "recv" and call.errno == "ECONNRESET"'),
        ("EAGAIN", 'call.errno == "EAGAIN"'),
        ("server.py:12 recv < 16", 'call.file == "server.py" and call.line == 12 and '
         'call.name == "recv" and call.bytes < 16'),
    ],
)  # fmt: skip
def test_a_shorthand_reads_into_the_same_tree(typed: str, meant: str) -> None:
    assert read_breakpoint(typed, PROGRAMS).node == read(meant)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "expected a value"),
        ("rcv < 16", "no call is called 'rcv': write recv"),
        ("sever:recv", "no program is called 'sever': write server"),
        ("sever:recv#1.bytes == 3", "no program is called 'sever': write server"),
        ("recv EAGIAN", "no error is called 'EAGIAN': write EAGAIN"),
        ("sendall", "write send"),
        ("server", "server is a program: write server:recv"),
        ('call.bytes < "x"', "a number < a text makes no sense"),
        ("call.bites == 3", "'bites' is no attribute: a call has"),
        ("call", "expected '.' with an attribute after 'call'"),
        ("1", "it compares nothing; write for example recv < 16"),
        ("recv <", "write for example recv < 16"),
    ],
)
def test_a_wrong_one_is_told_in_one_line_what_would_be_right(typed: str, told: str) -> None:
    with pytest.raises(ConditionError) as caught:
        read_breakpoint(typed, PROGRAMS)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(st.sampled_from("recvsd:#.py1 <>=!\"'bEA()"), max_size=24))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConditionError):
        assert read_breakpoint(text, PROGRAMS).node == read(written_out(" ".join(text.split())))


# -- the call at hand --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ("recv", True, True),
        ("send", False, False),
        ("server.py:12", True, True),
        ("server.py:13", False, False),
        ("server:recv#2", True, True),
        ("server:recv#1", False, False),
        ("recv < 16", None, True),
        ("recv == b''", None, False),
        ("send < 16", False, False),
        ("recv EAGAIN", None, False),
        ("call.asked > 8 or call.bytes == 0", True, True),
        ("call.bytes == 0 or call.asked > 8", True, True),
        ("not (call.bytes < 16)", None, False),
        ("call.fd == 4 and call.thread == 'MainThread'", True, True),
        ("call.before.peer.port == 51304", True, True),
        ("call.before.peer.port == 1060", False, False),
        ("call.errno == none", None, True),
        ("server:recv#1.bytes == 3", True, True),
    ],
)
def test_what_can_be_decided_at_the_gate_is(typed: str, before: bool | None, after: bool) -> None:
    script = pair().recv("server", 16, b"Hi ", fd=4)
    place = {"file": "/home/you/server.py", "line": 12, "thread": "MainThread"}
    call = at_gate(script, 16, fd=4, **place)
    assert met(typed, script, call) is before
    script.returns("server", call.id, 6, b"Hi the")
    assert met(typed, script, script.last) is after


def test_what_only_the_end_tells_of_the_socket_waits_for_it() -> None:
    script = pair()
    call = at_gate(script, octets(b"x"), name="send", fd=4)
    assert met("call.after.recv_queue.bytes == 0", script, call) is None
    script.returns("server", call.id, 1, b"x").see("client", client_end())
    assert met("call.after.recv_queue.bytes == 0", script, script.last) is True


_parts = st.sampled_from(
    [
        'call.name == "recv"',
        'call.name == "send"',
        "call.asked > 8",
        "call.bytes < 16",
        "call.bytes == 6",
        'call.data == b""',
        "call.errno == none",
        "call.line == 7",
    ]
)
_trees = st.recursive(
    _parts,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})")
        | inner.map("not {}".format)
    ),
    max_leaves=8,
)


@given(_trees, st.sampled_from([b"", b"Hi the", b"Hi there, server"]))
def test_what_was_decided_at_the_gate_stays_true_or_false(text: str, data: bytes) -> None:
    node = read(text)
    script = pair()
    call = at_gate(script, 16, fd=4, line=7)
    early = verdict(node, History(script.events), call)
    script.returns("server", call.id, len(data), data)
    late = verdict(node, History(script.events), script.last)
    assert late is not None
    assert early in (None, late)
