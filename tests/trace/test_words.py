"""Calls and results in words, one by one; and any call at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from script import octets
from strategies import ERRNOS, EXCEPTIONS, NAMES, arguments, texts, values

from sockscope.trace.state import Call
from sockscope.trace.words import (
    address_text,
    call_text,
    duration_text,
    octets_text,
    plain_text,
    result_text,
    seconds_text,
    size_text,
    value_text,
)


def call(name: str, *args: Any, **more: Any) -> Call:
    return Call(**{"id": 1, "proc": "server", "fd": 3, "name": name, "args": args, **more})


@pytest.mark.parametrize(
    ("name", "args", "text"),
    [
        ("recv", [16], "recv(16)"),
        ("recv", [16, 2], "recv(16, MSG_PEEK)"),
        ("recv", [16, 0x42], "recv(16, MSG_PEEK | MSG_DONTWAIT)"),
        ("recv", [16, 1 << 30], "recv(16, 1073741824)"),
        ("recvmsg", [16, 0, 2], "recvmsg(16, 0, MSG_PEEK)"),
        ("send", [octets(b"Hi the")], 'send(b"Hi the")'),
        ("send", [octets(b"Hi"), 0x4000], 'send(b"Hi", MSG_NOSIGNAL)'),
        ("send", [octets(b"x" * 50)], f'send(b"{"x" * 40}…")'),
        ("send", [{"bytes": 10_000_000, "peek": "eHh4"}], 'send(b"xxx…" 10.0 MB)'),
        ("send", [{"bytes": "many", "peek": "%"}], "send({…})"),
        ("sendto", [octets(b"Hi"), ["::1", 7]], 'sendto(b"Hi", ("::1", 7))'),
        ("sendto", [octets(b"Hi"), 0x40, ["h", 7]], 'sendto(b"Hi", MSG_DONTWAIT, ("h", 7))'),
        ("bind", [["127.0.0.1", 1060]], 'bind(("127.0.0.1", 1060))'),
        ("bind", ["/tmp/\n"], 'bind("/tmp/\\n")'),
        ("accept", [], "accept()"),
        ("socket", [], "socket()"),
        ("socket", [2, 1], "socket(AF_INET, SOCK_STREAM)"),
        ("socket", [2, 2049, 0], "socket(AF_INET, 2049, 0)"),
        ("setsockopt", [1, 2, 1], "setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)"),
        ("setsockopt", [6, 1, True], "setsockopt(IPPROTO_TCP, TCP_NODELAY, True)"),
        ("setsockopt", [99, 1, 1], "setsockopt(99, 1, 1)"),
        ("getsockopt", [1, 4], "getsockopt(SOL_SOCKET, SO_ERROR)"),
        ("shutdown", [1], "shutdown(SHUT_WR)"),
        ("shutdown", ["one"], "shutdown(one)"),
        ("settimeout", [2.0], "settimeout(2.0)"),
        ("settimeout", [None], "settimeout(None)"),
        ("brew", [list(range(9))], "brew((0, 1, 2, 3, 4, 5, 6, 7, …))"),
        ("brew", [[[[[1]]]]], "brew(((((…)))))"),
        ("brew", range(9), "brew(0, 1, 2, 3, 4, 5, 6, 7, …)"),
    ],
)
def test_a_call_reads_as_it_was_written(name: str, args: list[Any], text: str) -> None:
    assert call_text(call(name, *args)) == text


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("recv", {"data": b"Hi the", "value": 6}, '= b"Hi the"'),
        ("recv", {"data": b""}, '= b""'),
        ("recv", {"value": 6}, "= 6"),
        ("recv_into", {"data": b"Hi", "value": 2}, "= 2"),
        ("recvfrom", {"data": b"Hi", "value": [2, ["::1", 7]]}, '= b"Hi", ("::1", 7)'),
        ("recvfrom", {"data": b"Hi", "value": [2, None]}, '= b"Hi"'),
        ("send", {"data": b"Hi", "value": 2}, "= 2"),
        ("accept", {"value": [4, ["127.0.0.1", 51304]]}, '= fd 4, ("127.0.0.1", 51304)'),
        ("accept", {"value": "odd"}, '= "odd"'),
        ("socket", {"value": 3}, "= fd 3"),
        ("dup", {"value": 5}, "= fd 5"),
        ("socketpair", {"value": [3, 4]}, "= fd 3, fd 4"),
        ("getsockname", {"value": ["127.0.0.1", 1060]}, '= ("127.0.0.1", 1060)'),
        ("connect_ex", {"value": 111}, "= 111 ECONNREFUSED"),
        ("connect_ex", {"value": 0}, "= 0"),
        ("bind", {"value": None}, "= None"),
    ],
)
def test_a_result_reads_as_it_came(name: str, fields: dict[str, Any], text: str) -> None:
    assert result_text(call(name, phase="returned", **fields)) == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"phase": "blocked"}, "blocked"),
        ({"phase": "gate"}, "at the gate"),
        ({"phase": "running"}, "running"),
        (
            {"phase": "raised", "exception": "ConnectionRefusedError", "errno": "ECONNREFUSED"},
            "ConnectionRefusedError: ECONNREFUSED",
        ),
        (
            {"phase": "raised", "exception": "TimeoutError", "message": "timed\nout"},
            "TimeoutError: timed\\nout",
        ),
        ({"phase": "raised", "exception": "KeyboardInterrupt"}, "KeyboardInterrupt"),
    ],
)
def test_a_call_without_a_result_says_where_it_stands(fields: dict[str, Any], text: str) -> None:
    assert result_text(call("connect", **fields)) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", 'b""'),
        (b"it's", 'b"it\'s"'),
        (b'say "hi"', r'b"say \"hi\""'),
        (b"both '\"", 'b"both \'\\""'),
        (b"\x1b[31m\r\n\xff\\", r'b"\x1b[31m\r\n\xff\\"'),
        (b"x" * 13, 'b"xxxxxxxxxxxx…"'),
    ],
)
def test_octets_are_a_literal_in_ascii(data: bytes, text: str) -> None:
    assert octets_text(data, 12) == text


@given(st.binary(max_size=30))
def test_python_reads_the_literal_back(data: bytes) -> None:
    text = octets_text(data, 30)
    assert text.isascii()
    assert text.startswith('b"')
    assert eval(text) == data


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (10, "10 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (98_304, "98.3 kB"),
        (999_949, "999.9 kB"),
        (999_999, "1.0 MB"),
        (3_919_467, "3.9 MB"),
        (5 * 10**12, "5 TB"),
        (-7, "-7 B"),
    ],
)
def test_sizes_have_their_unit(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (12_300, "12 µs"),
        (999_700, "1.0 ms"),
        (1_234_567, "1.2 ms"),
        (999_960_000, "1.0 s"),
        (2_000_000_000, "2.0 s"),
        (200_000_000_000, "3 min 20 s"),
    ],
)
def test_durations_have_their_unit(ns: int, text: str) -> None:
    assert duration_text(ns) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(2, "2 s"), (0.25, "0.25 s"), (10**400, "too many seconds")]
)
def test_timeouts_are_in_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (("127.0.0.1", 1060), "127.0.0.1:1060"),
        (["::1", 1060], "[::1]:1060"),
        ("/tmp/socket", "/tmp/socket"),
        ("\0abstract", "\\x00abstract"),
        ("", "unnamed"),
        (None, "?"),
        ([], "[]"),
    ],
)
def test_addresses_are_short(address: Any, text: str) -> None:
    assert address_text(address) == text


@given(texts, st.integers(0, 9))
def test_plain_text_holds_nothing_that_a_terminal_obeys(text: str, limit: int) -> None:
    assert plain_text(text + "\x1b]0;\u202e\n", limit).isprintable()


@given(
    st.sampled_from(NAMES),
    arguments,
    values,
    st.none() | st.binary(max_size=50),
    st.sampled_from(["gate", "running", "blocked", "returned", "raised", "odd"]),
    st.none() | st.sampled_from(ERRNOS),
    st.sampled_from([None, *EXCEPTIONS]),
    texts,
    st.integers(-1, 50),
)
def test_any_call_has_a_text_on_one_line(
    name: str,
    args: tuple[Any, ...],
    value: Any,
    data: bytes | None,
    phase: str,
    errno: str | None,
    exception: str | None,
    message: str,
    limit: int,
) -> None:
    made = call(
        name,
        *args,
        value=value,
        data=data,
        phase=phase,
        errno=errno,
        exception=exception,
        message=message,
    )
    assert call_text(made, limit).isprintable()
    assert result_text(made, limit).isprintable()


@pytest.mark.parametrize(
    "make", [lambda: 10**5000, lambda: -(10**5000), lambda: float("nan"), lambda: object, set]
)
def test_values_that_no_trace_should_hold_have_a_text_too(make: Callable[[], Any]) -> None:
    assert value_text(make()).isprintable()
