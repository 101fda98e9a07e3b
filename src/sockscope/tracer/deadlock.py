"""Who waits for whom, and of whom nothing will ever happen again.

Only what the kernel showed is used.  A deadlock is where every thread of some live programs
sleeps in a socket call without a timeout, and what it waits for can come only from another
of them, or from itself.  A program in ``accept()`` waits for the world outside, and so does
one whose datagrams may come from anywhere: neither is part of a deadlock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from ..trace import chain
from ..trace.events import CallEntered, Reason, SocketView, Wait
from ..trace.names import SENDS, WAITS
from ..trace.places import is_address
from ..trace.waiting import awaited
from ..trace.words import size_text
from .sockets import Sockets

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live program: its blocked calls, and its number of threads.

    ``rest`` is what its main thread waits for in no call of a socket.  ``besides`` says what
    else of it may stir: a child that runs, an alarm that is set.  With ``awaits_signals`` it
    has handlers for signals, by which a wait for any of several may be woken.  ``awake`` counts
    the threads that do not sleep in a lock; it is asked only where that matters.
    """

    name: str
    calls: Sequence[CallEntered]
    threads: int = 1
    besides: str = ""
    rest: Wait | None = None
    awaits_signals: bool = False
    awake: Callable[[], int] | None = None

    @property
    def waits_throughout(self) -> bool:
        """Whether each of its threads waits for something."""
        return len(self.calls) + (self.rest is not None) >= self.threads

    @property
    def may_be_stuck(self) -> bool:
        """Whether what it waits for may never come, whatever its other threads do."""
        waits = self.calls or self.rest is not None
        return bool(waits) and not self.besides and all(c.timeout is None for c in self.calls)

    @property
    def is_asleep(self) -> bool:
        """Whether each of its threads waits for something, or in a lock for another of them."""
        if self.waits_throughout or self.awake is None:
            return self.waits_throughout
        return len(self.calls) + (self.rest is not None) >= self.awake()


class Graph:
    """Who waits for whom among the live ``programs``.

    They hold ``sockets``, and ``unseen`` ones, of which only the two ends are known.
    """

    def __init__(
        self, programs: Sequence[Waiting], sockets: Sockets, unseen: Sockets | None = None
    ) -> None:
        self._programs = programs
        self._sockets = sockets
        self._unseen = unseen or Sockets()
        self._awaiting = {program.name for program in programs if program.awaits_signals}
        calls = (self._wait(p.name, call) for p in programs for call in p.calls)
        self.waits = (*calls, *(p.rest for p in programs if p.rest is not None))

    def _wait(self, proc: str, call: CallEntered) -> Wait:
        return Wait(
            proc=proc,
            call=call.call,
            name=call.name,
            reasons=tuple(dict.fromkeys(self._reasons(proc, call))),
            line=call.line,
            thread=call.thread,
            timeout=call.timeout,
        )

    # -- what follows from it ----------------------------------------------------

    def stuck(self) -> tuple[str, ...]:
        """The programs that wait for each other, or for themselves, and for nobody else.

        Those that may still go on are struck off, and then those that wait for one of them,
        until nobody is left who could end what is left.  It is a deadlock unless something
        ``is_coming``.
        """
        stuck = self._without_help({p.name for p in self._programs if p.may_be_stuck})
        asleep = {p.name for p in self._programs if p.name in stuck and p.is_asleep}
        stuck = self._without_help(asleep)
        return tuple(program.name for program in self._programs if program.name in stuck)

    def _without_help(self, stuck: set[str]) -> set[str]:
        """Those who wait for nobody but each other."""
        while struck := {wait.proc for wait in self.waits if _goes_on(wait, stuck)}:
            stuck = stuck - struck
        return stuck

    def is_coming(self) -> bool:
        """Whether octets are on their way to a receive buffer that is empty.

        The kernel keeps a small piece back until the one before it is acknowledged, which may
        take 40 ms (tcp(7), TCP_NODELAY and TCP_QUICKACK); every program sleeps meanwhile.
        """
        return any(
            other.recv_bytes == 0
            for view in self._sockets
            if view.unsent
            for _, other in self._sockets.others(view)
        )

    def stall(self, asleep: Set[str] = frozenset()) -> str:
        """One line that says of each blocked call what it waits for, and what may end it.

        Those known to be ``asleep`` do not run, though they are in no call.
        """
        programs = self._programs
        told = chain.sentences(self.waits)
        for program in programs:
            if not (program.calls or program.rest or program.besides):
                is_asleep = program.name in asleep
                how = "sleeps, in no call of a socket" if is_asleep else "is still running"
                told.append(f"{program.name} {how}")
        told += [f"{p.name} {p.besides}" for p in programs if p.besides]
        return "; ".join(told)

    # -- what a call waits for ---------------------------------------------------

    def _reasons(self, proc: str, call: CallEntered) -> Iterable[Reason]:
        """All that a call waits for; it goes on as soon as one of them comes."""
        if call.name in WAITS:
            return self._for_any(proc, call)
        if call.name == "accept":
            return [Reason(why="no client connects")]
        if call.name in ("connect", "connect_ex"):
            return self._for_handshake(call)
        view = self._sockets.view(proc, call.fd)
        return self._of_socket(proc, view, call.name.removeprefix("ssl.") in SENDS)

    def _for_any(self, proc: str, call: CallEntered) -> Iterable[Reason]:
        """Why none of the sockets of a wait for any of several is ready."""
        found: list[Reason] = []
        for fd, events in awaited(call.args[0] if call.args else None):
            view = self._sockets.view(proc, fd)
            if view is not None and view.kind == "listening":
                found.append(Reason(why=f"no client connects to fd {fd}"))
                continue
            for event, sends in (("IN", False), ("OUT", True)):
                if event in events:
                    found += self._of_socket(proc, view, sends)
        foreign = [reason for reason in found if reason.on != proc]
        if proc in self._awaiting and not foreign:
            return [Reason(why="no signal has come")]
        return foreign or found or [Reason(why="nothing has happened")]

    def _of_socket(self, proc: str, view: SocketView | None, sends: bool) -> Iterator[Reason]:
        """Why a socket has nothing to read, or no room to send: one reason for each at its end."""
        if view is None:
            yield Reason(why=_why(OUTSIDE, None, None, sends))
            return
        ends = dict(self._ends(view))
        others = {name: end for name, end in ends.items() if name != proc}
        who = " or ".join(others) or "itself, which holds the other end"
        for name, end in (others or ends).items():
            yield Reason(on=name, why=_why(who, view, end, sends))
        if not ends:
            yield from self._in_queue(view, sends)

    def _ends(self, view: SocketView) -> Iterator[tuple[str, SocketView]]:
        """Who holds the other end of a connection, each with that end."""
        return itertools.chain(self._sockets.others(view), self._unseen.others(view))

    def _in_queue(self, view: SocketView, sends: bool) -> Iterator[Reason]:
        """Why nobody reads or sends at the other end: it waits to be accepted, or is outside."""
        listeners = {} if view.type == "dgram" else dict(self._sockets.listeners(view.peer))
        for name in listeners:
            why = _why(name, view, None, sends)
            yield Reason(on=name, why=f"{why}, which has not accepted the connection yet")
        if not listeners:
            yield Reason(why=_why(OUTSIDE, view, None, sends))

    def _for_handshake(self, call: CallEntered) -> Iterator[Reason]:
        """Why a connect() is not answered."""
        target = call.args[0] if call.args else None
        is_place = isinstance(target, str) or is_address(target)
        listeners = dict(self._sockets.listeners(target)) if is_place else {}
        for name, view in listeners.items():
            yield _at_queue(name, view)
        if not listeners:
            yield Reason(why="nobody answers the handshake")


def _goes_on(wait: Wait, stuck: set[str]) -> bool:
    """Whether the program of a wait is thought stuck, and somebody who is not may end it."""
    return wait.proc in stuck and any(reason.on not in stuck for reason in wait.reasons)


def _at_queue(name: str, listener: SocketView) -> Reason:
    """Why a listener does not answer.

    One whose accept queue has room again will: the kernel sends the SYN again after a second,
    and ever later (tcp(7), tcp_syn_retries).
    """
    length, limit = listener.accept_length, listener.accept_limit
    if length is None or limit is None:
        return Reason(on=name, why=f"the accept queue of {name} is full")
    if length <= limit:
        return Reason(why=f"the accept queue of {name} was full, and the SYN is sent again later")
    return Reason(on=name, why=f"the accept queue of {name} is full ({length} of {limit})")


def _why(who: str, view: SocketView | None, end: SocketView | None, sends: bool) -> str:
    return _no_room(who, view, end) if sends else _nothing_from(who, view, end)


def _no_room(who: str, view: SocketView | None, end: SocketView | None) -> str:
    """Why there is no room to send: how much waits at either end, where the kernel told."""
    waits = view.unsent or view.send_bytes if view is not None else None
    full = "its send buffer is full" + (f" ({size_text(waits)})" if waits else "")
    if who == OUTSIDE:
        return full
    own = who.startswith("itself")
    if end is None or not end.recv_bytes or end.type == "dgram":
        return f"{full}, because " + ("it does not read itself" if own else f"{who} does not read")
    whose = "its own receive buffer" if own else f"{who}'s receive buffer"
    return f"{full}, because {whose} is full ({size_text(end.recv_bytes)})"


def _nothing_from(who: str, view: SocketView | None, end: SocketView | None) -> str:
    """Why there is nothing to read, or not enough of it."""
    if view is not None and view.buffered:
        return (
            f"nothing more has come from {who}, and {size_text(view.buffered)} that came"
            " before lie in Python's own buffer, which makefile() filled"
        )
    if end is not None and end.accepted:
        return (
            f"nothing more has come from {who} after {size_text(end.accepted)},"
            " nor the end of its stream"
        )
    return f"nothing has come from {who}"
