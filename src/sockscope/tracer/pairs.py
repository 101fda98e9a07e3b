"""Which halves of our connections are held by a tracee, and which are in the kernel alone."""

from __future__ import annotations

from collections import Counter

from .unheld import Pair

IN_TURN = 32
"""Halves that are asked for at a time, besides those of which there is news."""


class Pairs:
    """Follows the halves as tracees come to hold them and let go of them."""

    def __init__(self) -> None:
        self.unheld: set[Pair] = set()
        self._held: Counter[Pair] = Counter()
        self._stirred: set[Pair] = set()
        self._queue: list[Pair] = []

    def hold(self, pair: Pair | None) -> None:
        """A tracee holds this half; the other one may be nobody's."""
        if pair is None:
            return
        self._held[pair] += 1
        self.unheld.discard(pair)
        other = pair[::-1]
        if not self._held[other]:
            self.unheld.add(other)
            self._stirred.add(other)

    def let_go(self, pair: Pair | None) -> None:
        """A tracee holds this half no longer."""
        if pair is None:
            return
        self._held[pair] -= 1
        if self._held[pair] <= 0:
            del self._held[pair]
            self.unheld.add(pair)
            self._stirred.add(pair)

    def due(self) -> set[Pair]:
        """Unheld halves to ask the kernel for: those with news, and some others in turn."""
        if len(self._queue) < IN_TURN:
            self._queue = list(self.unheld)
        turn, self._queue = self._queue[:IN_TURN], self._queue[IN_TURN:]
        due = (self._stirred | set(turn)) & self.unheld
        self._stirred.clear()
        return due
