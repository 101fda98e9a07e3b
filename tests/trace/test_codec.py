"""The trace file: what was written is read, and what is no trace is refused in one line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_event, traces

from sockscope.trace import events as e
from sockscope.trace.codec import decode, encode, event_from_json, header
from sockscope.trace.json_text import TraceError

HEADER = b'{"sockscope": 1}\n'


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def output(n: int = 1, **more: object) -> bytes:
    return line(**{"n": n, "t": 5, "event": "output", "stream": "stdout", "text": "hi", **more})


def read(*lines: bytes) -> list[e.Event]:
    return list(decode([HEADER, *lines]))


def refusal(lines: Iterable[bytes]) -> str:
    with pytest.raises(TraceError) as caught:
        list(decode(lines))
    message = str(caught.value)
    assert "\n" not in message
    return message


# -- what was written is read ----------------------------------------------------


@given(any_event())
def test_every_event_is_read_as_it_was_written(event: e.Event) -> None:
    assert list(decode([header().encode(), encode(event).encode()])) == [event]


@given(traces())
def test_a_whole_trace_is_read_as_it_was_written(trace: list[e.Event]) -> None:
    assert read(*(encode(event).encode() for event in trace)) == trace


@given(traces(8), st.integers(1, 60))
def test_a_trace_that_was_cut_off_opens_up_to_its_last_whole_line(
    trace: list[e.Event], cut: int
) -> None:
    whole = b"".join(encode(event).encode() for event in trace)
    kept = whole[:-cut]
    events = read(*kept.splitlines(keepends=True))
    assert events == trace[: kept.count(b"\n")]


def test_sizes_of_a_socket_are_grouped_by_queue() -> None:
    view = e.SocketView(fd=3, kind="connected", recv_bytes=2, peek=b"Hi", recv_size=4096)
    written = json.loads(encode(e.SocketsObserved(n=1, proc="server", sockets=(view,))))
    (socket,) = written["sockets"]
    assert socket["recv_queue"] == {"bytes": 2, "peek": "SGk=", "size": 4096}
    assert socket["accept_queue"] is None
    assert (written["n"], written["event"], written["proc"]) == (1, "sockets_observed", "server")


def test_what_a_call_must_always_say_is_there_also_where_it_is_null() -> None:
    returned = json.loads(encode(e.CallReturned(n=1, proc="server", call=1)))
    raised = json.loads(encode(e.CallRaised(n=1, proc="server", call=1)))
    assert returned["value"] is None
    assert raised["errno"] is None
    assert "data" not in returned


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_json_does_not_have_is_written_as_a_text(number: float) -> None:
    (event,) = read(encode(e.CallReturned(n=1, call=1, value=[number])).encode())
    assert isinstance(event, e.CallReturned)
    assert event.value == [str(number)]


def test_a_file_name_that_is_no_text_comes_back() -> None:
    event = e.SourceRead(n=1, file="caf\udce9.py", text="é")
    assert read(encode(event).encode()) == [event]


# -- the future ------------------------------------------------------------------


def test_unknown_events_and_fields_are_kept_and_written_again() -> None:
    lines = [
        line(n=1, t=5, event="moon_rose", proc="server", phase="full"),
        output(2, colour="green"),
    ]
    moon, said = read(*lines)
    assert isinstance(moon, e.Unknown)
    assert (moon.name, moon.proc, moon.extra) == ("moon_rose", "server", {"phase": "full"})
    assert said.extra == {"colour": "green"}
    assert [json.loads(encode(event)) for event in (moon, said)] == [json.loads(x) for x in lines]


def test_unknown_fields_of_a_socket_are_kept() -> None:
    socket = {"fd": 3, "kind": "connected", "cookie": 7}
    (seen,) = read(line(n=1, t=5, event="sockets_observed", proc="a", sockets=[socket]))
    assert isinstance(seen, e.SocketsObserved)
    assert seen.sockets[0].extra == {"cookie": 7}


def test_empty_lines_are_passed_over() -> None:
    assert len(read(output(1), b"\n", output(2))) == 2


def test_a_megabyte_in_one_field_is_read() -> None:
    (event,) = read(output(text="x" * 1_000_000))
    assert isinstance(event, e.Output)
    assert len(event.text) == 1_000_000


def test_of_two_fields_with_one_name_the_last_counts() -> None:
    twice = b'{"n": 1, "t": 1, "event": "not_seen", "what": "a", "what": "b"}\n'
    assert read(twice) == [e.NotSeen(n=1, t=1, what="b")]


# -- what is no trace ------------------------------------------------------------


@pytest.mark.parametrize("lines", [[], [b""], [b"\n"], [b"  \n"]])
def test_an_empty_file_is_said_to_be_empty(lines: list[bytes]) -> None:
    assert "empty" in refusal(lines)


@pytest.mark.parametrize(
    "first",
    [
        b"hello\n",
        b"[]\n",
        b"{}\n",
        b"\x89PNG\r\n",
        b"\xff\xfe\n",
        b'{"sockscope": "1"}\n',
        b'{"sockscope": true}\n',
        b'{"sockscope": 0}\n',
        b'{"sockscope": null}\n',
        b"[" * 5000 + b"\n",
    ],
)
def test_a_file_that_is_not_ours_is_named_as_such(first: bytes) -> None:
    assert "not a sockscope trace" in refusal([first, output()])


def test_a_newer_version_is_named() -> None:
    assert "newer sockscope (format 2" in refusal([b'{"sockscope": 2}\n'])


@pytest.mark.parametrize(
    ("damaged", "complaint"),
    [
        (b"{\n", "is not JSON"),
        (b"\xff\n", "is not UTF-8"),
        (b"3\n", "should be an object"),
        (b'{"n": 2, "t": 1}\n', "`event` is missing"),
        (output(3), "`n` should be 2, is 3"),
        (output(1), "`n` should be 2, is 1"),
        (output("2"), "`n` should be an integer, is str"),  # type: ignore[arg-type]
        (output(True), "`n` should be an integer, is bool"),
        (output(2, t=1.5), "`t` should be an integer, is float"),
        (output(2, t=10**30), "`t` is too large"),
        (output(2, t=None, text=None), "`text` is missing"),
        (output(2, text=["hi"]), "`text` should be a string, is list"),
        (output(2, proc={}), "`proc` should be a string, is dict"),
        (line(n="2", event="moon_rose"), "`n` should be an integer, is str"),
        (line(n=2, event="call_returned", call=1, data="%%"), "`data` should be base64"),
        (line(n=2, event="call_returned", call=1, data=7), "`data` should be base64"),
        (line(n=2, event="call_entered", call=1, fd=3), "`name` is missing"),
        (line(n=2, event="sockets_observed", sockets=[3]), "should be a list of objects"),
        (line(n=2, event="sockets_observed", sockets=[{}]), "`kind` is missing"),
        (
            line(n=2, event="sockets_observed", sockets=[{"kind": "bound", "local": ["a"]}]),
            "`local` should be [host, port]",
        ),
        (
            line(n=2, event="sockets_observed", sockets=[{"kind": "bound", "recv_queue": 3}]),
            "`recv_queue` should be an object",
        ),
        (b'{"n": 2, "event": "x", "a": NaN}\n', "is not JSON"),
        (b'{"n": 2, "event": "x", "a": -Infinity}\n', "is not JSON"),
        (b'{"n": 2, "event": "x", "a": 1e999}\n', "a number that is too large"),
        (b'{"n": 2, "event": "x", "a": ' + b"9" * 5000 + b"}\n", "is not JSON"),
        (b'{"n": 2, "event": "x", "a": ' + b"[" * 100 + b"]" * 100 + b"}\n", "nested too deeply"),
        (b'{"n": 2, "event": "x", "a": ' + b"[" * 9**5 + b"]" * 9**5 + b"}\n", "line 3"),
    ],
)
def test_damage_is_refused_with_the_number_of_its_line(damaged: bytes, complaint: str) -> None:
    message = refusal([HEADER, output(1), damaged])
    assert message.startswith("line 3: ")
    assert complaint in message


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)
field_names = st.sampled_from(
    ["n", "t", "proc", "call", "fd", "name", "args", "sockets", "data", "locals", "argv", "pid"]
)


def outcome(values: object) -> e.Event | str:
    try:
        return event_from_json(values)
    except TraceError as error:
        return str(error)


@given(
    st.sampled_from([*e.KINDS, "moon_rose"]), st.dictionaries(field_names, json_values, max_size=6)
)
def test_any_object_is_an_event_or_refused(name: str, fields: dict[str, object]) -> None:
    result = outcome({"event": name, **fields})
    assert isinstance(result, e.Event) or (result and "\n" not in result)


@given(st.lists(st.binary(max_size=30).map(lambda data: data + b"\n"), max_size=4))
def test_any_octets_are_refused_with_one_line(lines: list[bytes]) -> None:
    assert refusal([HEADER, *lines, b"{\n"]).startswith("line ")
