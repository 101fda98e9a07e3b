"""A marked test is called under every way to cut its streams."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sockscope.check.chunked import ME, cut, under_all
from sockscope.check.limit import HangError, limit
from sockscope.check.plans import EVERY_BYTE, ONE_CUT, Plan

BODY = """
import socket, threading
import pytest

def receive(sock, length):
    {receive}

@pytest.fixture
def pair():
    return socket.socketpair()

@pytest.mark.sockscope_chunkings(budget=30)
def test_message(pair):
    near, far = pair
    threading.Thread(target=near.sendall, args=(b"a message",)).start()
    assert receive(far, 9) == b"a message"

def test_unmarked(pair):
    pair[0].sendall(b"a message")
    assert pair[1].recv(9) == b"a message"
"""
RIGHT = """data = b""
    while len(data) < length:
        data += sock.recv(length - len(data))
    return data"""


def pytest_of(folder: Path, receive: str) -> subprocess.CompletedProcess[str]:
    return run_pytest(folder, BODY.format(receive=receive))


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    words = ["-m", "pytest", "-q", "-rN", "--strict-markers", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, *words, "-p", "sockscope.check.pytest_plugin", "test_it.py"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_right_body_holds(tmp_path: Path) -> None:
    done = pytest_of(tmp_path, RIGHT)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_a_wrong_body_fails_and_says_by_which_cut(tmp_path: Path) -> None:
    done = pytest_of(tmp_path, "return sock.recv(length)")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "sockscope: it fails when what test receives is cut after byte" in done.stdout
    assert re.search(r"sockscope: test_it\.py:\d+: recv\(\) gave \d bytes?, for there", done.stdout)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("@mark(budgte=3)\ndef test_it(): pass", "takes a budget, a seed and a timeout"),
        ("@mark(3, 4, 5, 6)\ndef test_it(): pass", "takes a budget, a seed and a timeout"),
        ("@mark(budget=0)\ndef test_it(): pass", "budget should be a whole number from 1, is 0"),
        (
            "@mark(budget='x')\ndef test_it(): pass",
            "budget should be a whole number from 1, is 'x'",
        ),
        ("@mark(seed='x')\ndef test_it(): pass", "seed should be a whole number, is 'x'"),
        ("@mark(timeout=0)\ndef test_it(): pass", "timeout should be a number of seconds above 0"),
        ("@mark(3)\ndef test_it(): pass", "there is nothing to cut"),
        ("@mark\nasync def test_it(): pass", "needs a plugin that runs it"),
        (
            "import unittest\n@mark\nclass Test(unittest.TestCase):\n  def test_it(self): pass",
            "not for TestCase",
        ),
    ],
    ids=[
        "misspelt",
        "too-many",
        "none",
        "no-number",
        "seed",
        "no-time",
        "no-bytes",
        "async",
        "unittest",
    ],
)
def test_a_mark_that_would_have_no_effect_is_refused(tmp_path: Path, test: str, words: str) -> None:
    text = f"import pytest\nmark = pytest.mark.sockscope_chunkings\n{test}\n"
    done = run_pytest(tmp_path, text)
    assert done.returncode == 1, done.stdout
    assert "During handling" not in done.stdout
    assert words in done.stdout


def test_the_methods_are_as_before_once_it_is_over() -> None:
    before = dict(vars(socket.socket))
    with cut(Plan(EVERY_BYTE, every=1)):
        near, far = socket.socketpair()
        near.sendall(b"ab")
        assert far.recv(9) == b"a"
    assert dict(vars(socket.socket)) == before
    assert far.recv(9) == b"b"
    near.close()
    far.close()


def test_a_body_that_fails_uncut_fails_at_once() -> None:
    calls: list[int] = []

    def body() -> None:
        calls.append(1)
        raise ValueError

    with pytest.raises(ValueError) as caught:  # noqa: PT011
        under_all(body, budget=9)
    assert len(calls) == 1
    assert not hasattr(caught.value, "__notes__")


def test_both_ends_in_threads_are_cut() -> None:
    seen: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        sock, _ = listener.accept()
        with sock:
            seen.append(sock.recv(9))
            sock.sendall(b"answer")

    with cut(Plan(ONE_CUT, {ME: (2,)})), socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with socket.create_connection(listener.getsockname()) as sock:
            sock.sendall(b"ask")
            seen.append(sock.recv(9))
        thread.join()
    assert seen == [b"as", b"an"]


def test_many_calls_are_taken() -> None:
    with cut(Plan(EVERY_BYTE, every=1)):
        near, far = socket.socketpair()
        near.sendall(bytes(2000))
        assert b"".join(far.recv(9) for _ in range(2000)) == bytes(2000)
    near.close()
    far.close()


HANGS = """
import socket, threading
import pytest

def serve(sock):
    while (request := sock.recv(1024)) != b"hello\\n":
        if not request:
            return
    sock.sendall(b"ok")

@pytest.mark.sockscope_chunkings(budget=5, timeout=0.5)
@pytest.mark.parametrize("daemon", [True, False])
def test_cut(daemon):
    near, far = socket.socketpair()
    threading.Thread(target=serve, args=(far,), daemon=daemon).start()
    near.sendall(b"hello\\n")
    assert near.recv(1) == b"o"

@pytest.mark.sockscope_chunkings(timeout=0.5)
def test_uncut():
    near, far = socket.socketpair()
    near.sendall(b"a")
    assert far.recv(1) == b"a"
    threading.Thread(target=far.recv, args=(1,), daemon=True).start()
    near.recv(1)
"""


def test_a_body_that_hangs_is_ended_and_told(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, HANGS)
    assert done.returncode == 1
    assert "3 failed" in done.stdout
    assert done.stdout.count("HangError: after 0.5 s it still runs: ") == 3
    assert "MainThread is in recv() at test_it.py:17" in done.stdout
    assert done.stdout.count("sockscope: it fails when what test receives is cut after byte") == 2


USED_UP = """
import socket
import pytest

@pytest.fixture
def pair():
    near, far = socket.socketpair()
    with near, far:
        yield near, far

@pytest.mark.sockscope_chunkings
def test_closes(pair):
    near, far = pair
    near.sendall(b"abc")
    near.close()
    assert far.recv(3) == b"abc"

@pytest.mark.sockscope_chunkings
def test_leaves_octets(pair):
    near, far = pair
    near.sendall(b"a message")
    assert far.recv(1024) == b"a message"
"""


def test_what_one_call_leaves_behind_is_not_taken_for_the_effect_of_a_cut(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, USED_UP)
    assert "2 failed" in done.stdout
    closes, octets = done.stdout.split("test_leaves_octets", 1)
    assert "the body cannot be repeated" in closes
    assert "a fixture that gives it a function" in closes
    assert "it fails when" not in closes
    assert "b'a' == b'a message'" in octets
    assert "it fails when what test receives is cut after byte 1, and holds" in octets


def test_a_timer_of_the_test_itself_goes_on() -> None:
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        with pytest.raises(HangError), limit(0.01, lambda: ""):
            threading.Event().wait()
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
        with limit(200, lambda: ""):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_what_is_left_is_taken_without_waiting() -> None:
    near, far = socket.socketpair()
    far.settimeout(1000)

    def body() -> None:
        near.sendall(b"ab")
        assert far.recv(1) == b"a"

    with near, far:
        under_all(body, budget=9)
        near.sendall(b"c")
        assert far.recv(9) == b"c"
