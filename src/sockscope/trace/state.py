"""What a trace amounts to at one position: processes with their calls, sockets, streams.

Everything here is immutable; ``fold`` makes the next state from an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from . import events as e
from .evolve import evolve
from .growing import Growing
from .names import (
    GATE,
    MSG_OOB,
    MSG_PEEK,
    QUESTIONS,
    RECEIVES,
    RUNNING,
    SETS_UP,
    WAITS,
    flags_of,
)
from .stream import End, Stream
from .words import peeked

MAX_ASKED: Final = 2**63
"""No call can move more; a trace from elsewhere may say anything."""

LATELY: Final = 1000
"""Finished calls among which one is looked for that others may have followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One socket call of a tracee, as far as it has come."""

    id: int
    proc: str
    fd: int
    name: str
    args: tuple[Any, ...] = ()
    file: str | None = None
    line: int | None = None
    thread: str | None = None
    locals: Mapping[str, str] = field(default_factory=dict)
    would_block: bool | None = None
    via: str | None = None
    within: str | None = None  # the function of a library that makes it for this line
    timeout: float | None = None
    phase: str = RUNNING
    limit: int | None = None
    where: str | None = None  # the evidence that it is blocked
    was_blocked: bool = False
    value: Any = None
    data: bytes | None = None
    errno: str | None = None
    exception: str | None = None
    message: str = ""
    elapsed_ns: int = 0
    cipher_sent: int | None = None
    cipher_received: int | None = None
    entered: int = 0  # position of its first event
    finished: int = 0  # position of its last event, 0 while it is open
    meaning: str = ""  # one plain sentence

    @property
    def asked(self) -> int | None:
        """Octets that a receive allowed or a send offered, as the program wrote it."""
        for arg in self.args:
            if isinstance(arg, dict) and isinstance(arg.get("bytes"), int):
                return min(int(arg["bytes"]), MAX_ASKED)
            if isinstance(arg, int) and self.name in RECEIVES:
                return min(arg, MAX_ASKED)
        return None

    @property
    def is_aside(self) -> bool:
        """Whether it only asks the kernel something, or a library makes it in passing."""
        found_nothing = self.name in WAITS and not self.value
        in_passing = self.within is not None and (self.name in SETS_UP or found_nothing)
        return self.name in QUESTIONS or in_passing

    @property
    def offered(self) -> bytes | None:
        """The first octets that a send was given, as far as the trace holds them."""
        return next((data for arg in self.args if (data := peeked(arg)) is not None), None)

    @property
    def peeks(self) -> bool:
        """Whether a receive only looked (``MSG_PEEK``) and took nothing."""
        return bool(self.flags & MSG_PEEK)

    @property
    def takes(self) -> bool:
        """Whether a receive takes octets out of the stream in their order."""
        return not self.flags & (MSG_PEEK | MSG_OOB)

    @property
    def is_urgent(self) -> bool:
        """Whether it is about the urgent octet, beside the stream (``MSG_OOB``, tcp(7))."""
        return bool(self.flags & MSG_OOB)

    @property
    def flags(self) -> int:
        """The MSG_ flags of a send or a receive."""
        return flags_of(self.name, self.args)


@dataclass(frozen=True, kw_only=True)
class Process:
    """A tracee: what it is about to do, does, and has said."""

    name: str
    order: int
    pid: int
    argv: tuple[str, ...]
    watched: bool = False  # it runs by itself, and its calls are not seen
    parent: str | None = None  # the tracee that has started it
    exited: bool = False
    status: int | None = None
    signal: str | None = None
    open: tuple[Call, ...] = ()  # calls at a gate, running or blocked, oldest first
    last: Call | None = None
    stands: bool = False  # still, right after its last call: a breakpoint was met there
    output: Growing[tuple[str, str]] = field(default_factory=Growing)
    not_seen: tuple[str, ...] = ()
    closed: tuple[int, ...] = ()  # fds whose sockets were closed, and not taken anew since
    thread: str | None = None  # whose call is looked at, where somebody has chosen one

    @property
    def pending(self) -> Call | None:
        """The call that a step would make, or else the one that is under way.

        Of the chosen thread, where there is one and it is in a call.
        """
        own = [call for call in self.open if call.thread == self.thread is not None] or self.open
        gated = (call for call in own if call.phase == GATE)
        return next(gated, own[0] if own else None)


@dataclass(frozen=True, kw_only=True)
class Socket:
    """An open socket of a tracee; ``out`` and ``into`` name its streams."""

    end: End
    view: e.SocketView
    out: int | None = None
    into: int | None = None


Fd = tuple[str, int]
"""The name of the tracee and the file descriptor in it."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything there is to draw at one position."""

    n: int = 0
    t: int = 0
    processes: Mapping[str, Process] = field(default_factory=dict)
    sockets: Mapping[Fd, Socket] = field(default_factory=dict)
    streams: Mapping[int, Stream] = field(default_factory=dict)
    routes: Mapping[tuple[e.Address, e.Address], int] = field(default_factory=dict)
    unheld: tuple[e.SocketView, ...] = ()
    waits: tuple[e.Wait, ...] = ()  # of blocked calls, in the order of their processes
    deadlock: tuple[str, ...] = ()  # the processes that will never do anything again
    calls: Growing[Call] = field(default_factory=Growing)  # finished ones, in order
    sources: Mapping[str, str] = field(default_factory=dict)
    stopped: e.Stopped | None = None  # while nothing has moved on since a breakpoint was met

    @property
    def stopped_at(self) -> Call | None:
        """The call at which a breakpoint was met, while nothing has moved on since."""
        stop = self.stopped
        process = self.processes.get(stop.proc or "") if stop else None
        if stop is None or process is None:
            return None
        made = (*process.open, process.last, *self.calls[-LATELY:])
        return next((call for call in made if call is not None and call.id == stop.call), None)

    def peer_of(self, key: Fd) -> Socket | None:
        """The other end of a connection, where a tracee of ours holds it."""
        socket = self.sockets.get(key)
        if socket is None or socket.out is None:
            return None
        end = self.streams[socket.out].receiver
        other = self.sockets.get((end.proc, end.fd)) if end else None
        return other if other and other.end == end else None

    def stream_into(self, key: Fd) -> Stream | None:
        """The stream that this socket receives."""
        socket = self.sockets.get(key)
        return self.streams[socket.into] if socket and socket.into is not None else None

    def stream_out(self, key: Fd) -> Stream | None:
        """The stream that this socket sends."""
        socket = self.sockets.get(key)
        return self.streams[socket.out] if socket and socket.out is not None else None

    def looking_at(self, threads: Mapping[str, str]) -> State:
        """The same, with the call of a certain thread as the pending one of some processes."""
        chosen = {
            name: evolve(self.processes[name], thread=thread)
            for name, thread in threads.items()
            if name in self.processes
        }
        return evolve(self, processes={**self.processes, **chosen}) if chosen else self


EMPTY = State()
