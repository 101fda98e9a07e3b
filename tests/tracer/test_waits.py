"""Waits for any of several sockets are calls like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import conversation_run, sockscope
from sockscope.trace import events as e
from sockscope.trace.fold import states
from sockscope.trace.names import WAITS


def waits(proc: str) -> list[tuple[str, object, object]]:
    """What each wait was for, and what came of it."""
    entered = {}
    told = []
    for event in conversation_run("polled").of(proc):
        if isinstance(event, e.CallEntered) and event.name in WAITS:
            entered[event.call] = event
        elif isinstance(event, e.CallReturned) and event.call in entered:
            call = entered[event.call]
            told.append((call.name, call.args[0], event.value))
    return told


def test_each_way_to_wait_is_told() -> None:
    for_reading = [[4, "IN"]]
    assert [name for name, _, _ in waits("server")] == [
        "poll",
        "select",
        "poll",
        "epoll_wait",
        "epoll_wait",
    ]
    assert all(given == ready == for_reading for _, given, ready in waits("server")[1:])


def test_room_to_send_is_told() -> None:
    assert waits("client") == [("select", [[3, "OUT"]], [[3, "OUT"]])] * 4


@pytest.mark.parametrize("name", ["poll", "select", "epoll_wait"])
def test_a_wait_has_a_sentence(name: str) -> None:
    meanings = {
        process.last.meaning
        for state in states(conversation_run("polled").events)
        if (process := state.processes.get("server")) is not None
        if process.last is not None and process.last.name == name
    }
    assert meanings
    assert all(meaning.startswith("fd ") for meaning in meanings)


RENEWED = """
import os, select, selectors, socket
listener = socket.create_server(("127.0.0.1", 0))
reading, writing = os.pipe()
os.write(writing, b"x")
for _ in range(20):
    old = select.poll()
    old.register(listener, select.POLLIN)
    old.poll(0)
    del old
    with selectors.PollSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        selector.select()
"""


def test_a_poll_of_pipes_alone_is_none_of_a_socket_that_an_earlier_object_had(
    tmp_path: Path,
) -> None:
    (tmp_path / "renewed.py").write_text(RENEWED)
    done = sockscope("run", "--headless", str(tmp_path / "renewed.py"))
    polls = [line for line in done.stdout.splitlines() if " poll(" in line]
    assert len(polls) == 20
    assert all(", 0.0)" in line for line in polls), polls
