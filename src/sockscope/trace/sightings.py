"""Watched processes in words: each socket when it is first seen, and whenever it has changed."""

from __future__ import annotations

from collections.abc import Iterator

from .events import ProcessExited, ProcessStarted, SocketsObserved, SocketView
from .words import address_text, octets_text, plain_text, size_text

SHOWN = 40
"""Octets of a receive queue that a line shows at most."""


class Sightings:
    """Follows the watched processes of a trace; what others do is told by their calls."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[int | None, str]] = {}

    def started(self, event: ProcessStarted) -> None:
        """A process came to life, or began to be watched."""
        if event.watched and event.proc is not None:
            self._seen[event.proc] = {}

    def exited(self, event: ProcessExited) -> bool:
        """A process ended; whether it was a watched one."""
        return self._seen.pop(event.proc or "", None) is not None

    def observed(self, event: SocketsObserved) -> Iterator[str]:
        """A line for each socket of a watched process that is not as it was."""
        before = self._seen.get(event.proc or "")
        if before is None:
            return
        now = {view.fd: line(view) for view in event.sockets}
        self._seen[event.proc or ""] = now
        if not now:
            yield "no socket"
        for fd in [*now, *(fd for fd in before if fd not in now)]:
            if before.get(fd) != now.get(fd):
                yield f"fd {fd}  {now.get(fd, 'closed')}"


def line(view: SocketView) -> str:
    """One socket in words: its kind, its ends, and what waits in its queues."""
    parts = [plain_text(f"{view.kind} {view.state or ''}".rstrip())]
    if view.local:
        peer = f" - {address_text(view.peer)}" if view.peer else ""
        parts.append(f"{address_text(view.local)}{peer}")
    if view.kind == "listening":
        parts.append(f"accept queue {view.accept_length} of {view.accept_limit}")
    if view.recv_bytes:
        octets = f" {octets_text(view.peek, SHOWN)}" if view.peek else ""
        parts.append(f"{size_text(view.recv_bytes)} to read{octets}")
    if view.send_bytes:
        what = "not acknowledged" if view.state else "of its send buffer taken up"
        parts.append(f"{size_text(view.send_bytes)} {what}")
    return "  ".join(parts)
