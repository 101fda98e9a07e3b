"""The way to another host: a command behind which one program runs.

At its other end is a porter (``tracee.porter``), whose text is sent through it; nothing else
needs to be there but Python.
"""

from __future__ import annotations

import functools
import json
import os
import shlex
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..tracee import porter, proc
from .far import FarChild
from .programs import Program, ProgramError
from .wire import Wire

UP_DEADLINE = 60.0
"""Seconds that a command may take until Python runs behind it."""

ANSWER_DEADLINE = 20.0
"""Seconds that a porter may take to answer while nothing else is under way."""

CLOSE_DEADLINE = 5.0
"""Seconds that the link may take to end by itself."""

ROUND_TRIPS = 16

PIPES = frozenset({"read", "write", "lifeline"})
"""What a set-up tells of fds, which are those of this host."""

_BOOTSTRAP = """0#'
import sys
if sys.version_info < (3, 8):
    sys.exit("sockscope: Python %d.%d is too old: give 3.8 or newer" % sys.version_info[:2])
if sys.platform != "linux":
    sys.exit("sockscope: this host runs %s: programs are followed on Linux" % sys.platform)
exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))
#'"""
"""What Python is given to run.

A command such as ssh hands it to a shell, others hand it on as it is.  So it means the same
with its two quotes and without: a shell takes them off, and for Python they are comments.
"""


class Link:
    """One command, and the program behind it.

    Raises ProgramError where it does not come up.  A link is made and asked to ``check``
    before there is any event loop; from then on a thread of its own carries what passes.
    """

    def __init__(self, command: str, python: str) -> None:
        self.command = command
        self.ahead = 0
        self._wire = _started(command, python)
        self._wire.receive = self._answer
        self._wire.hear = functools.partial(os.write, sys.stderr.fileno())
        self._answers: deque[tuple[bytes, dict[str, Any]]] = deque()
        self._readers: deque[Callable[[bytes], None]] = deque()
        self._lock = threading.Lock()
        self._coming: deque[FarChild] = deque()
        self._child: FarChild | None = None
        self._unfinished = b""
        self._how: str | None = None
        self._given_up = ""
        self._thread = threading.Thread(target=self._carry, daemon=True)
        try:
            self._come_up()
        except BaseException:
            self.close()
            raise

    # -- before anything runs -------------------------------------------------------

    def _come_up(self) -> None:
        self._wire.put(_luggage())
        hello = self._await(porter.HELLO, UP_DEADLINE)
        self._next_pid = hello["pid"]
        if hello["clock"] is None or hello["clock"] != proc.clock():
            self.ahead = self._offset()

    def _offset(self) -> int:
        """By how much the clock there is ahead of ours, in nanoseconds.

        Taken from the quickest of some round trips, as if both its ways took the same time:
        the error is half of what they differ by, and so at most half the round trip.  How
        fast the clocks run is not compared: 20 millionths, which is usual, are 72 ms in an
        hour.
        """
        quickest, ahead = sys.maxsize, 0
        for _ in range(ROUND_TRIPS):
            sent = time.monotonic_ns()
            self.tell(porter.CLOCK)
            there = self._await(porter.TIME, ANSWER_DEADLINE)["now"]
            taken = time.monotonic_ns() - sent
            if taken < quickest:
                quickest, ahead = taken, there - sent - taken // 2
        return ahead

    def check(self, program: Program) -> Program:
        """``program`` as one that runs there.  Raises ProgramError where it cannot."""
        self.tell(porter.CHECK, os.fsencode(program.path))
        found = self._await(porter.MISTAKE, ANSWER_DEADLINE)
        if found["mistake"] is not None:
            raise ProgramError(f"behind {self.command!r}: {found['mistake']}")
        return replace(program, spawn=self.spawn, file=found["file"])

    def _answer(self, kind: bytes, body: bytes) -> None:
        self._answers.append((kind, json.loads(body)))

    def _await(self, kind: bytes, seconds: float) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while not self._answers:
            left = deadline - time.monotonic()
            if left < 0:
                raise ProgramError(f"{self.command!r} does not answer: no Python came up behind it")
            if self._wire.at_end:
                self._how = self._wire.end()
                raise ProgramError(f"{self.command!r} {self._how} before Python came up behind it")
            try:
                self._wire.turn(left)
            except ValueError:
                raise ProgramError(f"{self.command!r} says what makes no sense") from None
        came, fields = self._answers.popleft()
        assert came == kind
        return fields

    # -- while programs run -----------------------------------------------------------

    def open(self) -> None:
        """Begin to carry."""
        self._wire.receive = self._take
        self._wire.hear = self._hear
        self._thread.start()

    def spawn(
        self, setup: Mapping[str, Any], argv: Sequence[str], _pipes: Sequence[int]
    ) -> FarChild:
        """Start a tracee there, if the link is not over: it has ended then."""
        orders, reports = os.dup(setup["read"]), os.dup(setup["write"])
        child = FarChild(self, self._next_pid, orders, reports)
        given = {name: value for name, value in setup.items() if name not in PIPES}
        with self._lock:
            if self._how is None:
                self._coming.append(child)
            else:
                self._lose(child)
        self.tell(porter.START, json.dumps({"setup": given, "argv": argv}).encode())
        return child

    def tell(self, kind: bytes, body: bytes = b"") -> None:
        """Send the porter one frame."""
        self._wire.put(porter.FRAME.pack(kind, len(body)) + body)

    def read(self, file: str, take: Callable[[bytes], None]) -> None:
        """Have the text of a file there given to ``take``, by the thread of the link."""
        self._readers.append(take)
        self.tell(porter.READ, os.fsencode(file))

    def give_up(self) -> None:
        """The link is of no use any more."""
        self._given_up = "does not answer any more"
        self._wire.break_off()

    def close(self) -> None:
        """End it, and whatever runs there."""
        if self._thread.ident is None:
            if self._how is None:
                self._wire.break_off()
                self._wire.end()
            return
        self._wire.finish()
        self._thread.join(CLOSE_DEADLINE)
        if self._thread.is_alive():
            self._wire.break_off()
            self._thread.join(CLOSE_DEADLINE)

    # -- the thread ---------------------------------------------------------------------

    def _carry(self) -> None:
        try:
            self._carry_on()
        except Exception:  # whatever it was that came, nothing may wait for more
            self._given_up = "says what makes no sense"
            self._wire.break_off()
        how = self._wire.end()
        if self._unfinished:
            self._hear(b"\n")
        with self._lock:
            self._how = self._given_up or how
            for lost in (self._child, *self._coming):
                if lost is not None:
                    self._lose(lost)

    def _carry_on(self) -> None:
        while not self._wire.at_end:
            child = self._child
            orders = [] if child is None or child.orders < 0 else [child.orders]
            if self._wire.turn(None, orders) and child is not None:
                child.pass_orders()

    def _lose(self, child: FarChild) -> None:
        child.hear(f"how it ended: the link {self.command!r} {self._how}")
        child.close()

    def _take(self, kind: bytes, body: bytes) -> None:
        if kind == porter.BEGUN:
            if self._child is not None:
                self._child.close()
            self._child = self._coming.popleft()
        elif kind == porter.TEXT:
            self._readers.popleft()(body)
        elif self._child is not None:
            if kind == porter.EXIT:
                self._next_pid = json.loads(body)["next"]
            self._child.take(kind, body)

    def _hear(self, data: bytes) -> None:
        """The command itself says something: its user reads it line by line."""
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            if self._child is not None:
                self._child.hear(f"{self.command!r} says: {line.decode('utf-8', 'replace')}")


def _started(command: str, python: str) -> Wire:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ProgramError(f"{command!r}: {str(error).lower()}") from None
    if not words:
        raise ProgramError(f"{command!r} is no command: give one such as 'ssh host'")
    try:
        return Wire([*words, python, "-I", "-c", _BOOTSTRAP])
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ProgramError(f"{words[0]!r} cannot be started: {reason}") from None


@functools.cache
def _luggage() -> bytes:
    """What the bootstrap runs: the text of the tracee's package, and how to begin with it."""
    folder = Path(porter.__file__).parent
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    opening = texts["carried"]
    texts = {name: text for name, text in texts.items() if not name.startswith("__")}
    text = f"{opening}\nport({texts!r})\n".encode()
    return b"%d\n%s" % (len(text), text)
