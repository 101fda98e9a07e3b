"""The diagrams: who called what, and what crossed because of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from script import Script, client_end, listening, pair, server_end
from strategies import traces

from sockscope.export.ladder import ladder
from sockscope.export.mermaid import mermaid
from sockscope.export.story import CONNECTS, END, OCTETS, RESET, Rung, story
from sockscope.trace import events as e


def crossings(events: list[e.Event]) -> list[tuple[str, str, str, str]]:
    return [
        (rung.proc, rung.crossing.kind, rung.crossing.label, rung.crossing.target)
        for rung in story(events).rungs
        if rung.crossing is not None
    ]


def rungs(script: Script) -> tuple[Rung, ...]:
    return story(script.events).rungs


def test_a_real_conversation_crosses_as_its_programs_say(events: list[e.Event]) -> None:
    assert sorted(crossings(events)) == [
        ("client", CONNECTS, "connects", "server"),
        ("client", END, "end", "server"),
        ("client", OCTETS, "10 B", "server"),
        ("client", OCTETS, "6 B", "server"),
        ("server", END, "end", "client"),
        ("server", OCTETS, "16 B", "client"),
        ("server", OCTETS, "4 B", "client"),
    ]


def test_octets_leave_before_they_are_taken(events: list[e.Event]) -> None:
    texts = [rung.text for rung in story(events).rungs]
    for message in ('b"Hi the"', 'b"re, server"', 'b"Farewell, client"'):
        sent = next(i for i, t in enumerate(texts) if t.startswith("send") and message in t)
        read = next(i for i, t in enumerate(texts) if t.startswith("recv") and message in t)
        assert sent < read


def test_a_close_with_unread_octets_is_a_reset() -> None:
    script = pair().send("client", b"Hi")
    script.see("server", listening(), server_end(recv_bytes=2, peek=b"Hi"))
    script.call("server", "close", fd=4)
    assert crossings(script.events)[-1] == ("server", RESET, "reset", "client")
    assert "╳" in ladder(script.events)
    assert "-x" in mermaid(script.events)


def test_the_second_end_of_a_direction_crosses_no_more() -> None:
    script = pair().call("client", "shutdown", 1).call("client", "close")
    assert [kind for _, kind, _, _ in crossings(script.events)] == [END]


def test_a_close_of_one_of_two_holders_ends_nothing() -> None:
    script = pair()
    script.see("client", client_end(), e.SocketView(**{**_fields(client_end()), "fd": 5}))
    script.call("client", "close", fd=5)
    assert crossings(script.events) == []


def _fields(view: e.SocketView) -> dict[str, object]:
    return {name: getattr(view, name) for name in view.__slots__}


def test_to_a_peer_that_nobody_traces_nothing_is_drawn() -> None:
    script = Script("client")
    script.see("client", client_end()).send("client", b"Hi")
    assert crossings(script.events) == []


def test_a_blocked_call_has_a_rung_of_its_own() -> None:
    script = pair()
    call = script.blocks("server", "recv", 16, fd=4)
    script.send("client", b"Hi").returns("server", call, 2, b"Hi")
    texts = [rung.text for rung in rungs(script)]
    assert texts == ["recv(16) blocked", 'send(b"Hi") = 2', 'recv(16) = b"Hi"']


def test_a_call_that_failed_crosses_nothing() -> None:
    script = Script().fails("client", "connect", ["127.0.0.1", 1], errno="ECONNREFUSED")
    (rung,) = rungs(script)
    assert rung.failed
    assert rung.crossing is None


def test_the_ladder_of_two_has_their_calls_at_its_sides(events: list[e.Event]) -> None:
    head, *lines = ladder(events).splitlines()
    left, right = head.index("│"), head.rindex("│")
    assert head[:left].strip() == "server"
    assert head[right + 1 :].strip() == "client"
    assert all((line[left], line[right]) == ("│", "│") for line in lines)
    sent = next(line for line in lines if 'send(b"Hi the")' in line)
    assert re.fullmatch(r" *│◀─+ 6 B ─+│ send\(b\"Hi the\"\) = 6", sent)


@pytest.mark.parametrize("names", [("server",), ("server", "one", "two"), tuple("abcdefg")])
def test_lifelines_stand_side_by_side(names: tuple[str, ...]) -> None:
    script = Script(*names)
    for name in names:
        script.call(name, "socket", value=3, fd=-1)
    head, *lines = ladder(script.events).splitlines()
    assert head.split() == list(names)
    places = [head.index(name) for name in names]
    assert [line.index("●") for line in lines] == places


def test_a_trace_without_calls_has_no_ladder() -> None:
    assert ladder(Script().events) == ""


@given(events=traces())
def test_any_trace_can_be_drawn(events: list[e.Event]) -> None:
    assert all(line == line.rstrip() and line.isprintable() for line in ladder(events).split("\n"))
    assert all(line.isprintable() for line in mermaid(events).split("\n"))


def test_mermaid_takes_any_text_for_text() -> None:
    script = Script("server", "end; note").send("end; note", b'#;"<b>%%{init}')
    source = mermaid(script.events)
    assert "participant p1 as end#59; note" in source
    assert not set('"<>{}%') & set(source)
    assert all(re.fullmatch(r"([^#;]|#\d+;)*", line) for line in source.splitlines())
