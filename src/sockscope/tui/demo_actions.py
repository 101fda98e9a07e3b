"""What the viewer of a demo can do: watch it at one's own pace, look around, take over."""

from __future__ import annotations

from typing import Final

from .actions import ACTIONS, Action, Situation


def _needs_demo(now: Situation) -> str:
    return "This is a picture of a demo: nothing runs here." if now.replay else ""


_DRIVES: Final = ("step", "next", "into", "every_call", "run", "run_all", "breakpoints", "pause")
_NOT_HERE: Final = frozenset((*_DRIVES, "fragment", "kill", "forward", "restart"))
"""What needs the programs in one's own hands, or does something else in a demo."""

DEMO_ACTIONS: Final = (
    Action("play", ("space",), "space", "play/pause", "Stop the demo, or let it go on.", hint=1),
    Action("forward", ("right",), "→", "forward", "Show what comes next, and stay there.", hint=4),
    Action(
        "take_over",
        ("enter",),
        "Enter",
        "take over",
        "Step the programs by hand from here on, as you like.",
        _needs_demo,
        2,
    ),
    *(action for action in ACTIONS if action.name not in _NOT_HERE),
    Action(
        "restart", ("ctrl+r",), "Ctrl+R", "again", "Play it from the beginning.", _needs_demo, 8
    ),
)
