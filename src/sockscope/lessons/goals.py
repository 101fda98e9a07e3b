"""Goals latch: what was reached once stays reached, whatever happens after."""

from __future__ import annotations

from collections.abc import Sequence

from ..trace.conditions import ConditionError, holds
from ..trace.history import History
from .lesson import Goal


def reached(
    goals: Sequence[Goal], history: History, before: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The texts of the goals that are reached now or were ``before``."""
    return before | {goal.text for goal in goals if _is_reached(goal, history)}


def _is_reached(goal: Goal, history: History) -> bool:
    try:
        return holds(goal.node, history)
    except ConditionError:
        return False
