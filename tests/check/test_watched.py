"""A check while it runs: its progress on a terminal, and Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SERVER = """
import socket, sys
with open(sys.argv[2], "a") as file:
    file.write("x")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
reads = 0
while conversation.recv(1):
    reads += 1
print("fine")
"""
MANY_READS = """
import socket, sys
with open(sys.argv[2], "a") as file:
    file.write("x")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
reads = 0
while conversation.recv(100):
    reads += 1
print("few" if reads < 30 else "many")
"""
CLIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"x" * 60)
"""
CHECK = [sys.executable, "-m", "sockscope", "check"]
DEADLINE = 60.0


def words(folder: Path, server: str) -> list[str]:
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(CLIENT)
    return [
        f"'{folder / 'server.py'}' {{port}} '{folder / 'runs'}'",
        f"'{folder}/client.py' {{port}}",
    ]


def wait_for_runs(folder: Path, count: int) -> None:
    runs = folder / "runs"
    deadline = time.monotonic() + DEADLINE
    while not runs.exists() or runs.stat().st_size < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("server", "runs", "told"),
    [
        (SERVER, 8, "held so far: "),
        (MANY_READS, 12, "interrupted: less than that may break it too"),
    ],
    ids=["while it holds", "while a plan is made smaller"],
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_known_when_it_is_interrupted(
    server: str, runs: int, told: str, jobs: str, tmp_path: Path
) -> None:
    command = [*CHECK, *words(tmp_path, server), "--budget", "100000", "--jobs", jobs]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        wait_for_runs(tmp_path, runs)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, err = process.communicate(timeout=DEADLINE)
    assert told in out
    assert err == ""
    assert process.returncode == 130


def test_an_interrupted_check_has_not_held(tmp_path: Path) -> None:
    report, endless = tmp_path / "report.xml", SERVER.split("listener")[0] + "while True: pass\n"
    command = [*CHECK, *words(tmp_path, endless), "--json", "--junit", str(report)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        wait_for_runs(tmp_path, 1)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, err) == (130, "")
    assert json.loads(out)["verdict"] == "interrupted"
    assert "nothing is known yet" in report.read_text()


def test_the_bar_is_for_terminals(tmp_path: Path) -> None:
    ours, terminal = pty.openpty()
    command = [*CHECK, *words(tmp_path, SERVER), "--budget", "5"]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=terminal,
        timeout=DEADLINE,
        check=False,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(terminal)
    shown = b""
    while chunk := read(ours):
        shown += chunk
    os.close(ours)
    assert b"5/5" in shown
    assert done.stdout == b"held: 5 ways to cut the same bytes\n"


def read(terminal: int) -> bytes:
    """What is left to read of a terminal that nobody writes to any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: the other end is closed
        return b""
