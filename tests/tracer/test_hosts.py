"""Programs behind a command: the same with and without us, wherever they run."""

from __future__ import annotations

import contextlib
import itertools
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

import pytest
from driving import Driven

from running import (
    CONVERSATIONS,
    DEADLINE,
    PROGRAMS,
    SOCKSCOPE,
    Conversation,
    Outcome,
    Run,
    alone,
    bare,
    children,
    free_port,
    headless,
    other_python,
    pair,
    sockscope,
    steady_text,
    until,
)
from sockscope.trace import events as e
from sockscope.trace.codec import decode
from sockscope.tracer.hosts import placed
from sockscope.tracer.programs import Program, bundled
from sockscope.tracer.session import Session

AS_SSH = """sh -c 'sh -c "$*"' sh"""
"""Puts its words together and has a shell take them apart, as ssh(1) does."""

REQUEST = next(c for c in CONVERSATIONS if c.name == "request")
DEADLOCK = f"one={PROGRAMS / 'deadlock.py'} server PORT"
ROLES = ("server", "client")
HANGING = Path(__file__).parent / "hanging"


def comparable(outcome: Outcome) -> Outcome:
    return Outcome(outcome.status, steady_text(outcome.stdout), steady_text(outcome.stderr))


def leaves_the_same(conversation: Conversation, via: str, python: str = sys.executable) -> Run:
    """Compare a run behind ``via`` with a bare one; gives the run."""
    options = ("--timeout", "20", "--via", via, "--python", python)
    run = headless(conversation, free_port(), *options)
    without = bare(conversation, free_port(), interpreter=python)
    with_us = [run.outcome(name) for name in run.names]
    assert [comparable(o) for o in with_us] == [comparable(o) for o in without]
    return run


def files(run: Run) -> set[str | None]:
    return {event.file for event in run.events if isinstance(event, e.CallEntered)}


def sources(run: Run) -> dict[str, str]:
    return {event.file: event.text for event in run.events if isinstance(event, e.SourceRead)}


# -- the same as without us ------------------------------------------------------------


def test_nothing_of_us_needs_to_be_there(tmp_path: Path) -> None:
    python = other_python("3.8")
    if python is None:
        pytest.skip("there is no Python 3.8 here")
    bare_words = ["env", "-i", f"HOME={tmp_path}", "PATH=/usr/bin:/bin", "/usr/bin/env"]
    importing = [*bare_words, python, "-c", "import sockscope"]
    assert subprocess.run(importing, cwd=tmp_path, capture_output=True).returncode == 1
    run = leaves_the_same(REQUEST, " ".join(bare_words), python)
    names = {event.name for event in run.events if isinstance(event, e.CallEntered)}
    assert names >= {"bind", "listen", "accept", "connect", "send", "recv", "close"}
    assert {name: text for name, text in sources(run).items() if name in files(run)} == {
        str(PROGRAMS / "request.py"): (PROGRAMS / "request.py").read_text()
    }


@pytest.mark.parametrize("words", ["identity", "tracebacks", "ends closed-all", "ends abort"])
def test_a_program_is_left_the_same(words: str) -> None:
    leaves_the_same(alone(words), AS_SSH)


def test_a_flood_of_output_comes_whole(tmp_path: Path) -> None:
    path = tmp_path / "flood.py"
    path.write_text("import sys\nfor n in range(40_000):\n    print(n, 'x' * 60)\nsys.exit(7)\n")
    done = sockscope("run", "--headless", "--via", "env", str(path))
    said = [line for line in done.stdout.splitlines() if line.startswith("flood: ")]
    assert said == [f"flood: {n} {'x' * 60}" for n in range(40_000)]
    assert done.returncode == 7


# -- bad input --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("via", "message"),
    [
        ("no-such-command x", "'no-such-command' cannot be started: no such file or directory\n"),
        ("", "'' is no command: give one such as 'ssh host'\n"),
        ("sh -c 'x", '"sh -c \'x": no closing quotation\n'),
        ("false", "'false' ended with status 1 before Python came up behind it\n"),
        ("other=env", "--via other=env: no program is called 'other': there are one\n"),
    ],
)
def test_a_command_that_leads_nowhere_gets_one_line(via: str, message: str) -> None:
    done = sockscope("run", "--headless", "--via", via, f"one={PROGRAMS / 'echo.py'}")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr.splitlines(keepends=True)[-1]


def test_what_the_command_says_reaches_the_user() -> None:
    via = "sh -c 'echo could not resolve >&2; exit 255'"
    done = sockscope("run", "--headless", "--via", via, str(PROGRAMS / "echo.py"))
    said, ours = done.stderr.splitlines()
    assert said == "could not resolve"
    assert ours.startswith("sockscope: ")
    assert "ended with status 255 before" in ours
    assert done.returncode == 2


def test_a_program_that_is_not_there_is_named() -> None:
    done = sockscope("run", "--headless", "--via", "env", "one=/nowhere/one.py")
    assert done.stderr == "sockscope: behind 'env': /nowhere/one.py: no such file or directory\n"
    assert (done.returncode, done.stdout) == (2, "")


# -- ends -----------------------------------------------------------------------------------


class Hosted:
    """A run of a program that sleeps in accept() behind a command."""

    def __init__(self, trace: Path, *options: str, via: str = "env") -> None:
        self.trace = trace
        word = DEADLOCK.replace("PORT", str(free_port()))
        command = ["run", "--headless", "--trace", str(trace), "--via", via, *options, word]
        self.process = subprocess.Popen([*SOCKSCOPE, *command], stdout=subprocess.DEVNULL)
        until("blocked", lambda: any(isinstance(v, e.CallBlocked) for v in self.events()))
        (self.command,) = children(self.process.pid)
        self.pids = list(_descendants(self.command))
        self.handles = [os.pidfd_open(pid) for pid in self.pids]

    def events(self) -> list[e.Event]:
        with contextlib.suppress(OSError, ValueError), self.trace.open("rb") as file:
            return list(decode(file))
        return []

    @property
    def program(self) -> int:
        (pid,) = [event.pid for event in self.events() if isinstance(event, e.ProcessStarted)]
        return pid

    def all_ended(self) -> None:
        for handle in self.handles:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            assert poll.poll(DEADLINE * 1000), "something is left"

    def end(self) -> tuple[int, list[str], e.ProcessExited]:
        """Its exit status, what it could not see, and how the program ended."""
        status = self.process.wait(DEADLINE)
        unseen = [event.what for event in self.events() if isinstance(event, e.NotSeen)]
        (exited,) = [event for event in self.events() if isinstance(event, e.ProcessExited)]
        return status, unseen, exited

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for handle in self.handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _descendants(child)


def test_nothing_is_left_when_we_are_killed(tmp_path: Path) -> None:
    with contextlib.closing(Hosted(tmp_path / "trace", via=AS_SSH)) as run:
        assert run.program in run.pids
        run.process.kill()
        run.all_ended()


@pytest.mark.parametrize("via", ["env", """sh -c '"$@"; exit' sh"""])
def test_a_command_that_is_killed_is_told_of(via: str, tmp_path: Path) -> None:
    with contextlib.closing(Hosted(tmp_path / "trace", via=via)) as run:
        os.kill(run.command, signal.SIGKILL)
        run.all_ended()
        status, unseen, exited = run.end()
        assert unseen == [f"how it ended: the link {via!r} was ended by SIGKILL"]
        assert (status, exited.status, exited.signal) == (255, None, None)


def test_a_program_that_is_killed_is_told_of(tmp_path: Path) -> None:
    with contextlib.closing(Hosted(tmp_path / "trace")) as run:
        os.kill(run.program, signal.SIGKILL)
        run.all_ended()
        status, unseen, exited = run.end()
        assert (status, unseen, exited.signal) == (137, [], "SIGKILL")


def test_a_link_that_says_nothing_any_more_is_given_up(tmp_path: Path) -> None:
    with contextlib.closing(Hosted(tmp_path / "trace", "--timeout", "1")) as run:
        os.kill(run.command, signal.SIGSTOP)
        run.all_ended()
        status, unseen, _ = run.end()
        assert (status, unseen) == (124, ["how it ended: the link 'env' does not answer any more"])


def test_what_the_command_says_meanwhile_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("import os\nopen(f'/proc/{os.getppid()}/fd/2', 'w').write('gone away\\n')\n")
    done = sockscope("run", "--headless", "--via", "env", str(path))
    assert "not seen: 'env' says: gone away\n" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_link_that_is_spoilt_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text(
        "import os, socket\nsocket.socket()\n"
        "open(f'/proc/{os.getppid()}/fd/1', 'wb').write(bytes([255] * 10))\n"
        "socket.create_server(('127.0.0.1', 0)).accept()\n"
    )
    done = sockscope("run", "--headless", "--via", "env", str(path))
    line = "not seen: how it ended: the link 'env' says what makes no sense\n"
    assert line in done.stdout
    assert (done.returncode, done.stderr) == (255, "")


# -- across ----------------------------------------------------------------------------------


def test_a_deadlock_is_found_across() -> None:
    port = free_port()
    words = [f"{role}={HANGING / 'both_read.py'} {role} {port}" for role in ROLES]
    done = sockscope("run", "--headless", "--timeout", "20", "--via", "client=env", *words)
    assert done.returncode == 3
    assert done.stderr.startswith(
        "sockscope: deadlock: server is blocked in recv() at line 11: nothing has come from client,"
        " because client is blocked in recv() at line 16: nothing has come from server;"
    )


def test_a_server_that_waits_in_no_call_lets_its_client_begin() -> None:
    options = ("--timeout", "20", "--via", "server=env")
    run = headless(pair("prefork"), free_port(), *options, is_whole=False)
    assert run.status == 0


async def test_a_program_is_stepped_and_started_again_behind_the_same_link() -> None:
    program = Program("one", str(PROGRAMS / "every_call.py"))
    with placed([program], [], ["env"]) as programs:
        pids = set()
        for _ in range(2):
            driven = Driven(Session(programs))
            async with contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(driven.session.close)
                await driven.session.start()
                call = await driven.step("one")
                assert (call.name, call.value) == ("socket", 3)
                pids.add(driven.state.processes["one"].pid)
                await driven.until("its text", lambda d=driven: program.path in d.state.sources)
        assert len(pids) == 2


async def test_what_comes_from_there_is_told_in_the_context_of_who_asked() -> None:
    """Textual keeps its app in a context variable: a stage can draw nothing without it."""
    asking = ContextVar("asking", default=False)
    asking.set(True)
    with placed(bundled(), [], ["client=env"]) as programs:
        told = []
        driven = Driven(Session(programs))
        driven.session.listener = lambda event: told.append((type(event), asking.get()))
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(driven.session.close)
            await driven.session.start()
            await driven.until("both texts", lambda: told.count((e.SourceRead, True)) == 2)
        assert all(is_asking for _, is_asking in told)


# -- other networks and clocks ---------------------------------------------------------------


IS_ROOT = os.geteuid() == 0
SERVER, CLIENT = "10.213.7.1", "10.213.7.2"
MSS = 1500 - 20 - 20 - 12
"""Of Ethernet: without the headers of IP and TCP, and TCP's timestamps (RFC 7323)."""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def commands() -> Iterator[tuple[str, str]]:
    """Two networks, joined by a cable: the commands that lead there."""
    if not IS_ROOT or shutil.which("ip") is None:
        pytest.skip("it takes root and ip(8) to make networks")
    names = [f"sockscope-{end}-{os.getpid()}" for end in "sc"]
    with contextlib.ExitStack() as stack:
        for name in names:
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
        server, client = names
        cable = ("eth0", "netns", server, "type", "veth", "peer", "name", "eth0", "netns", client)
        ip("link", "add", *cable)
        for name, address in zip(names, (SERVER, CLIENT), strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield f"ip netns exec {server}", f"ip netns exec {client}"


def test_two_networks_joined_by_a_cable(commands: tuple[str, str]) -> None:
    words = tuple(f"{role}={PROGRAMS / 'long.py'} {role} {SERVER} 1060" for role in ROLES)
    conversation = Conversation("long", words)
    options = [f"{role}={command}" for role, command in zip(ROLES, commands, strict=True)]
    vias = itertools.chain.from_iterable(("--via", option) for option in options)
    run = headless(conversation, 1060, "--timeout", "20", *vias)
    prefixes = [command.split() for command in commands]
    without = bare(conversation, 1060, prefixes)
    assert (
        [run.outcome(name) for name in ROLES]
        == without
        == [
            Outcome(0, "received 200000\n", ""),
            Outcome(0, "the same\n", ""),
        ]
    )
    for role in ROLES:
        views = [
            view
            for event in run.of(role)
            if isinstance(event, e.SocketsObserved)
            for view in event.sockets
        ]
        assert {view.mss for view in views if view.state == "ESTABLISHED"} == {MSS}
        assert {view.local[0] for view in views if view.kind == "connected"} == {
            SERVER if role == "server" else CLIENT
        }


def test_another_clock_is_compared_with_ours() -> None:
    """Its octets have their places, each after its cause, though its clock is hours ahead."""
    via = "unshare --time --monotonic 10000 --fork"
    if not IS_ROOT or subprocess.run([*via.split(), "true"], capture_output=True).returncode:
        pytest.skip("it takes root and time_namespaces(7) to have another clock")
    echo = next(c for c in CONVERSATIONS if c.name == "echo")
    began = time.monotonic()
    run = headless(echo, free_port(), "--timeout", "20", "--via", f"client={via}")
    assert run.status == 0
    assert 0 < run.events[-1].t / 1e9 < time.monotonic() - began
    whole = [event.elapsed_ns for event in run.of("client") if isinstance(event, e.CallReturned)]
    assert all(0 < elapsed < 10**10 for elapsed in whole)
