"""A process that runs by itself is watched, and does not notice."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import DEADLINE, SOCKSCOPE, free_port, sockscope, until
from sockscope.tracer.watching import Watched, supported

pytestmark = pytest.mark.skipif(not supported(), reason="this kernel has no pidfd_getfd(2)")

PROGRAM = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    sock, _ = listener.accept()
print("ready", flush=True)
sys.stdin.readline()
print(sock.recv(100), sock.getblocking())
"""

RESET = """
import errno, socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    sock, _ = listener.accept()
print("ready", flush=True)
sys.stdin.readline()
try:
    sock.recv(100)
except OSError as error:
    print(errno.errorcode[error.errno])
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def program(port: int) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-c", PROGRAM, str(port)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def connected(port: int) -> socket.socket:
    made: list[socket.socket] = []

    def connect() -> bool:
        try:
            made.append(socket.create_connection(("127.0.0.1", port)))
        except ConnectionRefusedError:
            return False
        return True

    until("listening", connect)
    return made[0]


def test_unread_octets_are_seen_and_stay(program: subprocess.Popen[str], port: int) -> None:
    with connected(port) as sock:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        sock.sendall(b"unread\x1b[31m")
        done = sockscope("watch", "--once", str(program.pid))
        assert done.returncode == 0, done.stderr
        assert "connected ESTABLISHED" in done.stdout
        assert '11 B to read b"unread\\x1b[31m"' in done.stdout
        out, _ = program.communicate("go on\n", timeout=DEADLINE)
    assert out == "b'unread\\x1b[31m' True\n"


def test_a_watch_goes_on_until_the_process_ends(program: subprocess.Popen[str], port: int) -> None:
    command = [*SOCKSCOPE, "watch", str(program.pid)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        with connected(port) as sock:
            sock.sendall(b"hello")
            for line in watch.stdout:
                if "5 B to read" in line:
                    break
            program.communicate("go on\n", timeout=DEADLINE)
        assert watch.wait(DEADLINE) == 0


def test_no_such_process_is_one_line() -> None:
    done = sockscope("watch", str(2**22 + 1))
    assert done.returncode == 2
    assert done.stderr == (
        f"sockscope: there is no process {2**22 + 1}: `ps` lists those that there are\n"
    )


def test_nothing_of_ours_stays_open() -> None:
    with socket.socket() as own:
        before = os.listdir("/proc/self/fd")
        watched = Watched(os.getpid())
        assert own.fileno() in [view["fd"] for view in watched.views()]
        watched.close()
        assert os.listdir("/proc/self/fd") == before


def test_a_reset_stays_for_the_program_to_meet(port: int) -> None:
    """A look at an empty queue would take the error away: recv(2) hands it out but once."""
    words = [sys.executable, "-c", RESET, str(port)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        with connected(port) as sock:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        until(
            "a reset",
            lambda: "closed CLOSE" in sockscope("watch", "--once", str(program.pid)).stdout,
        )
        out, _ = program.communicate("go on\n", timeout=DEADLINE)
    assert out == "ECONNRESET\n"


def test_what_was_seen_is_a_trace(
    program: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    trace = tmp_path / "watched.jsonl"
    with connected(port) as sock:
        assert program.stdout is not None
        program.stdout.readline()
        sock.sendall(b"hello")
        done = sockscope("watch", "--once", "--trace", str(trace), str(program.pid))
        again = sockscope("replay", "--headless", str(trace))
        program.communicate("go on\n", timeout=DEADLINE)
    assert '5 B to read b"hello"' in done.stdout
    assert again.stdout == done.stdout


def test_several_are_watched_at_once(program: subprocess.Popen[str], port: int) -> None:
    with connected(port) as sock:
        assert program.stdout is not None
        program.stdout.readline()
        done = sockscope("watch", "--once", str(program.pid), str(os.getpid()))
        ends = "127.0.0.1:{} - 127.0.0.1:{}"
        ours, theirs = sock.getsockname()[1], port
        sock.sendall(b"hello")
        program.communicate("go on\n", timeout=DEADLINE)
    assert ends.format(ours, theirs) in done.stdout
    assert ends.format(theirs, ours) in done.stdout


@pytest.mark.parametrize("word", ["0x10", "-1", "python"])
def test_what_is_no_pid_is_one_line(word: str) -> None:
    done = sockscope("watch", "--", word) if word.startswith("-") else sockscope("watch", word)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
