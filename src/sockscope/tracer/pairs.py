"""Which halves of our connections are held by a tracee, and which are in the kernel alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from .unheld import Pair

IN_TURN = 32
"""Halves that are asked for at a time, besides those of which there is news."""


class Pairs:
    """Follows the halves as tracees come to hold them and let go of them."""

    def __init__(self) -> None:
        self._unheld: dict[Pair, None] = {}
        """In the order in which it is their turn."""
        self._held: Counter[Pair] = Counter()
        self._stirred: set[Pair] = set()

    def __contains__(self, pair: Pair) -> bool:
        """Whether no tracee holds this half of a connection of ours."""
        return pair in self._unheld

    def hold(self, pair: Pair | None) -> None:
        """A tracee holds this half; the other one may be nobody's."""
        if pair is None:
            return
        self._held[pair] += 1
        self.forget([pair])
        if not self._held[pair[::-1]]:
            self.ask_for(pair[::-1])

    def let_go(self, pair: Pair | None) -> None:
        """A tracee holds this half no longer."""
        if pair is None:
            return
        self._held[pair] -= 1
        if not self._held[pair]:
            del self._held[pair]
            self.ask_for(pair)

    def ask_for(self, pair: Pair) -> None:
        """No tracee holds this half, and the kernel may."""
        self._unheld[pair] = None
        self._stirred.add(pair)

    def due(self) -> set[Pair]:
        """Unheld halves to ask the kernel for: those with news, and some others in turn."""
        due = self._stirred.union(islice(self._unheld, IN_TURN))
        self._stirred = set()
        for pair in due:
            self._unheld[pair] = self._unheld.pop(pair)
        return due

    def forget(self, pairs: Iterable[Pair]) -> None:
        """These are held, or the kernel keeps nothing of them any more."""
        for pair in pairs:
            self._unheld.pop(pair, None)
            self._stirred.discard(pair)
