"""A forked child becomes a tracee of its own: it has a channel, a gate and an agent anew.

The child makes two pipes and hands the tracer their ends, through a socket that all tracees
inherit (unix(7), SCM_RIGHTS); its lifeline is that of the program that it comes from.  It goes
on once the tracer has answered and has seen what sockets it holds, and only then does its
parent: whatever the parent does next, such as closing a socket that the child holds too, comes
after that in the trace.
"""

from __future__ import annotations

import array
import errno
import json
import os
import select
import socket
import sys
import threading
from _socket import socket as raw_socket
from contextlib import contextmanager

from . import probe
from .channel import Channel, Lifeline, Owned, kernel_poll, raise_fd
from .passage import look_like
from .records import Reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator

    from .gate import Gate

    Json = Dict[str, Any]
    Links = Dict[str, int]  # fds by the names that a set-up gives them

DEADLINE = 10.0
"""Seconds that a parent waits for its child to be known, before it goes on without."""

MAX_ARGV = 1 << 15
"""Octets of a child's arguments, in JSON, that are told."""


class Births:
    """The line on which the tracer is told of new tracees."""

    def __init__(self, fd: int) -> None:
        self._owned = Owned(fd)
        probe.hide(os.fstat(self._owned.fd).st_ino)

    @property
    def fd(self) -> int | None:
        """For a program to inherit that this process starts; None where it was closed."""
        return self._owned.fd if self._owned.is_there else None

    def announce(self, parent: int) -> tuple[Channel, Json]:
        """Make this process known as a child of ``parent``; gives its channel and first order.

        It is its own parent where it has become another program.

        Raises OSError or EOFError where the tracer is gone, or the program has closed the line.
        """
        orders, orders_end = os.pipe()
        reports_end, reports = os.pipe()
        channel, given = Channel(orders, reports), (orders_end, reports_end)
        try:
            self._send({"pid": os.getpid(), "parent": parent, "argv": _argv()}, given)
        finally:
            for fd in given:
                os.close(fd)
        first = channel.receive(None)
        assert first is not None
        return channel, first

    def _send(self, message: Json, fds: tuple[int, ...]) -> None:
        """Not as a blocking socket: making one would change the open file that all share."""
        if self.fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        kind = socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        sock = raw_socket(socket.AF_UNIX, kind, 0, fileno=self.fd)
        try:
            sock.sendmsg([json.dumps(message).encode()], rights, socket.MSG_NOSIGNAL)
        finally:
            sock.detach()


def _argv() -> list[str]:
    """``sys.argv`` as far as it has room in a message."""
    shown: list[str] = []
    room = MAX_ARGV
    for arg in sys.argv:
        plain = arg.encode("utf-8", "replace").decode()
        room -= len(json.dumps(plain)) + len(", ")
        if room < 0:
            break
        shown.append(plain)
    return shown


class Family:
    """This process among its relatives: what it forks is followed, where there is a line for it.

    ``begin`` before the first fork; ``told`` is what is told to programs that it starts.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._forking: dict[int, tuple[int, int]] = {}
        self.executing: set[int] = set()
        self.told: Json = {}

    def install(self) -> None:
        """Follow every fork."""
        os.register_at_fork(after_in_child=self._in_child)
        for name in ("fork", "forkpty"):
            _wrap_fork(self, name)

    def begin(
        self,
        channel: Channel,
        lifeline: Lifeline,
        births: Births | None,
        serve: Callable[[Channel], None],
    ) -> None:
        """This process is a tracee, and so shall those be that it starts."""
        self._channel = channel
        self._lifeline = lifeline
        self._births = births
        self._serve = serve
        self._pid = os.getpid()

    @property
    def is_seen(self) -> bool:
        """Whether this process itself is a tracee: it may be a child that could not become one."""
        return self.gate.active

    @property
    def links(self) -> Links | None:
        """What a program that is started needs to become a tracee; None where it cannot."""
        births = None if self._births is None else self._births.fd
        lifeline = self._lifeline.fd
        if births is None or lifeline is None:
            return None
        return {"births": births, "lifeline": lifeline}

    def shares(self) -> None:
        """Another program may come to hold our sockets."""
        self.gate.share()

    def not_seen(self, what: str) -> None:
        """Say what cannot be followed."""
        self.gate.not_seen(what)
        self.gate.reports.ship()

    def begun(self, tell: int) -> None:
        """Tell who has started this program that it is a tracee, with all that it holds."""
        self.gate.looks.observe()
        self.gate.reports.ship()
        os.write(tell, b"1")
        os.close(tell)

    def forks(self, fork: Callable[[], Any]) -> Any:
        """Fork, and wait in the parent until the child is known, or has ended."""
        if not self.gate.active:
            return fork()
        self.gate.share()
        thread, parent = threading.get_ident(), self._pid
        self._lifeline.follow()
        known, tell = map(raise_fd, os.pipe())
        self._forking[thread] = known, tell
        try:
            forked = fork()
        except BaseException:
            os.close(known)
            raise
        finally:
            if self._pid == parent:
                del self._forking[thread]
                os.close(tell)
        if self._pid == parent:
            self._wait_for_child(known)
        return forked

    @contextmanager
    def awaiting(self, links: Links) -> Iterator[Links]:
        """Start a tracee, and wait until it is known, or has ended.

        Gives the fds for it to inherit; with ``known`` it tells its parent.
        """
        self._lifeline.follow()
        known, tell = map(raise_fd, os.pipe())
        try:
            yield {**links, "known": tell}
        except BaseException:
            os.close(known)
            raise
        finally:
            os.close(tell)
        self._wait_for_child(known)

    def _wait_for_child(self, known: int) -> None:
        if not _is_known(known):
            self.not_seen("a child that has just begun: its calls are not seen")

    def tell_of_exec(self, is_seen: bool | None) -> None:
        """Tell that this process is about to become another program; None: it has not."""
        self._lifeline.follow()
        self.gate.reports.ship(execs=is_seen)

    def _in_child(self) -> None:
        gate = self.gate
        if not gate.active:
            return
        parent, self._pid = self._pid, os.getpid()
        inherited, self._forking = self._forking, {}
        gate.active = False
        if threading.get_ident() in self.executing:
            return
        try:
            self._channel.close()
            self._lifeline = self._lifeline.inherited()
            if self._births is not None:
                self._go_on(self._births, parent)
        except (OSError, EOFError):
            pass
        finally:
            self._tell_parent(inherited)

    def _tell_parent(self, inherited: dict[int, tuple[int, int]]) -> None:
        """Let the thread go on that forked, and tell it whether this child is known."""
        mine = inherited.get(threading.get_ident())
        if mine is not None and self.gate.active:
            os.write(mine[1], b"1")
        for pipe in inherited.values():
            for fd in pipe:
                os.close(fd)

    def _go_on(self, births: Births, parent: int) -> None:
        self._channel, first = births.announce(parent)
        reports, breaks = Reports(self._channel), first.get("breaks")
        self.gate.forget_calls()
        self.gate.begin(reports, first["mode"], first["first_call"], breaks)
        self.gate.looks.observe()
        self.gate.reports.ship()
        self._serve(self._channel)


def _is_known(pipe: int) -> bool:
    """Whether a child tells that it is known; waits until it does, or nobody can any more."""
    try:
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        return bool(kernel_poll(poll, DEADLINE * 1000) and os.read(pipe, 1))
    finally:
        os.close(pipe)


def _wrap_fork(family: Family, name: str) -> None:
    original = getattr(os, name)

    def forking() -> Any:
        return family.forks(original)

    look_like(original, forking)
    setattr(os, name, forking)
