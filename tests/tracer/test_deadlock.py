"""When everything waits for itself."""

from __future__ import annotations

from typing import Any

import pytest

from sockscope.trace.events import CallEntered, SocketView
from sockscope.tracer.deadlock import Waiting, find

HERE, THERE = ("127.0.0.1", 1060), ("127.0.0.1", 50000)
SERVER = SocketView(fd=4, kind="connected", state="ESTABLISHED", local=HERE, peer=THERE)
CLIENT = SocketView(fd=3, kind="connected", state="ESTABLISHED", local=THERE, peer=HERE)
LISTENER = SocketView(fd=3, kind="listening", state="LISTEN", local=HERE)
CONNECTING = SocketView(fd=3, kind="connecting", state="SYN_SENT", local=THERE, peer=HERE)


def call(name: str, fd: int, **fields: Any) -> CallEntered:
    return CallEntered(call=1, name=name, fd=fd, **{"line": 7, **fields})


def waiting(name: str, *calls: CallEntered, threads: int = 1, sockets: Any = ()) -> Waiting:
    return Waiting(name, calls, threads, sockets)


def server(*calls: CallEntered, **fields: Any) -> Waiting:
    return waiting("server", *calls, **{"sockets": [LISTENER, SERVER], **fields})


def client(*calls: CallEntered, **fields: Any) -> Waiting:
    return waiting("client", *calls, **{"sockets": [CLIENT], **fields})


@pytest.mark.parametrize(
    ("server_call", "client_call", "words"),
    [
        (
            call("recv", 4),
            call("recv", 3, line=9),
            "server is blocked in recv() at line 7: nothing has come from client; "
            "client is blocked in recv() at line 9: nothing has come from server",
        ),
        (
            call("send", 4, line=None),
            call("sendmsg", 3),
            "server is blocked in send(): its send buffer is full, because client does not read; "
            "client is blocked in sendmsg() at line 7: its send buffer is full, because server "
            "does not read",
        ),
    ],
)
def test_a_ring_is_named(server_call: CallEntered, client_call: CallEntered, words: str) -> None:
    assert find([server(server_call), client(client_call)]) == words


def test_a_full_queue_is_part_of_a_ring() -> None:
    other = waiting("late", call("connect", 3, args=(["127.0.0.1", 1060],)), sockets=[CONNECTING])
    found = find([server(call("recv", 4)), client(call("recv", 3)), other])
    assert found is not None
    assert found.endswith(
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
        [waiting("one", call("recv", 3), sockets=[CLIENT])],
    ],
    ids=lambda programs: " ".join(p.name for p in programs),
)
def test_what_may_still_go_on_is_no_deadlock(programs: list[Waiting]) -> None:
    assert find(programs) is None
