"""Waits for several sockets at once, select(2), poll(2) and epoll_wait(2), pass the gate too.

The types of ``select.poll`` and ``select.epoll`` are C's and refuse new attributes, so the
methods are exchanged in the types' own dictionaries: a program's ``isinstance`` and its
``from select import epoll`` stay right, and so does what the standard library builds on them
(``selectors``, ``asyncio``, ``socketserver``).

Which fds a poll object waits for, nobody can ask it: it is noted as they are registered.
A wait among which no socket is, such as that for a child's pipes, passes unseen.
"""

from __future__ import annotations

import gc
import os
import select
import selectors
import socket
import stat
import sys

from .passage import Method, look_like, take_wait, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    from .gate import Gate

    Masks = Dict[int, int]

MAX_ANSWERS = 64
"""Answers of a poll object that are remembered at most."""

_fileno = socket.socket.fileno
_POLL = type(select.poll())


def install(gate: Gate) -> None:
    """Wrap the waits of ``select``."""
    _wrap_select(gate)
    registered: dict[int, Registered] = {}
    _wrap_new_poll(registered)
    for kind, name, scale in ((_POLL, "poll", 1000.0), (select.epoll, "epoll_wait", 1.0)):
        methods = gc.get_referents(kind.__dict__)[0]
        _wrap_registering(methods, registered)
        _wrap_poll(gate, methods, registered, name, scale)
    _wrap_close(gc.get_referents(select.epoll.__dict__)[0], registered)
    _forget_old_methods()
    gate.is_edge_triggered = lambda fd: _is_edge_triggered(registered, fd)


class Registered:
    """The sockets that a poll object waits for, with the events of each.

    One thread may change them while another waits: what is remembered has their number of
    changes with it, or is in a dictionary that the next change replaces.
    """

    def __init__(self) -> None:
        self.masks: Masks = {}
        self._changes = 0
        self._now: tuple[int, Masks, tuple[Any, ...]] = (-1, {}, ())
        self._answers: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def put(self, fd: int, mask: int) -> None:
        """Wait for this one, too."""
        self.masks[fd] = mask
        self._change()

    def drop(self, fd: int) -> None:
        """Wait for it no longer."""
        if self.masks.pop(fd, None) is not None:
            self._change()

    def _change(self) -> None:
        self._changes += 1
        self._answers = {}

    def now(self) -> tuple[Masks, tuple[Any, ...]]:
        """What it waits for now, whatever is registered later, and how that is told."""
        changes, masks, shown = self._now
        if changes != self._changes:
            changes, masks = self._changes, self.masks.copy()
            shown = told(masks.items())
            self._now = changes, masks, shown
        return masks, shown

    def told_ready(self, ready: list[tuple[int, int]]) -> tuple[Any, ...]:
        """How its answer is told; most are like one before."""
        answers, key = self._answers, tuple(ready)
        known = answers.get(key)
        if known is None:
            if len(answers) == MAX_ANSWERS:
                answers.clear()
            known = answers[key] = told(one for one in ready if one[0] in self.masks)
        return known


def _is_edge_triggered(registered: dict[int, Registered], fd: int) -> bool:
    return any(one.masks.get(fd, 0) & select.EPOLLET for one in list(registered.values()))


def _forget_old_methods() -> None:
    """Have Python look again in the dictionaries, of which it remembers what it found."""
    clear = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache
    clear()


# -- select ------------------------------------------------------------------------


def _wrap_select(gate: Gate) -> None:
    original = select.select
    method = Method("select", original)

    def wrapped(*args: Any) -> Any:
        me = gate.own.me
        if me.inside or not gate.active or not 3 <= len(args) <= 4:
            return original(*args)
        lists = [_as_list(arg) for arg in args[:3]]
        masks = _masks_of(lists)
        if not masks:
            return original(*lists, *args[3:])
        seconds = _seconds(args[3] if len(args) == 4 else None, 1.0)
        return take_wait(
            gate,
            me,
            method,
            masks,
            (told(masks.items()), seconds),
            lambda ready: told(_masks_of(ready).items()),
            (*lists, *args[3:]),
        )

    look_like(original, wrapped)
    select.select = wrapped


def _as_list(items: Any) -> Any:
    """The same again, where it could be gone through but once."""
    return items if isinstance(items, (list, tuple, set, frozenset)) else _listed(items)


def _listed(items: Any) -> Any:
    try:
        return list(items)
    except TypeError:
        return items  # select() itself shall refuse it


def _masks_of(lists: Any) -> Masks:
    """What select's three lists wait for, as poll(2) would put it; only sockets."""
    masks: Masks = {}
    for items, mask in zip(lists, (select.POLLIN, select.POLLOUT, select.POLLPRI)):
        for item in items if isinstance(items, (list, tuple, set, frozenset)) else ():
            fd = _fd_of(item)
            if fd in masks or _is_socket(fd):
                masks[fd] = masks.get(fd, 0) | mask
    return masks


def _fd_of(item: Any) -> int:
    if type(item) is int:
        return item
    if isinstance(item, socket.socket):
        return _fileno(item)
    inner = getattr(type(item), "fileno", None)
    try:
        fd = inner(item) if inner is not None else -1
    except Exception:  # select() itself shall meet it
        return -1
    return fd if type(fd) is int else -1


def _is_socket(fd: int) -> bool:
    try:
        return fd >= 0 and stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


# -- poll and epoll ----------------------------------------------------------------


def _wrap_new_poll(registered: dict[int, Registered]) -> None:
    original = select.poll

    def poll() -> Any:
        new = original()
        registered.pop(id(new), None)
        return new

    look_like(original, poll)
    select.poll = poll  # type: ignore[misc,assignment]
    # It has the original in hand; as a plain function it would be bound to the selector.
    selectors.PollSelector._selector_cls = staticmethod(poll)  # type: ignore[attr-defined]


def _wrap_registering(methods: dict[str, Any], registered: dict[int, Registered]) -> None:
    for name in ("register", "modify"):
        methods[name] = _noting(methods[name], registered)
    original = methods["unregister"]

    def unregister(self: Any, fd: Any) -> Any:
        value = original(self, fd)
        if id(self) in registered:
            registered[id(self)].drop(_fd_of(fd))
        return value

    look_like(original, unregister)
    methods["unregister"] = unregister


def _noting(original: Callable[..., Any], registered: dict[int, Registered]) -> Callable[..., Any]:
    def noting(self: Any, fd: Any, *args: Any, **kwargs: Any) -> Any:
        value = original(self, fd, *args, **kwargs)
        number = _fd_of(fd)
        given = (*args, *kwargs.values())
        mask = given[0] if given else select.POLLIN | select.POLLPRI | select.POLLOUT
        if type(mask) is int and _is_socket(number):
            registered.setdefault(id(self), Registered()).put(number, mask)
        return value

    look_like(original, noting)
    return noting


def _wrap_poll(
    gate: Gate, methods: dict[str, Any], registered: dict[int, Registered], name: str, scale: float
) -> None:
    original = methods["poll"]
    method = Method(name, original)

    def poll(self: Any, *args: Any, **kwargs: Any) -> Any:
        own = registered.get(id(self))
        me = gate.own.me
        if own is None or not own.masks or me.inside or not gate.active:
            return original(self, *args, **kwargs)
        masks, all_told = own.now()
        seconds = _seconds(args[0] if args else kwargs.get("timeout"), scale)
        given = (self, *args)
        return take_wait(
            gate, me, method, masks, (all_told, seconds), own.told_ready, given, kwargs
        )

    look_like(original, poll)
    methods["poll"] = poll


def _wrap_close(methods: dict[str, Any], registered: dict[int, Registered]) -> None:
    original = methods["close"]

    def close(self: Any) -> Any:
        registered.pop(id(self), None)
        return original(self)

    look_like(original, close)
    methods["close"] = close


# -- all ---------------------------------------------------------------------------


def _seconds(timeout: Any, scale: float) -> float | None:
    """A timeout in seconds; None where the wait is for ever, or its timeout makes no sense."""
    if not isinstance(timeout, (int, float)) or timeout < 0:
        return None
    return timeout / scale
