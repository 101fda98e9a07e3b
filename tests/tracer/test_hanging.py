"""Programs that hang are told why; programs that are only slow are let be."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from running import free_port, sockscope
from sockscope.trace.events import Address, CallEntered, SocketView
from sockscope.tracer.deadlock import Graph, Waiting
from sockscope.tracer.sockets import Sockets

HERE = Path(__file__).parent
SIZE = re.compile(r"\(\d+\.\d [kM]B\)")
DEADLOCKS = {
    "both_read": [
        "server is blocked in recv() at line 11: nothing has come from client, because client is"
        " blocked in recv() at line 16: nothing has come from server;"
        " so server and client wait for each other",
    ],
    "both_send": [
        "server is blocked in send() at line 11: its send buffer is full (SIZE), because client's"
        " receive buffer is full (SIZE), because client is blocked in send() at line 17: its send"
        " buffer is full (SIZE), because server's receive buffer is full (SIZE);"
        " so server and client wait for each other",
    ],
    "one_byte_short": [
        "server is blocked in recv() at line 13: nothing more has come from client after 16 B",
        ", because client is blocked in recv() at line 20: nothing has come from server; so",
    ],
    "waits_for_end": [
        "nothing more has come from client after 7 B, nor the end of its stream, because client is"
        " blocked in recv() at line 19: nothing has come from server; so",
    ],
    "waits_for_all": [
        "server is blocked in recv() at line 11: nothing more has come from client after 99 B",
        ", because client is blocked in recv() at line 17: nothing has come from server; so",
    ],
    "buffered": [
        "server is blocked in recv() at line 13: nothing more has come from client, and 4 B that"
        " came before lie in Python's own buffer, which makefile() filled, because client is"
        " blocked in recv() at line 19: nothing has come from server; so",
    ],
    "buffered_select": [
        "server is blocked in select() at line 14: nothing more has come from client, and 4 B that"
        " came before lie in Python's own buffer, which makefile() filled, because client is"
        " blocked in recv() at line 22: nothing has come from server; so",
    ],
    "full_queue": [
        "server is blocked in recv() at line 10: nothing has come from client, because client is"
        " blocked in connect() at line 14: the accept queue of server is full (1 of 0); so",
    ],
    "forked_child": [
        "client is blocked in recv() at line 20: nothing has come from server-child",
        "server-child is blocked in pause(): no signal has come",
        "server is blocked in wait(): server-child has not ended",
    ],
    "streams": [
        "server is blocked in epoll_wait() at line 24: nothing has come from client, because client"
        " is blocked in epoll_wait() at line 28: nothing has come from server; so",
    ],
}
DEADLOCKS |= {
    "full_queues": [
        "the accept queue of client is full (1 of 0), because client is blocked in connect() at",
        ": the accept queue of server is full (1 of 0); so server and client wait for each other",
    ],
    "not_accepted": [
        "nothing has come from client, which has not accepted the connection yet, because client",
        "nothing has come from server, which has not accepted the connection yet; so server and",
    ],
    "low_water": ["nothing more has come from client after 5 B, nor the end of its stream"],
    "unix_send": [
        "server is blocked in send() at line 13: its send buffer is full (SIZE), because client's"
        " receive buffer is full (SIZE), because client is blocked in send() at line 19: its send",
    ],
    "through_lock": [
        "server is blocked in recv() at line 14: nothing has come from client, because client is"
        " blocked in recv() at line 20: nothing has come from server; so",
    ],
    "idle_worker": [
        "server is blocked in epoll_wait() at line 24: nothing has come from client, because",
    ],
}
STALLS = {
    "waits_for_signal": [
        "server is blocked in recv() at line 13: nothing has come from client, because client is"
        " blocked in epoll_wait() at line 24: no signal has come (somebody outside may end it)",
    ],
    "second_client": [
        "client is blocked in recv() at line 16: nothing has come from server, because server is"
        " blocked in accept() at line 9: no client connects (somebody outside may end it)",
    ],
    "lost_datagram": [
        "server is blocked in recvfrom() at line 10: nothing has come from outside",
        "client is blocked in recvfrom() at line 16: nothing has come from outside",
    ],
}
LIVE = sorted(path.stem for path in (HERE / "live").glob("*.py"))


def told(folder: str, name: str, seconds: str) -> tuple[int, str]:
    """The exit status of a run, and what it said of its programs."""
    port, file = free_port(), HERE / folder / f"{name}.py"
    words = [f"{role}={file} {role} {port}" for role in ("server", "client")]
    done = sockscope("run", "--headless", "--timeout", seconds, *words)
    return done.returncode, SIZE.sub("(SIZE)", done.stderr)


@pytest.mark.parametrize("name", DEADLOCKS)
def test_a_deadlock_is_named_at_once(name: str) -> None:
    status, words = told("hanging", name, "25")
    assert status == 3, words
    assert words.startswith("sockscope: deadlock: ")
    assert [part for part in DEADLOCKS[name] if part not in words] == [], words


def test_three_in_a_ring_are_named() -> None:
    file, port = HERE / "hanging" / "ring.py", free_port()
    words = [f"{name}={file} {place} {port}" for place, name in enumerate("abc")]
    done = sockscope("run", "--headless", "--timeout", "25", *words)
    assert done.returncode == 3
    parts = (
        f"{name} is blocked in recv() at line 16: nothing has come from {before}"
        for name, before in ("ab", "bc", "ca")
    )
    ring = ", because ".join(parts)
    together = "so a, b and c wait for each other in a ring"
    assert done.stderr == f"sockscope: deadlock: {ring}; {together}\n"


def test_a_program_that_waits_for_itself_is_named() -> None:
    done = sockscope("run", "--headless", "--timeout", "25", str(HERE / "hanging" / "own_pair.py"))
    assert done.returncode == 3
    assert "nothing has come from itself, which holds the other end" in done.stderr


def test_a_closed_file_of_a_socket_hides_nothing() -> None:
    file = HERE / "hanging" / "closed_reader.py"
    done = sockscope("run", "--headless", "--timeout", "25", str(file))
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("sockscope: deadlock: closed_reader is blocked in recv()")


NAPS_IN_C = """
import ctypes, socket
libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
sleep = ctypes.cast(libc.sleep, ctypes.c_void_p)
near, far = socket.socketpair()
libc.pthread_create(ctypes.byref(thread), None, sleep, ctypes.c_void_p(1))
near.recv(1)
"""


def test_a_thread_that_python_does_not_know_may_help(tmp_path: Path) -> None:
    file = tmp_path / "naps_in_c.py"
    file.write_text(NAPS_IN_C)
    began = time.monotonic()
    done = sockscope("run", "--headless", "--timeout", "25", str(file))
    assert done.returncode == 3, done.stderr
    assert time.monotonic() - began > 1


@pytest.mark.parametrize(
    ("waiting", "is_coming"), [(0, True), (1, False)], ids=["an empty buffer", "a full one"]
)
def test_octets_that_the_kernel_keeps_back_are_on_their_way(waiting: int, is_coming: bool) -> None:
    here, there = ("127.0.0.1", 1060), ("127.0.0.1", 50001)
    sockets = Sockets()
    sockets.put("server", connected(here, there, 0, waiting))
    sockets.put("client", connected(there, here, 3, 0))
    graph = Graph([Waiting(n, [blocked_in_recv(n)]) for n in ("server", "client")], sockets)
    assert graph.is_coming() == is_coming
    assert graph.stuck() == ("server", "client")


def blocked_in_recv(proc: str) -> CallEntered:
    return CallEntered(proc=proc, call=1, fd=3, name="recv", args=(16,), line=1)


def connected(local: Address, peer: Address, unsent: int, waiting: int) -> SocketView:
    return SocketView(
        fd=3, kind="connected", local=local, peer=peer, unsent=unsent, recv_bytes=waiting
    )


@pytest.mark.parametrize("name", STALLS)
def test_what_only_the_world_outside_can_end_is_no_deadlock(name: str) -> None:
    status, words = told("hanging", name, "3")
    assert status == 124, words
    assert [part for part in STALLS[name] if part not in words] == [], words


@pytest.mark.parametrize("name", LIVE)
def test_what_is_only_slow_is_no_deadlock(name: str) -> None:
    assert told("live", name, "25") == (0, "")


def test_a_timeout_of_its_own_is_told() -> None:
    status, words = told("live", "own_timeout", "0.6")
    assert status == 124
    assert "its timeout of 0.8 s ends it" in words


def test_the_docs_tell_of_each_of_them() -> None:
    page = (HERE.parent.parent / "docs" / "shapes.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", page, re.MULTILINE))
    deadlocks = dict.fromkeys([*DEADLOCKS, "ring", "own_pair", "closed_reader"], "3")
    assert told == deadlocks | dict.fromkeys(STALLS, "124")
    assert told.keys() == {path.stem for path in (HERE / "hanging").glob("*.py")}
