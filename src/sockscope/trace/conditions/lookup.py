"""What a path finds in a trace: programs, calls, and what the kernel held around them.

A call's *before* is the state when it was let through its gate, or now while it still
waits there.  Its *after* is the state when the step that ended it was over: just before
the next call of any program was let through, or now.

The call at hand, where there is one, is named without a program.  While it has not ended,
what only its end can tell is NotYet known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os.path import basename
from typing import Any, Final

from ..events import CallGranted, SocketView
from ..history import History
from ..names import GATE
from ..state import Call, Process, State

Value = int | float | str | bytes | tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Selector:
    """A program, or one of its calls: ``number`` counts those of this name from 1."""

    proc: str
    call: str | None = None
    number: int = 0

    def __str__(self) -> str:
        if not self.number:
            return self.proc
        return f"{self.proc}:{self.call}#{self.number}"


PRESENT: Final = Selector("call", "")
"""The call at hand."""


class NotYetError(Exception):
    """The value is known only once the call at hand has ended."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A call in the trace that it is part of."""

    history: History
    call: Call


@dataclass(frozen=True, slots=True)
class _Program:
    """A program as it stands in one state."""

    state: State
    process: Process


@dataclass(frozen=True, slots=True)
class _Seen:
    """A socket as the kernel described it in one state."""

    state: State
    view: SocketView


def find(state: State, selector: Selector) -> Call | None:
    """The call that ``selector`` names, as far as it has come, or None before it is asked for."""
    process = state.processes.get(selector.proc)
    if process is None or selector.call is None:
        return None
    calls = [c for c in (*state.calls, *process.open) if _is_one(c, selector)]
    calls.sort(key=lambda call: call.entered)
    return calls[selector.number - 1] if len(calls) >= selector.number else None


def _is_one(call: Call, selector: Selector) -> bool:
    return call.proc == selector.proc and call.name == selector.call


# -- sockets around a call -------------------------------------------------------


def _before(moment: _Moment) -> _Seen | None:
    return _socket(_state_before(moment), moment.call.proc, moment.call.fd)


def _after(moment: _Moment) -> _Seen | None:
    call = moment.call
    fd = call.value if call.name == "socket" else call.fd
    return _socket(_state_after(moment), call.proc, fd)


def _accepted(moment: _Moment) -> _Seen | None:
    """The new socket that an accept returned."""
    value = moment.call.value
    if moment.call.name != "accept" or not isinstance(value, (list, tuple)):
        return None
    return _socket(_state_after(moment), moment.call.proc, value[0])


def _remains(moment: _Moment) -> _Seen | None:
    """What the kernel keeps of the call's connection, at either end, that no program holds."""
    before = _before(moment)
    if before is None:
        return None
    state, view = _state_after(moment), before.view
    own = _of_pair(state, state.unheld, view.local, view.peer)
    return own or _of_pair(state, state.unheld, view.peer, view.local)


def _far(seen: _Seen) -> _Seen | None:
    """The other end of the connection, whether or not a program holds it."""
    state, view = seen.state, seen.view
    held = [socket.view for socket in state.sockets.values()]
    return _of_pair(state, (*held, *state.unheld), view.peer, view.local)


def _of_pair(state: State, views: Iterable[SocketView], local: Any, peer: Any) -> _Seen | None:
    if local is None or peer is None:
        return None
    return next((_Seen(state, v) for v in views if (v.local, v.peer) == (local, peer)), None)


def _socket(state: State, proc: str, fd: Any) -> _Seen | None:
    socket = state.sockets.get((proc, fd)) if isinstance(fd, int) else None
    return _Seen(state, socket.view) if socket else None


def _state_before(moment: _Moment) -> State:
    if moment.call.phase == GATE:
        return moment.history.latest
    events, number = moment.history.events, moment.call.id
    for position in range(moment.call.entered, len(events)):
        event = events[position]
        if isinstance(event, CallGranted) and event.call == number:
            return moment.history.at(position)
    return moment.history.at(moment.call.entered)


def _state_after(moment: _Moment) -> State:
    events, ended = moment.history.events, moment.call.finished
    for position in range(ended or len(events), len(events)):
        if isinstance(events[position], CallGranted):
            return moment.history.at(position)
    return moment.history.latest


# -- attributes ------------------------------------------------------------------

Getter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Attribute:
    """How to get an attribute, and whose attributes the result has, if any."""

    get: Getter
    gives: str | None = None


def _moved(moment: _Moment) -> int | None:
    call = moment.call
    if call.data is not None:
        return len(call.data)
    return call.value if isinstance(call.value, int) else None


def _address(moment: _Moment) -> Any:
    """The address that a call gave back, or else the one that it was given."""
    call = moment.call
    for value in (call.value, *call.args):
        if isinstance(value, (list, tuple)) and value:
            inner = value[-1] if isinstance(value[-1], (list, tuple)) else value
            if len(inner) >= 2 and isinstance(inner[0], str):
                return tuple(inner[:2])
    return None


def _number(moment: _Moment) -> int:
    """Which call of its name it is in its program, from 1."""
    call, state = moment.call, moment.history.latest
    calls = (*state.calls, *state.processes[call.proc].open)
    alike = [c for c in calls if (c.proc, c.name) == (call.proc, call.name)]
    return sum(c.entered <= call.entered for c in alike)


def _file(moment: _Moment) -> str | None:
    path = moment.call.file
    return None if path is None else basename(path)


def _of_call(name: str) -> _Attribute:
    return _Attribute(lambda moment: getattr(moment.call, name))


def _of_view(name: str) -> _Attribute:
    return _Attribute(lambda seen: getattr(seen.view, name))


def _item(position: int) -> _Attribute:
    return _Attribute(lambda address: address[position] if isinstance(address, tuple) else None)


def _text(stream: str) -> _Attribute:
    return _Attribute(lambda p: "".join(t for s, t in p.process.output if s == stream))


def _open_sockets(program: _Program) -> int:
    """How many sockets it holds, counted by file descriptor."""
    return sum(proc == program.process.name for proc, _ in program.state.sockets)


ATTRIBUTES: Mapping[str, Mapping[str, _Attribute]] = {
    "a program": {
        "exited": _Attribute(lambda program: program.process.exited),
        "status": _Attribute(lambda program: program.process.status),
        "sockets": _Attribute(_open_sockets),
        "output": _text("stdout"),
        "errors": _text("stderr"),
    },
    "a call": {
        **{name: _of_call(name) for name in ("asked", "data", "errno", "exception")},
        **{name: _of_call(name) for name in ("fd", "phase", "timeout", "value")},
        **{name: _of_call(name) for name in ("name", "proc", "thread", "line")},
        "file": _Attribute(_file),
        "path": _of_call("file"),
        "number": _Attribute(_number),
        "finished": _Attribute(lambda moment: moment.call.finished or None),
        "blocked": _of_call("was_blocked"),
        "bytes": _Attribute(_moved),
        "elapsed_ms": _Attribute(lambda moment: moment.call.elapsed_ns / 1e6),
        "address": _Attribute(_address, "an address"),
        "before": _Attribute(_before, "a socket"),
        "after": _Attribute(_after, "a socket"),
        "accepted": _Attribute(_accepted, "a socket"),
        "remains": _Attribute(_remains, "a socket"),
    },
    "a socket": {
        **{name: _of_view(name) for name in ("fd", "kind", "state", "family", "type", "timer")},
        **{name: _of_view(name) for name in ("recv_size", "send_size", "inode")},
        "local": _Attribute(lambda seen: seen.view.local, "an address"),
        "peer": _Attribute(lambda seen: seen.view.peer, "an address"),
        "recv_queue": _Attribute(lambda seen: seen, "a receive queue"),
        "send_queue": _Attribute(lambda seen: seen, "a send queue"),
        "accept_queue": _Attribute(lambda seen: seen, "an accept queue"),
        "far": _Attribute(_far, "a socket"),
    },
    "an address": {"host": _item(0), "port": _item(1)},
    "a receive queue": {"bytes": _of_view("recv_bytes"), "peek": _of_view("peek")},
    "a send queue": {"bytes": _of_view("send_bytes"), "unsent": _of_view("unsent")},
    "an accept queue": {"length": _of_view("accept_length"), "limit": _of_view("accept_limit")},
}
"""The attributes of everything that has some."""

EARLY: Final = frozenset(
    ("asked", "before", "fd", "file", "line", "name", "number", "path", "proc", "thread", "timeout")
)
"""What is known of a call before it is made."""


def unknown_attribute(selector: Selector, attributes: Sequence[str]) -> str | None:
    """What is wrong with the last of ``attributes``, or None."""
    owner: str | None = _owner(selector)
    for name in attributes[:-1]:
        owner = ATTRIBUTES[owner][name].gives if owner else None
    known = ATTRIBUTES.get(owner or "", {})
    if attributes[-1] in known:
        return None
    of = f"{owner} has {', '.join(sorted(known))}" if owner else f"{attributes[-2]} has none"
    return f"{attributes[-1]!r} is no attribute: {of}"


def _owner(selector: Selector) -> str:
    return "a program" if selector.call is None else "a call"


def look_up(
    history: History, selector: Selector, attributes: Sequence[str], present: Call | None = None
) -> Value:
    """The value of a path; None where the call, the socket or the figure is not there.

    Raises NotYetError where it will be there once ``present``, the call at hand, has ended.
    """
    if selector != PRESENT:
        found = _root(history, selector)
    elif present is None:
        return None
    elif not present.finished and attributes[0] not in EARLY:
        raise NotYetError
    else:
        found = _Moment(history, present)
    owner: str | None = _owner(selector)
    for name in attributes:
        if found is None or owner is None:
            return None
        attribute = ATTRIBUTES[owner][name]
        found, owner = attribute.get(found), attribute.gives
    return _plain(found)


def _root(history: History, selector: Selector) -> Any:
    state = history.latest
    if selector.call is not None:
        call = find(state, selector)
        return None if call is None else _Moment(history, call)
    process = state.processes.get(selector.proc)
    return None if process is None else _Program(state, process)


def _plain(found: Any) -> Value:
    if isinstance(found, _Moment):
        return found.call.phase
    if isinstance(found, _Seen):
        return found.view.kind
    frozen: Value = _frozen(found)
    return frozen


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, (list, tuple)) else value
