"""The calls of a run, and the conversations that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..trace import events as e
from ..trace.names import RECEIVES, SENDS

Key = tuple[str | None, int, int]
"""A process, an fd, and how often it has begun to close that one before."""

Told = tuple[e.CallEntered, e.CallReturned, Key]
"""A call that came back, and its conversation: of accept() and socket() the new one."""


class Conversations:
    """Tells conversations apart, event by event; ``open`` are those that have begun.

    One ends as its close() begins: another thread may have its fd before that returns.
    """

    def __init__(self) -> None:
        self.open: set[Key] = set()
        self._entered: dict[int, e.CallEntered] = {}
        self._closed: Counter[tuple[str | None, int]] = Counter()

    def take(self, event: e.Event) -> Told | None:
        """Take one event; gives the call that has come back with it."""
        if isinstance(event, e.CallEntered):
            self._entered[event.call] = event
            if event.name == "close":
                self.open.discard(self._key(event.proc, event.fd))
                self._closed[event.proc, event.fd] += 1
        elif isinstance(event, e.ProcessExited):
            self.open = {key for key in self.open if key[0] != event.proc}
        elif isinstance(event, e.CallReturned) and (call := self._entered.pop(event.call, None)):
            key = self._key(call.proc, _made(call, event))
            if _begins(call, event):
                self.open.add(key)
            return call, event, key
        return None

    def _key(self, proc: str | None, fd: int) -> Key:
        return proc, fd, self._closed[proc, fd]


def _made(call: e.CallEntered, end: e.CallReturned) -> Any:
    """The fd of the socket that a call has made, or else that it was about."""
    if call.name == "socket":
        return end.value
    return end.value[0] if call.name == "accept" and end.value else call.fd


def _begins(call: e.CallEntered, end: e.CallReturned) -> bool:
    if call.name == "accept":
        return bool(end.value)
    return call.name == "connect" or bool(end.data and call.name in SENDS | RECEIVES)


def returned_calls(events: Sequence[e.Event]) -> Iterator[Told]:
    """The calls that came back, in order."""
    return filter(None, map(Conversations().take, events))


def is_at_once(events: Sequence[e.Event]) -> bool:
    """Whether a conversation begins while another is not over."""
    conversations = Conversations()
    return any(conversations.take(event) and len(conversations.open) > 1 for event in events)
