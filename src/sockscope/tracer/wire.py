"""A command's standard input and output as a way for frames, to and fro."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

from ..tracee.porter import CHUNK, FRAME, UP

NOISE = 1 << 16
"""Octets that a command may say before the porter does."""

LONGEST = 1 << 26
"""Octets of a frame, at most: more is no frame of a porter."""

END_DEADLINE = 2.0
"""Seconds that a command may take to end once its output has."""


class Wire:
    """One command.  ``receive`` is given its frames, ``hear`` what it says on standard error.

    Only one thread may take turns; ``put``, ``finish`` and ``break_off`` are for any.
    Raises OSError where the command cannot be started.
    """

    def __init__(self, words: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            words, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, start_new_session=True
        )
        self._in, self._from, self._err = (
            stream.fileno()
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
            if stream is not None
        )
        self._ended = os.pidfd_open(self._process.pid)
        os.set_blocking(self._in, False)
        os.set_blocking(self._err, False)
        self.receive: Callable[[bytes, bytes], None] = _nobody
        self.hear: Callable[[bytes], object] = _nobody
        self.is_up = False
        self.at_end = False
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._lock = threading.Lock()
        self._out = bytearray()
        self._received = bytearray()
        self._is_finishing = False

    def put(self, octets: bytes) -> None:
        """Send something, as soon as there is room for it."""
        with self._lock:
            self._out += octets
        self._rouse()

    def finish(self) -> None:
        """Send nothing more: the porter ends then."""
        self._is_finishing = True
        self._rouse()

    def break_off(self) -> None:
        """End the command, whatever it is doing."""
        self.at_end = True
        if self._process.returncode is None:
            self._kill()
        self._rouse()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _rouse(self) -> None:
        with self._lock, contextlib.suppress(BlockingIOError):
            if self._wake >= 0:
                os.write(self._wake, b".")

    # -- turns -----------------------------------------------------------------------

    def turn(self, seconds: float | None = None, also: Sequence[int] = ()) -> list[int]:
        """Wait for something to do, and do it; gives those of ``also`` that can be read."""
        poll = select.poll()
        for fd in (self._err, self._from, self._woken, self._ended, *also):
            if fd >= 0:
                poll.register(fd, select.POLLIN)
        if self._in >= 0 and (self._out or self._is_finishing):
            poll.register(self._in, select.POLLOUT)
        own = {
            self._in: self._flush,
            self._from: self._read,
            self._err: self._listen,
            self._woken: self._clear,
            self._ended: self._take_last,
        }
        found = []
        for fd, _ in poll.poll(None if seconds is None else seconds * 1000):
            if fd in own:
                own[fd]()
            else:
                found.append(fd)
        return found

    def _clear(self) -> None:
        os.read(self._woken, CHUNK)

    def _flush(self) -> None:
        with self._lock:
            try:
                del self._out[: os.write(self._in, self._out[:CHUNK])]
            except BlockingIOError:
                return
            except OSError:
                self._out.clear()
            if self._is_finishing and not self._out:
                self._close_input()

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._in = -1

    def _read(self) -> None:
        data = os.read(self._from, CHUNK)
        if not data:
            self.at_end = True
        self._received += data
        if not self.is_up:
            self._await_porter()
        while self.is_up and len(self._received) >= FRAME.size:
            kind, length = FRAME.unpack_from(self._received)
            if length > LONGEST:
                raise ValueError(f"a frame of {length} octets")
            end = FRAME.size + length
            if len(self._received) < end:
                return
            body = bytes(self._received[FRAME.size : end])
            del self._received[:end]
            self.receive(kind, body)

    def _take_last(self) -> None:
        """The command has ended: what it has said is all, whoever else holds its output."""
        while not self.at_end and select.select([self._from], [], [], 0)[0]:
            self._read()
        self.at_end = True

    def _await_porter(self) -> None:
        """A shell may have said something of its own before."""
        noise, up, rest = self._received.partition(UP)
        if up:
            self.is_up = True
            self._received = rest
        elif len(noise) > NOISE:
            self.break_off()

    def _listen(self) -> bool:
        """Take what it says on standard error; False where there is no more of it."""
        try:
            data = os.read(self._err, CHUNK)
        except BlockingIOError:
            return False
        if data:
            self.hear(data)
        else:
            self._err = -1
        return bool(data)

    # -- the end -----------------------------------------------------------------------

    def end(self) -> str:
        """Reap the command, and tell how it ended; for who takes the turns."""
        try:
            status = self._process.wait(END_DEADLINE)
        except subprocess.TimeoutExpired:
            self._kill()
            status = self._process.wait()
        while self._err >= 0 and self._listen():
            pass
        self._kill()  # what it has left behind
        with self._process:
            self._in = -1
        with self._lock:
            for fd in (self._woken, self._wake, self._ended):
                os.close(fd)
            self._wake = -1
        return _how(status)


def _how(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"


def _nobody(*_: bytes) -> None:
    """Takes what comes before anybody wants it."""
