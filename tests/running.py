"""Runs programs bare, under us, and under strace: what the tests compare."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conservation import check
from sockscope.trace import events as e
from sockscope.trace.codec import decode

PROGRAMS = Path(__file__).parent / "programs"
BUNDLED = Path(__file__).parent.parent / "src" / "sockscope" / "programs"
DEADLINE = 30.0
SOCKSCOPE = (sys.executable, "-m", "sockscope")

_claims: list[socket.socket] = []
_numbers = itertools.count(os.getpid() * 97)


def free_port() -> int:
    """A port below the ephemeral range that no other test process of this machine uses."""
    for number in _numbers:
        port = 20_000 + number % 12_000
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0sockscope-test-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise AssertionError


def until(what: str, condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Wait for ``condition()``, with a deadline."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not come about in {seconds} s"
        time.sleep(0.005)


def listens(port: int, pid: int | str = "self") -> bool:
    """Whether somebody listens at an address of the network of process ``pid``."""
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return any(f[3] == "0A" and int(f[1].partition(":")[2], 16) == port for f in fields)


@dataclass(frozen=True)
class Conversation:
    """Some programs of ours that talk to each other; ``PORT`` stands for their port."""

    name: str
    words: tuple[str, ...]
    steady: bool = True  # whether its calls come in the same order at every run

    def commands(self, port: int) -> list[str]:
        return [word.replace("PORT", str(port)) for word in self.words]


def pair(name: str, clients: int = 1, steady: bool = True) -> Conversation:
    path = PROGRAMS / f"{name}.py"
    client = f"client={path} client PORT"
    return Conversation(name, (f"server={path} server PORT", *[client] * clients), steady)


CONVERSATIONS = (
    Conversation("bundled", tuple(f"{BUNDLED / name}.py PORT" for name in ("server", "client"))),
    pair("request"),
    pair("threaded", clients=3, steady=False),
    pair("echo"),
    pair("half_close"),
    pair("reset"),
    pair("timeouts"),
    pair("lines"),
    pair("handlers"),
    pair("polled"),
    pair("web"),
    pair("sendfile"),
)
SHAPES = (
    pair("streams"),
    pair("protocols"),
    pair("chooser", clients=3, steady=False),
    pair("remote"),
    pair("threads_of_server", steady=False),
    pair("passing"),
    pair("forking"),
    pair("workers"),
    pair("prefork", steady=False),
    pair("spawned"),
    pair("commands"),
    pair("secret"),
)
"""Programs of all shapes, whose calls the standard library makes for them."""

NOT_WHOLE = frozenset({"secret"})
"""Those in which OpenSSL moves octets by calls that are not seen."""

ALONE = (
    "every_call",
    "identity",
    "tracebacks",
    "uncaught",
    "own_hook",
    "interrupted",
    "talkative",
    "no_socket",
    "defaults",
    "inner_thread",
    "no_frame",
    "wrong_calls",
    "ends os-exit",
    "ends exit",
    "ends exit-text",
    "ends abort",
    "ends kill",
    "ends term",
    "ends interrupt",
    "ends closed-output",
    "ends closed-all",
    "ends fork",
    "ends exec",
    "ends memory",
    "ends syntax",
    "ends late",
    "command_lines",
)
"""Programs that talk to nobody else, with their argument."""


def alone(words: str) -> Conversation:
    """One of ALONE."""
    name, *args = words.split()
    return Conversation(words, (" ".join([f"{PROGRAMS / name}.py", *args]),))


# -- bare ------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What can be seen of a program from outside."""

    status: int
    stdout: str
    stderr: str


@contextlib.contextmanager
def started(
    conversation: Conversation,
    port: int,
    prefixes: Sequence[Sequence[str]] = (),
    interpreter: str = sys.executable,
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The programs, running without us; a client starts once its server listens."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for number, word in enumerate(conversation.commands(port)):
            running.append(
                subprocess.Popen(
                    [*(prefixes[number] if prefixes else ()), *python(word, interpreter)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
            if len(conversation.words) > 1 and len(running) == 1:
                until("listening", lambda: listens(port, running[0].pid))
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def bare(
    conversation: Conversation,
    port: int,
    prefixes: Sequence[Sequence[str]] = (),
    interpreter: str = sys.executable,
) -> list[Outcome]:
    """What the programs do without us."""
    with started(conversation, port, prefixes, interpreter) as running:
        ends = [process.communicate(timeout=DEADLINE) for process in running]
    return [
        Outcome(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))
        for process, (out, err) in zip(running, ends, strict=True)
    ]


def python(word: str, interpreter: str) -> list[str]:
    """The command that runs a program as a user would."""
    _, _, rest = word.rpartition("=")
    return [interpreter, *rest.split()]


def other_python(version: str) -> str | None:
    """The path of Python ``version``, such as 3.8, where this machine has it."""
    found = Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python{version}")
    return next(map(str, found), None) or shutil.which(f"python{version}")


# -- under us --------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One headless run: its own end, and its trace."""

    status: int
    stderr: str
    events: tuple[e.Event, ...]

    @property
    def names(self) -> list[str]:
        """The programs, without their children."""
        started = (v for v in self.events if isinstance(v, e.ProcessStarted))
        return list(dict.fromkeys(v.proc or "" for v in started if v.parent is None))

    def of(self, name: str) -> list[e.Event]:
        return [event for event in self.events if event.proc == name]

    def of_family(self, name: str) -> list[e.Event]:
        """The events of a program and of all that come from it."""
        family = {name}
        for event in self.events:
            if isinstance(event, e.ProcessStarted) and event.parent in family:
                family.add(event.proc or "")
        return [event for event in self.events if event.proc in family]

    def outcome(self, name: str) -> Outcome:
        """The same of one program as ``bare`` gives."""
        (end,) = [event for event in self.of(name) if isinstance(event, e.ProcessExited)]
        texts = {"stdout": "", "stderr": ""}
        for event in self.of(name):
            if isinstance(event, e.Output):
                texts[event.stream] += event.text
        status = -signal.Signals[end.signal] if end.signal else end.status
        assert status is not None
        return Outcome(status, texts["stdout"], texts["stderr"])


def sockscope(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command, from start to end."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*SOCKSCOPE, *words],
        **{
            "stdin": subprocess.DEVNULL,
            "capture_output": True,
            "text": True,
            "timeout": DEADLINE,
            **options,
        },
    )


@functools.cache
def alone_run(words: str) -> Run:
    """One headless run of a program of ALONE, made once for all tests of a process."""
    return headless(alone(words), 0, "--timeout", "20")


def headless(conversation: Conversation, port: int, *options: str, is_whole: bool = True) -> Run:
    """Run the programs under us; no octet may be lost, whatever they do.

    Unless ``is_whole`` is false: others, whose calls are not seen, move octets too.
    """
    done = sockscope("run", "--headless", "--json", *options, *conversation.commands(port))
    events = tuple(decode(line.encode() for line in done.stdout.splitlines(keepends=True)))
    if is_whole:
        check(events)
    return Run(done.returncode, done.stderr, events)


@functools.cache
def conversation_run(name: str) -> Run:
    """One headless run of a conversation, made once for all tests of a process."""
    conversation = next(c for c in (*CONVERSATIONS, *SHAPES) if c.name == name)
    is_whole = name not in NOT_WHOLE
    return headless(conversation, free_port(), "--timeout", "20", is_whole=is_whole)


# -- under strace ----------------------------------------------------------------

HAS_STRACE = shutil.which("strace") is not None


SEEN_BY_STRACE = "trace=network,close,read,write,clone,clone3,fork,vfork,execve"
STRACE = ("strace", "-f", "-xx", "-s", "4096", "-e", SEEN_BY_STRACE, "-o")


def straced(conversation: Conversation, port: int) -> list[list[str]]:
    """The lines that strace wrote of each program."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, str(number)) for number in range(len(conversation.words))]
        bare(conversation, port, [(*STRACE, str(file)) for file in files])
        return [file.read_text().splitlines() for file in files]


def straced_until(
    conversation: Conversation, port: int, ripe: Callable[[list[int]], bool]
) -> list[list[str]]:
    """The same of programs that never end: they are killed once ``ripe(pids)`` of strace."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, str(number)) for number in range(len(conversation.words))]
        prefixes = [(*STRACE, str(file)) for file in files]
        with started(conversation, port, prefixes) as running:
            pids = [process.pid for process in running]
            until("the end to wait for", lambda: ripe(pids))
            for pid in pids:
                for child in children(pid):
                    os.kill(child, signal.SIGKILL)
            for process in running:
                process.wait(DEADLINE)
        return [file.read_text().splitlines() for file in files]


def children(pid: int) -> list[int]:
    """The processes that ``pid`` has started."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


_CHANGING = re.compile(r"\b\d{4,}\b|0x[0-9a-f]+")


def steady_text(text: str) -> str:
    """Without ports, numbers of threads and addresses in memory."""
    return _CHANGING.sub("#", text)
