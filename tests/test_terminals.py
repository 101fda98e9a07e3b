"""Every kind of terminal and locale: a screen that opens and ends, or one clear line."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from running import DEADLINE, SOCKSCOPE, sockscope

LOCALES = ("C", "C.UTF-8", "POSIX")
TERMINALS = ("xterm-256color", "screen", "linux")


class Terminal:
    """The outer side of a pseudo-terminal in which a command runs."""

    def __init__(self, outer: int, process: subprocess.Popen[bytes]) -> None:
        self._outer = outer
        self.process = process
        self.seen = b""

    def until(self, text: bytes) -> None:
        """Read until ``text`` was written."""
        end = time.monotonic() + DEADLINE
        while text not in self.seen:
            assert self._read(end), f"{text!r} was not written, but {self.seen[-300:]!r}"

    def _read(self, end: float) -> bool:
        """Read what was written; false where the other side is closed, or time is over."""
        ready, _, _ = select.select([self._outer], [], [], max(0.0, end - time.monotonic()))
        try:
            octets = os.read(self._outer, 65536) if ready else b""
        except OSError:  # Linux says EIO where the other side is closed
            octets = b""
        self.seen += octets
        return bool(octets)

    def type(self, keys: bytes) -> None:
        os.write(self._outer, keys)

    def status(self) -> int:
        """The status that it ends with; what it writes meanwhile is read."""
        end = time.monotonic() + DEADLINE
        while self._read(end):
            pass
        return self.process.wait(DEADLINE)


@contextmanager
def terminal(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [*SOCKSCOPE, *words],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        env={**os.environ, "COLUMNS": "80", "LINES": "24", **environment},
    )
    os.close(inner)
    try:
        yield Terminal(outer, process)
    finally:
        process.kill()
        process.wait()
        os.close(outer)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", TERMINALS)
def test_the_home_screen_opens_and_ends(kind: str, locale: str) -> None:
    with terminal([], {"TERM": kind, "LC_ALL": locale}) as shown:
        shown.until(b"Watch a demo")
        shown.type(b"q")
        assert shown.status() == 0


@pytest.mark.parametrize("kind", TERMINALS)
def test_a_demo_opens_from_it_and_leads_back(kind: str) -> None:
    with terminal([], {"TERM": kind, "LC_ALL": "C"}) as shown:
        shown.until(b"Watch a demo")
        shown.type(b"d")
        shown.until(b"watch which demo?")
        shown.type(b"\r")
        shown.until(b"A place to be found")
        shown.seen = b""
        shown.type(b"q")
        shown.until(b"Watch a demo")
        shown.type(b"q")
        assert shown.status() == 0


def test_a_trace_opens_where_it_is_told_to(tmp_path: Path) -> None:
    trace = tmp_path / "talk.jsonl"
    assert sockscope("run", "--headless", "--trace", str(trace)).returncode == 0
    with terminal(["replay", str(trace), "--at", "3"], {"TERM": "xterm-256color"}) as shown:
        shown.until("REPLAY · PAST 3 of".encode())
        shown.type(b"q")
        assert shown.status() == 0


@pytest.mark.parametrize("words", [[], ["demo", "1"]], ids=["home", "demo"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_dumb_terminal_is_told_in_one_line(words: list[str], locale: str) -> None:
    with terminal(words, {"TERM": "dumb", "LC_ALL": locale}) as shown:
        assert shown.status() == 2
        assert shown.seen.startswith(b"sockscope: TERM is 'dumb', which cannot show a screen: ")
        assert shown.seen.count(b"\n") == 1
