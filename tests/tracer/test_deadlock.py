"""When everything waits for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sockscope.trace.events import CallEntered, SocketView
from sockscope.tracer.deadlock import Graph, Waiting
from sockscope.tracer.sockets import Sockets

HERE, THERE = ("127.0.0.1", 1060), ("127.0.0.1", 50000)
SERVER = SocketView(fd=4, kind="connected", state="ESTABLISHED", local=HERE, peer=THERE)
CLIENT = SocketView(fd=3, kind="connected", state="ESTABLISHED", local=THERE, peer=HERE)
LISTENER = SocketView(fd=3, kind="listening", state="LISTEN", local=HERE)
CONNECTING = SocketView(fd=3, kind="connecting", state="SYN_SENT", local=THERE, peer=HERE)


def call(name: str, fd: int, **fields: Any) -> CallEntered:
    return CallEntered(call=0, name=name, fd=fd, **{"line": 7, **fields})


Program = tuple[Waiting, list[SocketView]]


def program(name: str, *calls: CallEntered, threads: int = 1, sockets: Any = ()) -> Program:
    numbered = [replace(call, proc=name, call=number) for number, call in enumerate(calls, 1)]
    return Waiting(name, numbered, threads), list(sockets)


def server(*calls: CallEntered, **fields: Any) -> Program:
    return program("server", *calls, **{"sockets": [LISTENER, SERVER], **fields})


def client(*calls: CallEntered, **fields: Any) -> Program:
    return program("client", *calls, **{"sockets": [CLIENT], **fields})


def graph(*programs: Program) -> Graph:
    sockets = Sockets()
    for one, views in programs:
        for view in views:
            sockets.put(one.name, view)
    return Graph([one for one, _ in programs], sockets)


@pytest.mark.parametrize(
    ("server_call", "client_call", "words"),
    [
        (
            call("recv", 4),
            call("recv", 3, line=9),
            "server is blocked in recv() at line 7: nothing has come from client, because "
            "client is blocked in recv() at line 9: nothing has come from server; "
            "so server and client wait for each other",
        ),
        (
            call("send", 4, line=None),
            call("sendmsg", 3),
            "server is blocked in send(): its send buffer is full, because client does not read, "
            "because client is blocked in sendmsg() at line 7: its send buffer is full, because "
            "server does not read; so server and client wait for each other",
        ),
    ],
)
def test_a_ring_is_named(server_call: CallEntered, client_call: CallEntered, words: str) -> None:
    found = graph(server(server_call), client(client_call))
    assert found.stuck() == ("server", "client")
    assert found.stall() == words


def test_a_full_queue_is_part_of_a_ring() -> None:
    other = program("late", call("connect", 3, args=(["127.0.0.1", 1060],)), sockets=[CONNECTING])
    found = graph(server(call("recv", 4)), client(call("recv", 3)), other)
    assert found.stuck() == ("server", "client", "late")
    assert found.stall().endswith(
        "late is blocked in connect() at line 7: the accept queue of server is full"
    )


@pytest.mark.parametrize(
    "programs",
    [
        [],
        [server(call("accept", 3))],
        [server(call("accept", 3)), client(call("recv", 3))],
        [server(call("recv", 4)), client()],
        [server(call("recv", 4), threads=2), client(call("recv", 3))],
        [server(call("recv", 4, timeout=5.0)), client(call("recv", 3))],
        [server(call("recv", 4)), client(call("recv", 3), sockets=[])],
        [server(call("recv", 4))],
        [program("one", call("recv", 3), sockets=[CLIENT])],
    ],
    ids=lambda programs: " ".join(one.name for one, _ in programs),
)
def test_what_may_still_go_on_is_no_deadlock(programs: list[Program]) -> None:
    assert graph(*programs).stuck() == ()
