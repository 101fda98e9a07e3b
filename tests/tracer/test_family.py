"""Children are tracees of their own: named after their parent, stepped, followed to their end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from driving import Driven, Driver

from conservation import check_at_rest
from running import free_port as any_port
from running import headless, pair, sockscope
from sockscope.trace import events as e
from sockscope.trace.codec import decode
from sockscope.tracer.session import SessionError

FORKED = """
import os, socket
listener = socket.create_server(("127.0.0.1", PORT))
if os.fork() == 0:
    sock, _ = listener.accept()
    sock.sendall(sock.recv(3).upper())
    os._exit(7)
listener.close()
os.wait()
"""
CLIENT = """
import socket
sock = socket.socket()
sock.connect(("127.0.0.1", PORT))
sock.sendall(b"abc")
sock.recv(100)
"""


async def both_at_gate(driven: Driven, parent: str) -> None:
    """Wait until a fork is over, and parent and child have come to their next call."""

    def has_come(name: str) -> bool:
        return name in driven.state.processes and bool(driven.state.processes[name].open)

    await driven.until("the fork", lambda: has_come(parent) and has_come(f"{parent}-child"))


async def test_a_forked_child_is_stepped_like_any_program(driver: Driver) -> None:
    driven = await driver.start(server=FORKED, client=CLIENT)
    await driven.step_to("server", "listen")
    await driven.step("server")
    await both_at_gate(driven, "server")
    child = driven.state.processes["server-child"]
    assert (child.parent, child.argv) == ("server", driven.state.processes["server"].argv)
    assert driven.gated("server-child").name == "accept"
    assert driven.gated("server").name == "close"
    await driven.steps("client", 3)
    await driven.steps("server-child", 2)
    assert driven.last("server-child").data == b"abc"
    assert check_at_rest(driven.state) == 2
    await driven.step("server-child")
    child = driven.state.processes["server-child"]
    assert (child.exited, child.status) == (True, 7)
    assert (await driven.step("client")).data == b"ABC"


async def test_the_conversation_of_a_family_is_told_in_turns(driver: Driver) -> None:
    driven = await driver.start(server=FORKED, client=CLIENT)
    turns = []
    while (name := driven.session.next_in_turn()) is not None:
        turns.append((name, driven.gated(name).name))
        await driven.session.step_next()
        if turns[-1] == ("server", "listen"):
            await both_at_gate(driven, "server")
    assert [turn for turn in turns if turn[0] == "server-child"] == [
        ("server-child", name) for name in ("accept", "recv", "send")
    ]
    assert turns.index(("server-child", "accept")) < turns.index(("client", "connect"))
    assert [p.status for p in driven.state.processes.values()] == [0, 0, 7]


async def test_a_parent_that_waits_for_its_child_says_so(driver: Driver) -> None:
    driven = await driver.start(server=FORKED)
    await driven.step_to("server", "listen")
    await driven.step("server")
    await both_at_gate(driven, "server")
    await driven.step("server")
    await driven.until("the wait", lambda: driven.session.tracees["server"].rest() == "wait")
    with pytest.raises(SessionError, match="server sleeps in wait"):
        await driven.session.step("server")


async def test_a_shared_socket_ends_with_its_last_holder(driver: Driver) -> None:
    driven = await driver.connected("""
        import os
        if os.fork() == 0:
            b.send(b"child")
            b.close()
            os._exit(0)
        b.close()
        a.recv(100)
    """)
    await both_at_gate(driven, "one")
    await driven.step("one")
    (stream,) = [s for s in driven.state.streams.values() if s.sender and s.sender.fd == 5]
    assert not stream.finished
    assert stream.sender is not None
    assert stream.sender.proc == "one-child"
    await driven.steps("one-child", 2)
    assert (await driven.step("one")).data == b"child"
    (stream,) = [s for s in driven.state.streams.values() if s.accepted == 5]
    assert stream.finished


async def test_a_process_that_executes_another_program_stays_the_same(driver: Driver) -> None:
    driven = await driver.start(
        one="""
        import os, socket, sys
        first = socket.socket()
        program = "import socket; other = socket.socket(); other.listen()"
        os.execv(sys.executable, [sys.executable, "-c", program])
        """
    )
    await driven.step("one")
    await driven.until("the other program", lambda: driven.state.processes["one"].argv == ("-c",))
    await driven.until("its call", lambda: driven.state.processes["one"].open)
    assert driven.gated("one").name == "socket"
    assert (await driven.steps("one", 2)).name == "listen"
    assert len(driven.state.processes) == 1


async def test_thousands_of_children_would_leave_nothing_open(driver: Driver) -> None:
    driven = await driver.start(
        one="""
        import os
        for _ in range(20):
            if os.fork() == 0:
                os._exit(0)
            os.wait()
        """,
        mode="free",
    )
    before = len(os.listdir("/proc/self/fd"))
    await driven.session.finished()
    assert len(driven.state.processes) == 21
    assert {p.status for p in driven.state.processes.values()} == {0}
    assert len(os.listdir("/proc/self/fd")) <= before


def test_the_first_status_is_that_of_a_program_not_of_a_child(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("import os\nif os.fork() == 0: os._exit(9)\nos.wait()\n")
    trace = tmp_path / "trace"
    assert sockscope("run", "--headless", "--trace", str(trace), str(path)).returncode == 0
    with trace.open("rb") as file:
        ends = {v.proc: v.status for v in decode(file) if isinstance(v, e.ProcessExited)}
    assert ends == {"one": 0, "one-child": 9}


def test_a_child_of_a_child_has_the_name_of_both() -> None:
    run = headless(pair("spawned"), any_port(), "--timeout", "20")
    started = [event for event in run.events if isinstance(event, e.ProcessStarted)]
    parents = {event.proc: event.parent for event in started}
    assert parents["client-child-2-child"] == "client-child-2"  # what the fork server forked
    assert parents["client-child-2"] == "client"
    assert parents["server-child-3"] == "server"


def test_a_child_that_lives_on_is_followed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(
        "import os, select, socket\n"
        "parent = select.poll()\n"
        "parent.register(os.pidfd_open(os.getpid()))\n"
        "if os.fork() == 0:\n"
        "    parent.poll()\n"
        "    print('left alone with', socket.socket().fileno())\n"
        "    raise SystemExit(3)\n"
    )
    done = sockscope("run", "--headless", str(path))
    assert "one: left alone with 4" in done.stdout
    lines = [line.split()[1:] for line in done.stdout.splitlines()]
    assert lines[-1] == ["one-child", "exits", "with", "3"]
    assert done.returncode == 0


@pytest.mark.parametrize("words", [["π" * 12_000], ["a"] * 16_000])
def test_a_child_with_long_arguments_is_followed(words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("import os\nif os.fork() == 0: os._exit(9)\nos.wait()\n")
    done = sockscope("run", "--headless", str(path), "--", *words)
    assert "one-child exits with 9" in " ".join(done.stdout.split())
    assert "not seen" not in done.stdout


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("['true']", "what true does, which it starts: it is no Python"),
        ("['sh', '-c', sys.executable]", "what sh does, which it starts: it is no Python"),
        ("[sys.executable, '-V']", "what python does, which it starts: python -V is not followed"),
        ("[sys.executable, '-']", "what python does, which it starts: python reads its program"),
    ],
)
def test_what_cannot_be_followed_is_said(command: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(f"import subprocess, sys\nsubprocess.run({command})\n")
    done = sockscope("run", "--headless", str(path))
    assert f"not seen: {why}" in done.stdout


def test_a_run_stops_at_a_call_of_a_child_to_come() -> None:
    words = pair("forking").commands(any_port())
    done = sockscope("run", "--headless", "--break", "server-child-2:recv_into", *words)
    assert done.returncode == 4, done.stderr
    assert "server-child-2 fd 4  connected ESTABLISHED" in done.stdout
    done = sockscope("run", "--headless", "--break", "server-kid:recv", *words)
    assert "no program is called 'server-kid': write server" in done.stderr
