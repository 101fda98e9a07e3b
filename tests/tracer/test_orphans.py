"""However sockscope ends, nothing that it started outlives it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import DEADLINE, PROGRAMS, SOCKSCOPE, until
from sockscope.trace import events as e
from sockscope.trace.codec import decode

AT_ONCE, ROUNDS = 5, 4
FAMILY = 3
"""Processes that one run of ``family.py`` has: itself, and two that it starts."""

BUSY = """
import os, socket, threading
threading.Thread(target=socket.create_server(("127.0.0.1", 0)).accept).start()
print(os.getpid(), os.getpid(), flush=True)
while True:
    pass
"""

DAEMON = """
import os, socket
listener = socket.create_server(("127.0.0.1", 0))
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
listener.accept()
"""


STRAY = """
import socket, subprocess
stray = subprocess.Popen(["sleep", "600"], start_new_session=True)
print(stray.pid, flush=True)
socket.create_server(("127.0.0.1", 0)).accept()
"""


class Blocked:
    """A run of ours whose program sleeps in accept(), and handles of all its processes."""

    def __init__(self, program: Path, trace: Path) -> None:
        self.trace = trace
        command = ["run", "--headless", "--trace", str(trace), str(program)]
        self.process = subprocess.Popen(
            [*SOCKSCOPE, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.handles: list[int] = []

    def read(self) -> list[e.Event]:
        with contextlib.suppress(OSError, ValueError), self.trace.open("rb") as file:
            return list(decode(file))
        return []

    def hold(self) -> None:
        """Wait until it blocks, and take hold of its processes."""
        until("blocked", lambda: any(isinstance(v, e.CallBlocked) for v in self.read()))
        until("what it says", lambda: any(isinstance(v, e.Output) for v in self.read()))
        events = self.read()
        own = [event.pid for event in events if isinstance(event, e.ProcessStarted)]
        said = "".join(event.text for event in events if isinstance(event, e.Output))
        for pid in {*own, *map(int, said.split())}:
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                self.handles.append(os.pidfd_open(pid))

    def all_ended(self) -> None:
        """Wait for the end of every process, with a deadline."""
        for handle in self.handles:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            assert poll.poll(DEADLINE * 1000), "a tracee is left"

    def clean(self) -> None:
        self.process.kill()
        self.process.wait()
        for handle in self.handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)


@contextlib.contextmanager
def blocked(program: Path, folder: Path, count: int = 1) -> Iterator[list[Blocked]]:
    runs: list[Blocked] = []
    try:
        for number in range(count):
            runs.append(Blocked(program, folder / f"{number}.trace"))
        for run in runs:
            run.hold()
        yield runs
    finally:
        for run in runs:
            run.clean()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_nothing_is_left_when_we_are_killed(_round: int, tmp_path: Path) -> None:
    with blocked(PROGRAMS / "family.py", tmp_path, AT_ONCE) as runs:
        assert [len(run.handles) for run in runs] == [FAMILY] * AT_ONCE
        for run in runs:
            run.process.kill()
        for run in runs:
            run.all_ended()


@pytest.mark.parametrize(
    "ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGABRT], ids=lambda s: s.name
)
def test_nothing_is_left_when_we_are_asked_to_end(ending: signal.Signals, tmp_path: Path) -> None:
    with blocked(PROGRAMS / "family.py", tmp_path) as (run,):
        run.process.send_signal(ending)
        run.all_ended()
        run.process.wait(DEADLINE)


def test_a_program_that_never_pauses_is_not_left_either(tmp_path: Path) -> None:
    path = tmp_path / "busy.py"
    path.write_text(BUSY)
    with blocked(path, tmp_path) as (run,):
        run.process.kill()
        run.all_ended()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=lambda s: s.name)
def test_a_daemon_is_followed_and_not_left(ending: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "daemon.py"
    path.write_text(DAEMON)
    with blocked(path, tmp_path) as (run,):
        events = run.read()
        (call,) = [v for v in events if isinstance(v, e.CallBlocked)]
        assert call.proc == "daemon-child-child"
        ended = [v.proc for v in events if isinstance(v, e.ProcessExited)]
        assert ended == ["daemon", "daemon-child"]
        run.process.send_signal(ending)
        run.all_ended()


def test_a_command_in_a_session_of_its_own_is_not_left(tmp_path: Path) -> None:
    path = tmp_path / "stray.py"
    path.write_text(STRAY)
    with blocked(path, tmp_path) as (run,):
        assert len(run.handles) == 2
        run.process.send_signal(signal.SIGTERM)
        run.all_ended()


def test_a_trace_is_whole_after_a_kill_but_for_one_line(tmp_path: Path) -> None:
    with blocked(PROGRAMS / "family.py", tmp_path) as (run,):
        run.process.kill()
        run.process.wait()
        lines = run.trace.read_bytes().split(b"\n")
        assert len(run.read()) >= len(lines) - 2
        assert any(isinstance(event, e.CallBlocked) for event in run.read())
