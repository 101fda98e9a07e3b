"""Starts tracees where nothing of sockscope is, and carries their pipes over its own.

What a tracee reports and writes goes out on standard output, and what it is ordered comes
in on standard input, in frames: a kind, a length, and so many octets.  The next tracee is
forked ahead and waits, so that its pid is known before it is wanted.

A tracee is killed with all of its process group when standard input ends, and by the
kernel when the porter itself ends, however it ends: the porter holds its lifeline.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import marshal
import os
import select
import signal
import struct
import sys
import time

from . import proc, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, NoReturn

UP = b"sockscope: the porter is up\n"
"""What comes first, after whatever a shell has to say.  Its end of line stands here as an
escape: no echo of this text is taken for it."""

FRAME = struct.Struct(">cI")
"""Before each frame: its kind, and its length in octets."""

REPORTS, STDOUT, STDERR = b"r", b"o", b"e"
"""What comes out of a tracee; an empty frame says that no more will."""

HELLO, BEGUN, EXIT, FIGURES, TEXT, MISTAKE, TIME = b"h", b"b", b"x", b"f", b"t", b"m", b"n"
"""What a porter says besides."""

ORDERS, START, KILL, READ, CHECK, CLOCK = b"d", b"s", b"k", b"g", b"p", b"c"
"""What it is told."""

CHUNK = 1 << 16
"""Octets of one frame, at most; frames of a tracee never wait for a longer one."""

AHEAD = 1 << 20
"""Octets that wait to go out before the tracee itself has to wait."""

FULLEST = 2 * AHEAD // CHUNK
"""Chunks that a pipe can hold, and more: what comes after them comes from somebody else."""

_F_SETPIPE_SZ = 1031  # which older Pythons do not name

_BEGIN = """
import marshal, os, sys
fd, left, parts = int(sys.argv[1]), int(sys.argv[2]), []
while left:
    parts.append(os.read(fd, left))
    left -= len(parts[-1]) or sys.exit(1)
codes = marshal.loads(b"".join(parts))
space = {"__name__": "carried"}
exec(codes["_sockscope_tracee.carried"], space)
space["live"](codes, sys.argv[3:])
"""
"""What a tracee's interpreter runs: the package comes to it through the pipe of its orders."""


class Outlet:
    """The write end of a pipe, and what waits for room in it."""

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self.fd = fd
        self.waiting = bytearray()

    def send(self, octets: bytes) -> None:
        """Write something, as soon as there is room for it."""
        self.waiting += octets
        self.flush()

    def flush(self) -> None:
        """Write what there is room for; raises OSError where nobody reads any more."""
        while self.waiting:
            try:
                del self.waiting[: os.write(self.fd, self.waiting[:CHUNK])]
            except BlockingIOError:
                return


class Ward:
    """A tracee, or a process that waits to become one, and our ends of its pipes."""

    def __init__(self) -> None:
        orders, orders_end = os.pipe()
        go, self._go = os.pipe()
        self.reports, reports = os.pipe()
        lifeline, self._lifeline = os.pipe()
        self.stdout, stdout = os.pipe()
        self.stderr, stderr = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(self.reports, _F_SETPIPE_SZ, AHEAD)
        self._theirs = {"read": orders, "write": reports, "lifeline": lifeline}
        self.pid = os.fork()
        if self.pid == 0:
            _wait_and_begin(go, stdout, stderr, list(self._theirs.values()))
        for fd in (go, stdout, stderr, *self._theirs.values()):
            os.close(fd)
        self.orders = Outlet(orders_end)
        self.has_ended = False
        self.sources = {self.stdout: STDOUT, self.stderr: STDERR, self.reports: REPORTS}
        for fd in self.sources:
            os.set_blocking(fd, False)

    def start(self, setup: dict[str, Any], argv: list[str], codes: bytes) -> None:
        """Let it become a tracee."""
        given = json.dumps({**setup, **self._theirs})
        words = ["-c", _BEGIN, str(self._theirs["read"]), str(len(codes)), given, *argv]
        with contextlib.suppress(BrokenPipeError), os.fdopen(self._go, "wb") as go:
            go.write(json.dumps(words).encode())
        self.order(codes)

    def order(self, octets: bytes) -> None:
        """Send orders, after those that wait."""
        with contextlib.suppress(OSError):
            self.orders.send(octets)

    def kill(self, number: int, whole_group: bool) -> None:
        """Send a signal to it, or to all that it has started as well."""
        if whole_group or not self.has_ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                (os.killpg if whole_group else os.kill)(self.pid, number)

    def close(self) -> None:
        """End whatever is left of it."""
        self.kill(signal.SIGKILL, True)
        for fd in (self.orders.fd, self._lifeline, *self.sources):
            os.close(fd)


def _wait_and_begin(go: int, stdout: int, stderr: int, theirs: list[int]) -> NoReturn:
    """In the child: wait for the words of its command, then run it."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number, fd in enumerate((os.open(os.devnull, os.O_RDONLY), stdout, stderr)):
        os.dup2(fd, number)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in (go, *theirs):
            with contextlib.suppress(OSError):
                os.close(int(name))
    with os.fdopen(go, "rb") as told:
        words = told.read()
    if words:
        for fd in theirs:
            os.set_inheritable(fd, True)
        python = sys.executable or os.readlink("/proc/self/exe")
        with contextlib.suppress(OSError):
            os.execv(python, [python, *json.loads(words)])
    os._exit(127)


class Porter:
    """Serves one tracer, one tracee at a time."""

    def __init__(self, codes: bytes) -> None:
        self._codes = codes
        self._out = Outlet(1)
        self._received = bytearray()
        self._figures: dict[str, Any] = {}
        self._dead, wakeup = os.pipe()
        for fd in (self._dead, wakeup):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._ward: Ward | None = None
        self._next = Ward()

    def run(self) -> None:
        """Serve until the tracer is gone."""
        self._out.send(UP)
        self._tell(HELLO, pid=self._next.pid, clock=proc.clock())
        while True:
            for fd, events in self._awaited().poll():
                if fd == 0 and not self._receive():
                    return
                if fd == 1 and events & ~select.POLLOUT:
                    return
                self._serve(fd)

    def close(self) -> None:
        """End every tracee."""
        for ward in (self._ward, self._next):
            if ward is not None:
                ward.close()

    def _awaited(self) -> select.poll:
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(1, select.POLLOUT if self._out.waiting else 0)
        poll.register(self._dead, select.POLLIN)
        if self._ward is not None:
            if self._ward.orders.waiting:
                poll.register(self._ward.orders.fd, select.POLLOUT)
            if len(self._out.waiting) < AHEAD:
                for fd in self._ward.sources:
                    poll.register(fd, select.POLLIN)
        return poll

    def _serve(self, fd: int) -> None:
        ward = self._ward
        if fd == 1:
            self._out.flush()
        elif fd == self._dead:
            with contextlib.suppress(BlockingIOError):
                os.read(self._dead, CHUNK)
            self._reap()
        elif ward is not None and fd == ward.orders.fd:
            ward.order(b"")
        elif ward is not None and fd in ward.sources:
            self._carry(ward, fd)

    # -- what the tracer sends -----------------------------------------------------

    def _receive(self) -> bool:
        """Take what has come; False where no more will."""
        try:
            data = os.read(0, CHUNK)
        except BlockingIOError:  # standard output may be the same socket
            return True
        except OSError:
            data = b""
        self._received += data
        while len(self._received) >= FRAME.size:
            kind, length = FRAME.unpack_from(self._received)
            end = FRAME.size + length
            if len(self._received) < end:
                break
            body = bytes(self._received[FRAME.size : end])
            del self._received[:end]
            self._obey(kind, body)
        return bool(data)

    def _obey(self, kind: bytes, body: bytes) -> None:
        ward = self._ward
        if kind == CLOCK:
            self._tell(TIME, now=time.monotonic_ns())
        elif kind == CHECK:
            path = os.path.join(os.getcwd(), os.fsdecode(body))
            self._tell(MISTAKE, file=path, mistake=reading.mistake(os.fsdecode(body)))
        elif kind == READ:
            self._send(TEXT, _text(os.fsdecode(body)))
        elif kind == START:
            self._start(**json.loads(body))
        elif ward is not None and kind == ORDERS:
            ward.order(body)
        elif ward is not None and kind == KILL:
            ward.kill(*json.loads(body))

    def _start(self, setup: dict[str, Any], argv: list[str]) -> None:
        if self._ward is not None:
            self._ward.close()
        self._ward = self._next
        self._figures = {}
        self._tell(BEGUN)
        self._ward.start(setup, argv, self._codes)
        self._reap()

    # -- what a tracee sends ---------------------------------------------------------

    def _carry(self, ward: Ward, fd: int) -> None:
        """Pass on what one pipe of a tracee holds.

        What it wrote before a report has its place before that: where a report has come,
        what it wrote has come too.
        """
        data = _read(fd)
        if fd == ward.reports:
            for output in (ward.stdout, ward.stderr):
                self._pass_on(ward, output, _read(output) if output in ward.sources else None)
            self._tell_figures(ward)
        self._pass_on(ward, fd, data)

    def _pass_on(self, ward: Ward, fd: int, data: bytes | None) -> None:
        if data is None:
            return
        self._send(ward.sources[fd], data)
        if not data:
            del ward.sources[fd]
            os.close(fd)

    def _tell_figures(self, ward: Ward) -> None:
        """Say what /proc tells of the tracee, where it is something new."""
        if ward.has_ended:
            return
        figures = {
            "waits": proc.waits_for_any(ward.pid),
            "rest": proc.rest(ward.pid),
            "children": proc.children(ward.pid),
        }
        if figures != self._figures:
            self._figures = figures
            self._tell(FIGURES, **figures)

    def _reap(self) -> None:
        """Tell of a tracee that has ended, after all that it had to say."""
        ward = self._ward
        if ward is None or ward.has_ended:
            return
        pid, status = os.waitpid(ward.pid, os.WNOHANG)
        if pid == 0:
            return
        ward.has_ended = True
        for fd in list(ward.sources):
            for _ in range(FULLEST):
                data = _read(fd)
                self._pass_on(ward, fd, data)
                if not data:
                    break
        self._next = Ward()
        self._tell(EXIT, status=_exit_status(status), next=self._next.pid)

    # -- frames ------------------------------------------------------------------------

    def _tell(self, kind: bytes, **fields: Any) -> None:
        self._send(kind, json.dumps(fields).encode())

    def _send(self, kind: bytes, body: bytes) -> None:
        self._out.send(FRAME.pack(kind, len(body)) + body)


def _read(fd: int) -> bytes | None:
    """What a pipe holds: None where there is nothing yet, empty at its end."""
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return None


def _text(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return b""


def _exit_status(status: int) -> int:
    """What waitpid(2) tells, as an exit status; negative for a signal."""
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def serve(codes: dict[str, CodeType]) -> None:
    """Be a porter until the tracer is gone."""
    if os.isatty(0) or os.isatty(1):
        sys.exit("sockscope: a terminal is no pipe: leave out what asks for one (-t)")
    porter = Porter(marshal.dumps(codes))
    try:
        porter.run()
    except OSError:  # nobody reads any more
        pass
    finally:
        porter.close()
