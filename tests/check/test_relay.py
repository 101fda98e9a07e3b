"""A relay cuts what programs in any language receive."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.check import relayed
from sockscope.check.plans import DIES, ONE_CUT, Plan
from sockscope.check.relay import Relay, pieces
from sockscope.cli import main

HOPEFUL = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
request = conversation.recv(1000)
answer = b"fine" if request.endswith(b"\\r\\n\\r\\n") else b"what?"
conversation.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n" + answer)
conversation.close()
"""
CURL = "curl -s http://127.0.0.1:{port}/page"

curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as raised:
        main(["check", "--relay", *words])
    out, err = capsys.readouterr()
    assert isinstance(raised.value.code, int)
    return raised.value.code, out + err


@curl
def test_a_hopeful_server_is_found_with_curl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.py").write_text(HOPEFUL)
    test = tmp_path / "test_cut.py"
    server = f"python3 '{tmp_path / 'server.py'}' {{port}}"
    status, text = check(capsys, server, CURL, "--test", str(test))
    assert status == 1
    assert "broken: what server receives is cut after byte " in text
    assert 'client writes "what?", not "fine"' in text
    assert "'--relay', '--cut', 'server:" in test.read_text()


@curl
def test_the_standard_librarys_server_holds_with_curl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page").write_text("some words")
    server = f"python3 -m http.server {{port}} -d '{tmp_path}'"
    status, text = check(capsys, server, CURL, "--budget", "6")
    assert status == 0
    assert text.startswith("held: 6 ways to cut the same bytes\n")


@curl
def test_who_waits_for_each_other_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patient = HOPEFUL.replace("recv(1000)", "recv(1000, socket.MSG_WAITALL)")
    (tmp_path / "server.py").write_text(patient)
    status, text = check(capsys, f"python3 '{tmp_path / 'server.py'}' {{port}}", CURL)
    assert status == 1
    assert "it hangs: nothing is delivered, and asleep are: server, client" in text


DATAGRAMS = """
import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[1])))
sock.recv(1)
"""


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["sh -c {port}"], "a relay stands between two programs"),
        (["sh -c {port}", "no-such-thing {port}"], "there is no program 'no-such-thing'"),
        (["sh -c {port}", "sh"], "names no {port}"),
        (["sh -c '{port}", "sh {port}"], "cannot be split into words"),
        (["sh {port} | cat", "sh {port}"], "no shell reads |: it would be an argument"),
        (["sh -c 'exit 3' {port}", "sh {port}"], "it ends with status 3"),
        (
            [f"'{sys.executable}' -c '{DATAGRAMS}' {{port}}", "sh {port}"],
            "it takes datagrams there",
        ),
        (["sh {port}", "sh {port}", "--trace", "x"], "--merge need programs in Python"),
        (["sh {port}", "sh {port}", "--merge", "server"], "--merge need programs in Python"),
    ],
)
def test_a_wrong_command_gets_one_clear_line(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, text = check(capsys, *words)
    assert status == 2
    assert problem in text
    assert text.count("\n") == 1


def test_the_kernel_ends_the_programs_of_one_that_is_killed(tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text("import threading; threading.Event().wait()")
    words = [f"{sys.executable} {server} {{port}}", "sh {port}"]
    check = [sys.executable, "-m", "sockscope", "check", "--relay", *words]
    with subprocess.Popen(check, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: is_running(str(server)))
        process.kill()
    wait_until(lambda: not is_running(str(server)))


def is_running(word: str) -> bool:
    """Whether any process has this word in its command line (proc(5))."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if word in path.read_text().split("\0"):
                return True
    return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_piece_comes_once_the_last_was_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        plan = Plan(ONE_CUT, {"server": (4, 6)})
        relay = Relay(["server", "client"], plan, listener.getsockname()[1])
        with socket.create_connection(("127.0.0.1", relay.port)) as client:
            client.sendall(b"a message")
            client.shutdown(socket.SHUT_WR)
            server, _ = listener.accept()
            with server:
                assert [server.recv(100) for _ in range(4)] == [b"a me", b"ss", b"age", b""]
        relay.close()
    assert relay.sent == {"server": [b""], "client": [b"a message"]}
    assert not relay.is_open


@given(st.binary(min_size=1, max_size=40), st.integers(0, 40), st.sets(st.integers(1, 80)))
def test_pieces_end_at_the_cuts(data: bytes, at: int, cuts: set[int]) -> None:
    found = list(pieces(data, at, {"at": sorted(cuts)}))
    assert b"".join(found) == data
    assert all(found)
    assert len(found) == 1 + len({cut for cut in cuts if at < cut < at + len(data)})


@given(st.binary(min_size=1, max_size=40), st.integers(0, 40), st.integers(1, 9))
def test_pieces_of_one_size(data: bytes, at: int, every: int) -> None:
    found = list(pieces(data, at, {"every": every}))
    assert b"".join(found) == data
    assert all(0 < len(piece) <= every for piece in found)


DEAF = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, _ = listener.accept()
request = b""
while not request.endswith(b"\\r\\n\\r\\n"):
    request += conversation.recv(1000)
conversation.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nfine")
conversation.close()
"""


ASKING = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
    sock.recv(1000)
"""


def test_a_server_that_does_not_see_the_end_is_found(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(DEAF)
    (tmp_path / "client.py").write_text(ASKING)
    programs = [f"python3 '{tmp_path / name}.py' {{port}}" for name in ("server", "client")]
    ran = relayed.run(relayed.parse(programs), Plan(DIES, dies=("client", 5)))
    assert ran.outcome.hang == "nothing is delivered any more, and on and on runs: server"


def test_a_death_alone_is_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "server.py").write_text(DEAF)
    (tmp_path / "client.py").write_text(ASKING)
    words = [f"python3 '{tmp_path / name}.py' {{port}}" for name in ("server", "client")]
    test = tmp_path / "test_plan.py"
    status, text = check(capsys, *words, "--die", "client:5", "--test", str(test))
    assert status == 1
    assert "broken: client dies after 5 bytes" in text
    assert "'--relay', '--die', 'client:5'" in test.read_text()
    assert check(capsys, *words, "--die", "client:99") == (
        2,
        "sockscope: client sends 18 bytes: it does not die after 99\n",
    )


def test_one_that_dies_is_cut_off_after_so_many_octets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(["server", "client"], Plan(DIES, dies=("client", 4)), port_of(listener))
        with socket.create_connection(("127.0.0.1", relay.port)) as client:
            client.sendall(b"a message")
            server, _ = listener.accept()
            with server:
                assert [server.recv(100) for _ in range(2)] == [b"a me", b""]
                assert client.recv(1) == b""
                server.sendall(b"too late")
                wait_until(lambda: was_reset(server))
        relay.close()


def port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port


def was_reset(sock: socket.socket) -> bool:
    return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
