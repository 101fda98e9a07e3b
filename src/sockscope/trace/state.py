"""What a trace amounts to at one position: ``state = fold(apply, events)``.

``apply`` is pure and total: any event may follow any other, because a trace may come
from a crashed session, from elsewhere, or from a newer version.  An event that speaks
of a call or process that was never seen changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from . import events as e
from .explain import blocked_meaning, meaning
from .growing import Growing
from .stream import End, Stream

SENDS = frozenset({"send", "sendto", "sendmsg", "sendfile"})
RECEIVES = frozenset({"recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"})
QUESTIONS = frozenset({"getsockname", "getpeername", "getsockopt"})

GATE, RUNNING, BLOCKED, RETURNED, RAISED = "gate", "running", "blocked", "returned", "raised"

MSG_PEEK = 0x2


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
    entered: int = 0  # position of its first event
    finished: int = 0  # position of its last event, 0 while it is open
    meaning: str = ""  # one plain sentence

    @property
    def asked(self) -> int | None:
        """Octets that a receive allowed or a send offered, as the program wrote it."""
        for arg in self.args:
            if isinstance(arg, Mapping) and isinstance(arg.get("bytes"), int):
                return int(arg["bytes"])
            if isinstance(arg, int) and self.name in RECEIVES:
                return arg
        return None

    @property
    def offered(self) -> bytes | None:
        """The first octets that a send was given, as far as the trace holds them."""
        for arg in self.args:
            if isinstance(arg, Mapping) and isinstance(arg.get("peek"), str):
                return base64.b64decode(arg["peek"])
        return None

    @property
    def peeks(self) -> bool:
        """Whether a receive only looked (``MSG_PEEK``) and took nothing."""
        position = 2 if self.name.endswith("_into") or self.name == "recvmsg" else 1
        flags = self.args[position] if len(self.args) > position else 0
        return isinstance(flags, int) and bool(flags & MSG_PEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A tracee: what it is about to do, does, and has said."""

    name: str
    order: int
    pid: int
    argv: tuple[str, ...]
    exited: bool = False
    status: int | None = None
    signal: str | None = None
    open: tuple[Call, ...] = ()  # calls at a gate, running or blocked, oldest first
    last: Call | None = None
    output: Growing[tuple[str, str]] = field(default_factory=Growing)
    not_seen: tuple[str, ...] = ()

    @property
    def pending(self) -> Call | None:
        """The call that a step would make, or else the one that is under way."""
        gated = (call for call in self.open if call.phase == GATE)
        return next(gated, self.open[0] if self.open else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """An open socket of a tracee; ``out`` and ``into`` name its streams."""

    end: End
    view: e.SocketView
    out: int | None = None
    into: int | None = None


Fd = tuple[str, int]
"""The name of the tracee and the file descriptor in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything there is to draw at one position."""

    n: int = 0
    t: int = 0
    processes: Mapping[str, Process] = field(default_factory=dict)
    sockets: Mapping[Fd, Socket] = field(default_factory=dict)
    streams: Mapping[int, Stream] = field(default_factory=dict)
    routes: Mapping[tuple[e.Address, e.Address], int] = field(default_factory=dict)
    unheld: tuple[e.SocketView, ...] = ()
    calls: Growing[Call] = field(default_factory=Growing)  # finished ones, in order
    sources: Mapping[str, str] = field(default_factory=dict)

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


EMPTY = State()


def fold(events: Iterable[e.Event], state: State = EMPTY) -> State:
    """The state after all of ``events``."""
    for event in events:
        state = apply(state, event)
    return state


def states(events: Iterable[e.Event], state: State = EMPTY) -> Iterator[State]:
    """The state after each of ``events``."""
    for event in events:
        state = apply(state, event)
        yield state


def apply(state: State, event: e.Event) -> State:
    """The state after one more event."""
    return _apply(event, replace(state, n=event.n, t=event.t))


@singledispatch
def _apply(event: e.Event, state: State) -> State:
    return state


@_apply.register
def _started(event: e.ProcessStarted, state: State) -> State:
    if event.proc is None:
        return state
    process = Process(
        name=event.proc, order=len(state.processes), pid=event.pid, argv=event.argv
    )
    return _with_process(state, process)


@_apply.register
def _source(event: e.SourceRead, state: State) -> State:
    return replace(state, sources={**state.sources, event.file: event.text})


@_apply.register
def _entered(event: e.CallEntered, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    call = Call(
        id=event.call,
        proc=process.name,
        fd=event.fd,
        name=event.name,
        args=event.args,
        file=event.file,
        line=event.line,
        thread=event.thread,
        locals=event.locals,
        would_block=event.would_block,
        via=event.via,
        timeout=event.timeout,
        phase=GATE if event.gated else RUNNING,
        entered=event.n,
    )
    return _with_process(state, replace(process, open=(*process.open, call)))


@_apply.register
def _granted(event: e.CallGranted, state: State) -> State:
    return _change_call(state, event, phase=RUNNING, limit=event.limit)


@_apply.register
def _blocked(event: e.CallBlocked, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    sentence = blocked_meaning(state, call)
    return _change_call(
        state, event, phase=BLOCKED, where=event.where, was_blocked=True, meaning=sentence
    )


@_apply.register
def _returned(event: e.CallReturned, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    call = replace(
        call,
        phase=RETURNED,
        value=event.value,
        data=event.data,
        elapsed_ns=event.elapsed_ns,
        limit=event.limit if event.limit is not None else call.limit,
        finished=event.n,
    )
    call = replace(call, meaning=meaning(state, call))
    return _after_return(_finish(state, call), call)


@_apply.register
def _raised(event: e.CallRaised, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    call = replace(
        call,
        phase=RAISED,
        errno=event.errno,
        exception=event.exception,
        message=event.message,
        elapsed_ns=event.elapsed_ns,
        finished=event.n,
    )
    call = replace(call, meaning=meaning(state, call))
    return _finish(state, call)


@_apply.register
def _observed(event: e.SocketsObserved, state: State) -> State:
    proc = event.proc
    if proc is None or proc not in state.processes:
        return state
    if not event.partial:
        seen = {view.fd for view in event.sockets}
        for key in [key for key in state.sockets if key[0] == proc and key[1] not in seen]:
            state = _close(state, key)
    for view in event.sockets:
        if view.fd is not None:
            state = _observe(state, (proc, view.fd), view)
    return state


@_apply.register
def _unheld(event: e.UnheldObserved, state: State) -> State:
    streams = dict(state.streams)
    for view in event.sockets:
        if view.local is None or view.peer is None:
            continue
        into = state.routes.get((view.peer, view.local))
        if into is not None and streams[into].receiver is None and view.recv_bytes is not None:
            streams[into] = streams[into].seen_at_receiver(view.recv_bytes, None)
    return replace(state, unheld=event.sockets, streams=streams)


@_apply.register
def _not_seen(event: e.NotSeen, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None or event.what in process.not_seen:
        return state
    return _with_process(state, replace(process, not_seen=(*process.not_seen, event.what)))


@_apply.register
def _output(event: e.Output, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    output = process.output.append((event.stream, event.text))
    return _with_process(state, replace(process, output=output))


@_apply.register
def _exited(event: e.ProcessExited, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    for key in [key for key in state.sockets if key[0] == process.name]:
        state = _close(state, key)
    return _with_process(
        state, replace(process, exited=True, status=event.status, signal=event.signal, open=())
    )


def _with_process(state: State, process: Process) -> State:
    return replace(state, processes={**state.processes, process.name: process})


def _open_call(state: State, event: Any) -> Call | None:
    process = state.processes.get(event.proc or "")
    if process is None:
        return None
    return next((call for call in process.open if call.id == event.call), None)


def _change_call(state: State, event: Any, **changes: Any) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    process = state.processes[call.proc]
    changed = replace(call, **changes)
    return _with_process(
        state, replace(process, open=tuple(changed if c is call else c for c in process.open))
    )


def _finish(state: State, call: Call) -> State:
    process = state.processes[call.proc]
    still_open = tuple(c for c in process.open if c.id != call.id)
    process = replace(process, open=still_open, last=call)
    return replace(_with_process(state, process), calls=state.calls.append(call))


def _after_return(state: State, call: Call) -> State:
    key = (call.proc, call.fd)
    if call.name in ("close", "detach"):
        return _close(state, key) if call.name == "close" else _forget(state, key)
    socket = state.sockets.get(key)
    if socket is None:
        return state
    if call.name in SENDS and call.data is not None and socket.out is not None:
        stream = state.streams[socket.out].taken(call.id, call.proc, call.data, call.asked)
        return _with_stream(state, socket.out, stream)
    if call.name in RECEIVES and call.data and socket.into is not None and not call.peeks:
        stream = state.streams[socket.into].delivered(call.id, call.proc, call.data, call.asked)
        return _with_stream(state, socket.into, stream)
    if call.name == "shutdown" and call.args[:1] != (0,) and socket.out is not None:
        return _with_stream(state, socket.out, replace(state.streams[socket.out], finished=True))
    return state


def _with_stream(state: State, key: int, stream: Stream) -> State:
    return replace(state, streams={**state.streams, key: stream})


def _forget(state: State, key: Fd) -> State:
    return replace(state, sockets={k: s for k, s in state.sockets.items() if k != key})


def _close(state: State, key: Fd) -> State:
    """Without this socket.  Its last holder's close ends what it sends, and drops what waits."""
    socket = state.sockets.get(key)
    if socket is None:
        return state
    state = _forget(state, key)
    if any(other.view.inode == socket.view.inode is not None for other in state.sockets.values()):
        return state
    streams = dict(state.streams)
    if socket.out is not None:
        streams[socket.out] = replace(streams[socket.out], finished=True)
    if socket.into is not None:
        streams[socket.into] = replace(streams[socket.into], abandoned=True)
    return replace(state, streams=streams)


def _observe(state: State, key: Fd, view: e.SocketView) -> State:
    socket = state.sockets.get(key)
    if socket is not None and socket.view.inode != view.inode:
        state, socket = _close(state, key), None
    if socket is None:
        socket = Socket(end=End(*key, birth=state.n), view=view)
    elif socket.view == view:
        return state
    socket = replace(socket, view=view)
    state = replace(state, sockets={**state.sockets, key: socket})
    if view.kind == "connected" and view.local is not None and view.peer is not None:
        state = _link(state, key, view.local, view.peer)
    return _settle(state, key)


def _link(state: State, key: Fd, local: e.Address, peer: e.Address) -> State:
    """Tie a connected socket to the two streams between its addresses."""
    socket = state.sockets[key]
    if socket.out is not None:
        return state
    out, into = state.routes.get((local, peer)), state.routes.get((peer, local))
    if out is None or into is None or _was_used(state, out, into, socket):
        out = len(state.streams)
        into = out + 1
        state = replace(
            state,
            streams={
                **state.streams,
                out: Stream(source=local, target=peer),
                into: Stream(source=peer, target=local),
            },
            routes={**state.routes, (local, peer): out, (peer, local): into},
        )
    streams = dict(state.streams)
    streams[out] = replace(streams[out], sender=streams[out].sender or socket.end)
    streams[into] = replace(streams[into], receiver=streams[into].receiver or socket.end)
    sockets = {**state.sockets, key: replace(socket, out=out, into=into)}
    return replace(state, streams=streams, sockets=sockets)


def _was_used(state: State, out: int, into: int, socket: Socket) -> bool:
    """Whether these streams belong to an earlier connection between the same addresses.

    A second holder of the same socket (dup, an inherited fd) shares them instead.
    """
    end = state.streams[out].sender
    if end is None:
        return False
    holder = state.sockets.get((end.proc, end.fd))
    same = holder is not None and holder.end == end and holder.view.inode == socket.view.inode
    return not same


def _settle(state: State, key: Fd) -> State:
    """Move the boundaries of a socket's streams to where the kernel says they are."""
    socket = state.sockets[key]
    view, streams = socket.view, dict(state.streams)
    if socket.into is not None and view.recv_bytes is not None:
        streams[socket.into] = streams[socket.into].seen_at_receiver(view.recv_bytes, view.peek)
    if socket.out is not None and view.unsent is not None:
        stream = streams[socket.out].seen_at_sender(view.unsent, view.accepted)
        streams[socket.out] = stream.offering(_offered(state, key))
    return replace(state, streams=streams)


def _offered(state: State, key: Fd) -> bytes | None:
    """The first octets that a send under way on this socket was given, where it has any."""
    for call in state.processes[key[0]].open:
        if call.fd == key[1] and call.name in SENDS and call.phase != GATE:
            return call.offered
    return None
