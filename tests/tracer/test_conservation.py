"""Byte conservation, at every position of every trace."""

from __future__ import annotations

import pytest

from conservation import check
from running import CONVERSATIONS, conversation_run, free_port, headless, pair
from sockscope.trace.fold import fold

MOVED = {
    "bundled": 32,
    "request": 3 * (5 + 15),
    "threaded": 3 * (5 + 5),
    "echo": 2 * 3006,
    "half_close": 22 + 9,
    "reset": 4,
    "timeouts": 8,
    "lines": 2 * 13,
    "handlers": 2 * 8,
    "sendfile": 20,
}


@pytest.mark.parametrize("name", [c.name for c in CONVERSATIONS])
def test_no_octet_is_lost_between_two_programs(name: str) -> None:
    moved = check(conversation_run(name).events)
    assert moved == MOVED.get(name, moved) > 0


def test_no_octet_is_lost_in_a_deadlock() -> None:
    run = headless(pair("deadlock"), free_port(), "--timeout", "20")
    assert check(run.events) == 0
    streams = fold(run.events).streams.values()
    assert all(stream.accepted > stream.waiting > 0 for stream in streams)
