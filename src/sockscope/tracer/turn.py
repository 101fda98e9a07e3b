"""Whose turn it is: the order in which a conversation tells its own story.

A program starts once all before it have blocked or ended, because a client that comes
before its server listens is only refused.  After that they take turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one tracee stands: whether a step is possible, and whether it ever had to wait."""

    name: str
    at_gate: bool
    has_waited: bool
    has_ended: bool


def next_in_turn(standings: Sequence[Standing], last: str | None) -> str | None:
    """The tracee to step after ``last``, or None where none can be stepped."""
    started = []
    for standing in standings:
        started.append(standing)
        if not standing.has_waited and not standing.has_ended:
            break
    names = [standing.name for standing in started]
    after = names.index(last) + 1 if last in names else 0
    in_turn = [*started[after:], *started[:after]]
    return next((s.name for s in in_turn if s.at_gate), None)
