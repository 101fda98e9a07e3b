"""The events of a trace: immutable records of what happened or was seen.

Rules of this file:

* An event says what one process did, or what one reading of the kernel gave.
  What follows from it is worked out in ``state``, never stored here.
* A field that the kernel did not give is None.  It is never guessed.
* Octets are ``bytes`` here and base64 in the file (``codec``).
* ``n`` counts events from 1; ``t`` counts nanoseconds since the session began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

Address = tuple[str, int] | str
"""``(host, port)``, or a path for a Unix socket."""

NOTHING: Mapping[str, Any] = {}

NO_CALL = 0
"""No call has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketView:
    """One socket as the kernel described it at one moment.  Sizes are in octets.

    ``state`` is ``tcpi_state`` of ``TCP_INFO`` (tcp(7)), under its RFC 9293 name as
    ``ss`` writes it.  ``fd`` is None for a socket that no process holds: one that waits
    in an accept queue, or what is left of a closed connection (/proc/net/tcp).
    """

    fd: int | None
    kind: str  # unbound, bound, listening, connecting, connected, closed
    state: str | None = None
    family: str | None = None
    type: str | None = None
    local: Address | None = None
    peer: Address | None = None
    inode: int | None = None
    peer_inode: int | None = None  # of a Unix socket: sock_diag UNIX_DIAG_PEER
    recv_bytes: int | None = None  # ioctl FIONREAD; of a datagram socket: the first one's
    peek: bytes | None = None  # recv with MSG_PEEK | MSG_DONTWAIT, up to a bound
    buffered: int | None = None  # in Python's own buffer: what a makefile() has read ahead
    send_bytes: int | None = None  # ioctl SIOCOUTQ: not yet acknowledged
    unsent: int | None = None  # ioctl SIOCOUTQNSD: not yet sent
    accepted: int | None = None  # TCP_INFO: octets taken from the program since birth
    mss: int | None = None  # TCP_INFO: tcpi_snd_mss, octets of the largest segment it may send
    accept_length: int | None = None  # TCP_INFO of a listener: tcpi_unacked
    accept_limit: int | None = None  # TCP_INFO of a listener: tcpi_sacked
    recv_size: int | None = None  # getsockopt SO_RCVBUF
    send_size: int | None = None  # getsockopt SO_SNDBUF
    recv_memory: int | None = None  # of a datagram socket: getsockopt SO_MEMINFO, rmem_alloc
    drops: int | None = None  # the same: datagrams that found no room (or were damaged)
    timer: float | None = None  # /proc/net/tcp tm->when, in seconds
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that a blocked call waits for; ``why`` says in words what is missing.

    ``on`` names who alone can bring it about, None where it is the world outside.
    """

    why: str
    on: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A blocked call, and what it waits for: any one of ``reasons`` that goes away ends it.

    So does its ``timeout`` (seconds), where it has one.  ``call`` is NO_CALL where it is no
    call of a socket: a process may wait for the end of its child, or for a signal.
    """

    proc: str
    call: int
    name: str
    reasons: tuple[Reason, ...]
    line: int | None = None
    thread: str | None = None
    timeout: float | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has.  ``extra`` keeps the fields that this version does not know."""

    event: ClassVar[str] = ""
    n: int = 0
    t: int = 0
    proc: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStarted(Event):
    """A tracee came to life; ``argv`` is what its program sees in ``sys.argv``.

    A ``watched`` process ran by itself before: its sockets are looked at, its calls are not.
    ``parent`` names the tracee that has started it.  One of the same name and ``pid`` comes
    again where a process has executed another program (execve(2)).
    """

    event: ClassVar[str] = "process_started"
    pid: int
    argv: tuple[str, ...]
    watched: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead(Event):
    """The text of a program file, kept so that a trace can be read on any machine."""

    event: ClassVar[str] = "source_read"
    file: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered(Event):
    """Somebody ordered a call of a console, or that a process starts, ends or gets a signal.

    ``typed`` holds each field as it was typed (``trace.orders``), so that the same can be
    ordered again.
    """

    event: ClassVar[str] = "ordered"
    name: str
    fd: int | None = None
    typed: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEntered(Event):
    """A call reached its gate.  With ``gated`` it waits there for leave to be made.

    ``would_block`` is what poll(2) said just before the call: True where nothing was ready.
    ``within`` names the function of a library by which the line makes it.
    ``via`` names what made the call where that is not the program itself: ``sendall``
    for one send of its loop, ``gc`` for the close of a socket that was only forgotten.
    """

    event: ClassVar[str] = "call_entered"
    call: int
    fd: int
    name: str
    args: tuple[Any, ...] = ()
    file: str | None = None
    line: int | None = None
    thread: str | None = None
    locals: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    gated: bool = False
    would_block: bool | None = None
    via: str | None = None
    within: str | None = None
    timeout: float | None = None  # seconds; None where the socket blocks for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGranted(Event):
    """A call was let through its gate, perhaps with at most ``limit`` octets."""

    event: ClassVar[str] = "call_granted"
    call: int
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBlocked(Event):
    """A call was found asleep in the kernel; ``where`` is the evidence."""

    event: ClassVar[str] = "call_blocked"
    call: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReturned(Event):
    """A call returned.  ``data`` holds the octets that it received, or that were taken."""

    event: ClassVar[str] = "call_returned"
    call: int
    value: Any = None
    data: bytes | None = None
    elapsed_ns: int = 0
    limit: int | None = None
    cipher_sent: int | None = None  # octets that OpenSSL sent beneath a call of a TLS socket
    cipher_received: int | None = None  # and received; TCP_INFO and FIONREAD, before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRaised(Event):
    """A call raised.  ``errno`` is a name such as ECONNRESET, or None where it has none."""

    event: ClassVar[str] = "call_raised"
    call: int
    errno: str | None = None
    exception: str = "OSError"
    message: str = ""
    elapsed_ns: int = 0
    cipher_sent: int | None = None
    cipher_received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """The run stopped because a call met the ``condition`` of a breakpoint.

    It stopped before the call where that waits at its gate, and otherwise right after it.
    """

    event: ClassVar[str] = "stopped"
    call: int
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketsObserved(Event):
    """The sockets of one process as its kernel described them.

    With ``partial`` it lists only some, and the fds that are closed are ``gone``; otherwise
    a socket not listed is closed.
    """

    event: ClassVar[str] = "sockets_observed"
    sockets: tuple[SocketView, ...] = ()
    partial: bool = False
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnheldObserved(Event):
    """The sockets of our connections that no process holds, from /proc/net/tcp."""

    event: ClassVar[str] = "unheld_observed"
    sockets: tuple[SocketView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsObserved(Event):
    """Every call that is blocked, and who waits for whom.

    ``deadlock`` names the processes of which nothing will ever happen again: each of their
    threads waits, without a timeout, for others of them or for itself.
    """

    event: ClassVar[str] = "waits_observed"
    waits: tuple[Wait, ...] = ()
    deadlock: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeen(Event):
    """Something that sockscope knows it cannot follow, said instead of passed over."""

    event: ClassVar[str] = "not_seen"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Event):
    """Text that a program wrote to its standard output or error."""

    event: ClassVar[str] = "output"
    stream: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExited(Event):
    """A tracee ended, with an exit ``status`` or by a ``signal`` (its name)."""

    event: ClassVar[str] = "process_exited"
    status: int | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """An event of a kind that this version does not know; kept as it was."""

    name: str = ""


KINDS: Mapping[str, type[Event]] = {
    kind.event: kind
    for kind in (
        ProcessStarted,
        SourceRead,
        Ordered,
        CallEntered,
        CallGranted,
        CallBlocked,
        CallReturned,
        CallRaised,
        Stopped,
        SocketsObserved,
        UnheldObserved,
        WaitsObserved,
        NotSeen,
        Output,
        ProcessExited,
    )
}
