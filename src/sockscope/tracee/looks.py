"""Looks at the sockets of this process, and reports what changed.

A peek must not come between a program and a pending error, so it is made only at fds
that no call may be reading.  A call is under way before it looks whether a probe is;
the probe says that it looks before it asks which calls are under way.  One of the two
always sees the other.
"""

from __future__ import annotations

from . import blocked, probe
from .strangers import Strangers
from .watch import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable

    from .records import Record, Reports

    Json = Dict[str, Any]

BIRTHS = frozenset(("socket", "accept", "dup", "socketpair"))


class Looks:
    """What was seen of the sockets, and what there is to say of it.

    A look ``is_on`` while sockets may be peeked at: then no call may begin.  ``read_ahead``
    gives the octets in Python's own buffers, by fd.
    """

    def __init__(self) -> None:
        self.read_ahead: Callable[[], dict[int, int]] = dict
        self.strangers = Strangers()

    def begin(self, reports: Reports) -> None:
        """Look for these; nothing was seen yet."""
        self.is_on = False
        self._reports = reports
        self._watch = Watch()
        self._was_observed = False

    def observe(self, named: Iterable[int] = ()) -> None:
        """Look at the sockets of this process; report what changed.

        Where there are many, only at those that may have changed: ``named`` are among them,
        and those that a call is at.
        """
        with self._reports.lock:
            was_many = self._watch.is_many()
            calls = self._reports.calls_under_way()
            news, gone = self._news(self._watch.due([*named, *(call.fd for call in calls)]))
            if was_many and self._watch.is_many():
                self._emit_some(news, gone)
            elif news or gone or not self._was_observed:
                self._was_observed = True
                views = [view for _, view in sorted(self._watch.seen.items())]
                self._reports.emit("sockets_observed", sockets=views)
            if not any(call.name in BIRTHS for call in self._reports.calls_under_way()):
                for what in self.strangers.among(self._watch.seen):
                    self._reports.emit("not_seen", what=what)

    def observe_some(self, fds: Iterable[int]) -> None:
        """The same of these alone."""
        with self._reports.lock:
            self._emit_some(*self._news(fds))

    def _news(self, fds: Iterable[int]) -> tuple[list[Json], list[int]]:
        """Of these fds the views that are new, and the fds that are no sockets any more."""
        news = {fd: view for fd, view in self._look(fds) if self._watch.note(fd, view)}
        gone = [fd for fd, view in news.items() if view is None]
        return [view for view in news.values() if view is not None], gone

    def _emit_some(self, news: list[Json], gone: list[int]) -> None:
        if news or gone:
            self._reports.emit("sockets_observed", sockets=news, partial=True, gone=gone)

    def _look(self, fds: Iterable[int]) -> list[tuple[int, Json | None]]:
        self.is_on = True
        try:
            busy = self._busy_fds()
            ahead = self.read_ahead()
            return [(fd, self._view(fd, fd not in busy, ahead)) for fd in fds]
        finally:
            self.is_on = False

    def _view(self, fd: int, peek: bool, ahead: dict[int, int]) -> Json | None:
        view = probe.observe(fd, peek)
        if view is not None and fd in ahead:
            view["buffered"] = ahead[fd]
        return view

    def _busy_fds(self) -> set[int]:
        """Fds that a call may be reading right now; a peek there could race with it."""
        calls = self._reports.calls_under_way()
        return {r.fd for r in calls if r.phase != "gate" and blocked.may_read(r.name)}


def fds_of(record: Record) -> list[int]:
    """The fd that a call was about, and those that it brought."""
    if record.name not in BIRTHS or record.error is not None:
        return [record.fd]
    made = record.value if isinstance(record.value, tuple) else (record.value,)
    return [record.fd, *(fd for fd in made if type(fd) is int)]
