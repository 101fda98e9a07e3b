"""Which sockets to look at, so that a look costs about the same among five and five hundred.

A few are all looked at.  Of many, those that something may have happened to: those that a
call names, those for which poll(2) and FIONREAD say something else than before, and the
restless ones, which change without such a sign.  A few of the rest follow in turn, so that
none is forgotten for ever, whatever else may happen to it.
"""

from __future__ import annotations

import select

from . import probe
from .channel import kernel_poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable

    View = Dict[str, Any]

FEW = 32
"""Sockets that are all looked at, every time."""

IN_TURN = 4
"""Sockets of the others that are looked at each time."""

SEARCH_EVERY = 32
"""Looks until the fds are searched for sockets that no call told of."""

EVENTS = select.POLLIN | select.POLLRDHUP
STEADY = ("ESTABLISHED", "CLOSE_WAIT", "CLOSE", None)
"""States that end with a call of ours, or with a sign."""


class Watch:
    """Remembers the sockets of this process as they were last seen."""

    def __init__(self) -> None:
        self.seen: dict[int, View] = {}
        self._poll = select.poll()
        self._signs: dict[int, Any] = {}
        self._restless: set[int] = set()
        self._looks = 0
        self._turn = 0

    def is_many(self) -> bool:
        """Whether there are so many that only some are looked at."""
        return len(self.seen) > FEW

    def due(self, named: Iterable[int]) -> list[int]:
        """The fds to look at now, closed ones too; ``named`` are those of calls."""
        self._looks += 1
        stirred = self._stirred()
        if not self.is_many():
            return sorted({*probe.socket_fds(), *self.seen})
        due = {*named, *stirred, *self._restless, *self._in_turn()}
        if self._looks % SEARCH_EVERY == 0:
            due.update(fd for fd in probe.socket_fds() if fd not in self.seen)
        return sorted(due)

    def _stirred(self) -> list[int]:
        """The fds whose sign is another one than at the last look.

        A sign shows at little cost whether anything came: poll's word (POLLNVAL for a closed
        fd), and how many octets wait.  Signs are read before the sockets are looked at, so
        that what comes in between is found twice rather than never.
        """
        before = self._signs
        self._signs = {
            fd: (word, probe.count(fd, probe.FIONREAD)) for fd, word in kernel_poll(self._poll, 0)
        }
        fds = before.keys() | self._signs.keys()
        return [fd for fd in fds if before.get(fd) != self._signs.get(fd)]

    def _in_turn(self) -> list[int]:
        fds = list(self.seen)
        start = self._turn % len(fds)
        self._turn = start + IN_TURN
        return fds[start : start + IN_TURN]

    def note(self, fd: int, view: View | None) -> bool:
        """Remember how a socket looks, None where it is gone; whether that is news."""
        before = self.seen.get(fd)
        if view == before:
            return False
        self._restless.discard(fd)
        if view is None:
            del self.seen[fd]
            self._poll.unregister(fd)
            return True
        if before is None:
            self._poll.register(fd, EVENTS)
        if _is_restless(view):
            self._restless.add(fd)
        self.seen[fd] = view
        return True


def _is_restless(view: View) -> bool:
    """Whether it may come to look otherwise without a sign.

    What others do to a socket with these: acknowledge what it sent (SIOCOUTQ), end its
    handshake, put a connection into its accept queue, or a datagram behind the first one,
    for FIONREAD counts the first alone.
    """
    sending, datagrams = view["send_queue"], view.get("datagram_queue")
    return bool(
        view["state"] not in STEADY
        or (sending and sending["bytes"])
        or (datagrams and datagrams["memory"])
    )
