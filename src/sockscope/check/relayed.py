"""One run of two programs in any language, with a relay between them.

They are not traced: what they do is seen from outside, in proc(5) and at the relay.
"""

from __future__ import annotations

import fcntl
import os
import select
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from ..tracee import proc
from ..tracer.programs import Program, ProgramError, free_port
from .bounds import WHOLE_RUN, Bounds, too_long
from .outcome import Ended, NothingToCutError, Outcome, last_words
from .plans import WHOLE, Plan
from .relay import Relay
from .running import Ran

LOOK: Final = 0.005
"""Seconds between two looks."""

READY: Final = 20.0
"""Seconds that a server may take to listen."""

QUIET: Final = 2.0
"""Seconds without a delivery after which programs that sleep are taken to hang."""

SPIN: Final = 1.0
"""Seconds of CPU time that a program may take after its peer's death, with nothing delivered."""

RESTS: Final = 4
"""Looks in a row that find a server waiting for somebody new."""

SHELLS: Final = frozenset(("|", "||", "&", "&&", ";", "<", ">", ">>"))
"""Words that only a shell understands."""

LISTENING: Final = "0A"
UNCONNECTED: Final = "07"
"""States of sockets, as /proc/net has them."""


def parse(words: Sequence[str]) -> list[Program]:
    """The server and the client that two command lines name.  Raises ProgramError."""
    if len(words) != 2:
        raise ProgramError("a relay stands between two programs: a server and a client")
    return [_parse_one(name, word) for name, word in zip(("server", "client"), words, strict=True)]


def _parse_one(name: str, word: str) -> Program:
    try:
        parts = shlex.split(word)
    except ValueError as error:
        raise ProgramError(f"{word!r} cannot be split into words: {error}") from None
    path = shutil.which(parts[0]) if parts else None
    if path is None:
        raise ProgramError(f"there is no program {parts[0] if parts else word!r}")
    if shell := SHELLS.intersection(parts):
        raise ProgramError(
            f"{word!r}: no shell reads {min(shell)}: it would be an argument (bash -c '…' has one)"
        )
    if "{port}" not in word:
        raise ProgramError(f"{word!r} names no {{port}}, at which the relay could stand")
    return Program(name, path, tuple(parts[1:]))


def run(programs: Sequence[Program], plan: Plan, bounds: Bounds = WHOLE_RUN) -> Ran:
    """Run a server and a client to their end, or until nothing happens any more."""
    server, client = programs
    port, began = free_port(), time.monotonic()
    with ExitStack() as stack:
        serving = stack.enter_context(_Running(server, port))
        serving.wait_for(
            lambda: _listens(port) or (_takes_datagrams(port) and serving.is_asleep()),
            min(READY, bounds.seconds),
        )
        if plan.kind == WHOLE and not _listens(port):
            raise NothingToCutError(serving.why_deaf(port))
        relay = Relay([server.name, client.name], plan, port)
        stack.callback(relay.close)
        asking = stack.enter_context(_Running(client, relay.port))
        hang = _until_over(serving, asking, relay, plan, bounds)
        seconds = time.monotonic() - began
        codes = [one.process.poll() for one in (serving, asking)]  # before one's end is the other's
        ended = [one.at_end(code) for one, code in zip((serving, asking), codes, strict=True)]
        relay.close()
        sent = {name: tuple(map(bytes, streams)) for name, streams in relay.sent.items()}
    programs_ended = tuple(replace(one, sent=sent[one.name]) for one in ended)
    received = {server.name: sent[client.name], client.name: sent[server.name]}
    return Ran(
        Outcome(programs_ended, hang),
        (),
        received,
        seconds,
        is_late=bool(hang) and seconds > bounds.seconds,
    )


class _Running:
    """A program of any kind, in a process group of its own, which the kernel ends with us."""

    def __init__(self, program: Program, port: int) -> None:
        self.name = program.name
        self._out: IO[bytes] = TemporaryFile()  # noqa: SIM115
        self._err: IO[bytes] = TemporaryFile()  # noqa: SIM115
        ours, self._lifeline = os.pipe()
        try:
            self.process = subprocess.Popen(
                [program.path, *(arg.replace("{port}", str(port)) for arg in program.args)],
                stdin=subprocess.DEVNULL,
                stdout=self._out,
                stderr=self._err,
                start_new_session=True,
                pass_fds=(ours,),
                preexec_fn=partial(_hold, ours),
            )
        finally:
            os.close(ours)
        self.ended = os.pidfd_open(self.process.pid)
        """Can be read once it has ended."""

    def __enter__(self) -> _Running:
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        os.close(self.ended)
        os.close(self._lifeline)
        self._out.close()
        self._err.close()

    def at_end(self, code: int | None) -> Ended:
        """What it came to, given its exit status; one that has not ended is ended now."""
        self._kill()
        return Ended(
            self.name,
            code if code is None else max(code, -1),  # any signal is -1
            _text(self._out),
            _text(self._err),
            (),
        )

    def _kill(self) -> None:
        """End it and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> None:
        """Until it holds, the program has ended, or the time is up."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and not holds() and time.monotonic() < deadline:
            _wait([self])

    def why_deaf(self, port: int) -> str:
        """That it does not listen, and how it has ended, if it has."""
        said = f"{self.name} does not listen at {{port}}, which is {port}"
        status = self.process.poll()
        if status is not None:
            return f"{said}: it ends with status {status}{last_words(_text(self._err))}"
        if _takes_datagrams(port):
            return f"{said}: it takes datagrams there, of which the rest would be lost"
        return said

    def is_asleep(self) -> bool:
        """Whether every thread sleeps, and none of them in a sleep that ends by itself."""
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                state = (task / "stat").read_text().rpartition(")")[2].split()[0]
                channel = (task / "wchan").read_text()
            except OSError:
                return False
            if state != "S" or "nanosleep" in channel:
                return False
        return True

    def cpu_seconds(self) -> float:
        """The CPU time that it has used."""
        return proc.cpu_seconds(self.process.pid)


def _hold(lifeline: int) -> None:
    """Have the kernel kill this process group once the other end is gone (fcntl(2))."""
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _until_over(
    serving: _Running, asking: _Running, relay: Relay, plan: Plan, bounds: Bounds
) -> str:
    """Until both have ended, or the server waits for somebody new; who hangs, in words."""
    began = since = time.monotonic()
    rests, moved, used = 0, -1, dict.fromkeys((serving, asking), 0.0)
    while alive := [one for one in (serving, asking) if one.process.poll() is None]:
        asleep = all(one.is_asleep() for one in alive)
        rests = rests + 1 if asleep and alive == [serving] and not relay.is_open else 0
        if rests == RESTS:
            return ""
        if relay.moved != moved:
            used = {one: one.cpu_seconds() for one in alive}
        elif plan.dies and (busy := [o for o in alive if o.cpu_seconds() > used[o] + SPIN]):
            return f"nothing is delivered any more, and on and on runs: {_names(busy)}"
        if relay.moved != moved or not asleep:
            moved, since = relay.moved, time.monotonic()
        if time.monotonic() - began > bounds.seconds:
            return too_long(bounds, (one.name for one in alive))
        if time.monotonic() - since > QUIET:
            return f"nothing is delivered, and asleep are: {_names(alive)}"
        _wait(alive)
    return ""


def _wait(alive: Sequence[_Running]) -> None:
    """Until one of them ends, or it is time to look at them again."""
    select.select([one.ended for one in alive], [], [], LOOK)


def _names(running: Sequence[_Running]) -> str:
    return ", ".join(one.name for one in running)


def _listens(port: int) -> bool:
    """Whether anybody listens there: to connect would use it up."""
    return _is_told(port, "tcp", LISTENING)


def _takes_datagrams(port: int) -> bool:
    return _is_told(port, "udp", UNCONNECTED)


def _is_told(port: int, protocol: str, state: str) -> bool:
    """Whether a socket has this port and state (proc(5), /proc/net/tcp)."""
    tables = (Path(f"/proc/net/{protocol}{version}") for version in ("", "6"))
    text = "".join(table.read_text() for table in tables if table.exists())
    rows = [row.split() for row in text.splitlines()]
    return any(row[1].endswith(f":{port:04X}") and row[3] == state for row in rows)
