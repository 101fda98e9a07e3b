"""Cuts streams short, by answers that the kernel may always give.

A receive that would pass the next cut asks for the octets before it only; what it leaves
lies in the receive buffer, for the next one.  A send on a socket that need not wait for
room may likewise be taken in part.
"""

from __future__ import annotations

import os
import signal
import socket
import weakref
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .passage import Method


class Cuts:
    """Where each stream of this process is cut, by its direction, ``in`` or ``out``.

    ``at`` lists offsets, ``every`` is a distance, within the ``front`` of a stream where there
    is a larger one, ``then``, for what follows.  ``dies`` is the number of octets after
    which this process, that would send more, is killed, as a crash would kill it: before
    it learns that a send took a part only.
    """

    def __init__(self, spec: dict[str, Any]) -> None:
        self._at = {way: sorted(spec.get(way, {}).get("at", ())) for way in ("in", "out")}
        self._steps = {way: spec.get(way, {}) for way in ("in", "out")}
        self._dies = spec.get("dies")
        self._sent = 0
        self._passed = {
            way: weakref.WeakKeyDictionary()  # type: ignore[var-annotated]
            for way in ("in", "out")
        }

    def limit(self, method: Method, sock: Any) -> int | None:
        """How many octets this call may move; None where it is not cut."""
        if sock.type != socket.SOCK_STREAM:
            return None
        if method.receives:
            return self._left("in", sock)
        if method.cut is None:
            return None
        short = None
        if method.via is None and socket.socket.gettimeout(sock) is not None:
            short = self._left("out", sock)
        if self._dies is None:
            return short
        self._die_if_due()
        left = int(self._dies) - self._sent
        return left if short is None else min(left, short)

    def passed(self, method: Method, sock: Any, count: int, flags: Any) -> None:
        """A call has moved ``count`` octets; those that were only peeked at did not move."""
        if isinstance(flags, int) and flags & socket.MSG_PEEK:
            return
        way = "in" if method.receives else "out"
        self._passed[way][sock] = self._passed[way].get(sock, 0) + count
        if way == "out":
            self._sent += count
            self._die_if_due()

    def _die_if_due(self) -> None:
        if self._dies is not None and self._sent >= self._dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def _left(self, way: str, sock: Any) -> int | None:
        at: int = self._passed[way].get(sock, 0)
        told = self._steps[way]
        if "every" in told:
            front: int | None = told.get("front")
            if front is not None and at >= front:
                return int(told["then"] - (at - front) % told["then"])
            every = int(told["every"] - at % told["every"])
            return every if front is None else min(every, front - at)
        later = [cut - at for cut in self._at[way][bisect_right(self._at[way], at) :]]
        return later[0] if later else None
