"""One plain sentence about what a call means here: pure functions of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .state import Call, State


def meaning(state: State, call: Call) -> str:
    """What a finished call means; ``state`` is the state just before it finished."""
    return ""


def blocked_meaning(state: State, call: Call) -> str:
    """What a blocked call waits for."""
    return ""
