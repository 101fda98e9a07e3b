"""Waits for any of several sockets, in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace.events import SocketView
from sockscope.trace.waiting import awaited, why_ready

READ = frozenset({"IN"})


def view(**fields: Any) -> SocketView:
    return SocketView(**{"fd": 4, "kind": "connected", "state": "ESTABLISHED", **fields})


@pytest.mark.parametrize(
    ("socket", "events", "why"),
    [
        (view(recv_bytes=16), READ, "has 16 B to read"),
        (view(recv_bytes=0, state="CLOSE_WAIT"), READ, "has come to the end of its stream"),
        (view(kind="listening"), READ, "has a client in its accept queue"),
        (view(), READ, "has something to read"),
        (view(recv_bytes=3), READ | {"OUT"}, "has 3 B to read and has room to send"),
        (view(), frozenset({"ERR"}), "has an error waiting"),
        (view(), frozenset({"HUP"}), "both directions have ended"),
        (None, READ | {"OUT"}, "ready for IN|OUT"),
    ],
)
def test_why_a_socket_is_ready(socket: SocketView | None, events: frozenset[str], why: str) -> None:
    assert why_ready(socket, events) == why


def test_what_a_wait_is_for_is_read_back() -> None:
    assert list(awaited([[3, "IN|OUT"], [4, "IN"]])) == [(3, READ | {"OUT"}), (4, READ)]


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_a_trace_may_hold_anything(told: Any) -> None:
    for fd, events in awaited(told):
        assert why_ready(None, events)
        assert isinstance(fd, int)
