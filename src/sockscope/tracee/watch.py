"""Which sockets to look at, so that a look costs about the same among five and five hundred.

A few are all looked at.  Of many, those that something may have happened to: what a call
named, what poll(2) and FIONREAD show to be otherwise than before, what is on its way to
another state; and of the rest a few in turn, so that none is forgotten.
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
"""Looks until all fds are searched for sockets that no call told of."""

EVENTS = select.POLLIN | select.POLLRDHUP
RESTLESS = ("SYN_SENT", "SYN_RECV", "FIN_WAIT1", "CLOSING", "LAST_ACK")


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
        """The fds to look at now, those of the last call first."""
        self._looks += 1
        if not self.is_many() or self._looks % SEARCH_EVERY == 0:
            return probe.socket_fds()
        signs = {fd: self._sign(fd, event) for fd, event in kernel_poll(self._poll, 0)}
        stirred = [fd for fd in signs.keys() | self._signs.keys() if self._differs(fd, signs)]
        self._signs = signs
        return list(dict.fromkeys((*named, *stirred, *self._restless, *self._in_turn())))

    def _sign(self, fd: int, event: int) -> Any:
        """What shows at little cost whether octets came: poll's word, and how many wait."""
        return event, probe.count(fd, probe.FIONREAD)

    def _differs(self, fd: int, signs: dict[int, Any]) -> bool:
        return signs.get(fd) != self._signs.get(fd)

    def _in_turn(self) -> list[int]:
        fds = list(self.seen)
        start = self._turn % len(fds)
        self._turn = start + IN_TURN
        return fds[start : start + IN_TURN]

    def note(self, fd: int, view: View | None) -> bool:
        """Remember how a socket looks, None where it is gone; whether that is news."""
        if view == self.seen.get(fd):
            return False
        self._restless.discard(fd)
        if view is None:
            del self.seen[fd]
            self._signs.pop(fd, None)
            self._poll.unregister(fd)
            return True
        if fd not in self.seen:
            self._poll.register(fd, EVENTS)
        if _is_restless(view):
            self._restless.add(fd)
        self.seen[fd] = view
        return True


def _is_restless(view: View) -> bool:
    """Whether it may look otherwise soon, though nothing is done to it."""
    sending = view["send_queue"] and view["send_queue"]["bytes"]
    return bool(sending) or view["kind"] == "listening" or view["state"] in RESTLESS
