"""What can be done while processes are watched: look closer, and back; they run by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from .actions import FILTER, Keys, of_every_stage

KEYS: Final[Keys] = {
    "back": ("left", "←", 1),
    "forward": ("right", "→", 2),
    "first": ("home", "Home", 0),
    "last": ("end", "End", 3),
    "inspect": ("i", "i", 5),
    "panel": ("tab", "Tab", 6),
    "panel_back": ("shift+tab", "Shift+Tab", 0),
    "goto": ("g", "g", 0),
    "save": ("s", "s", 7),
    "theme": ("t", "t", 0),
    "help": ("question_mark", "?", 8),
    "quit": ("q", "q", 9),
}

HELP: Final = {
    "back": "Show what was seen before the last change.",
    "forward": "Show the next change.",
    "quit": "Leave; the processes run on.",
}

WATCH_ACTIONS: Final = (replace(FILTER, hint=4), *of_every_stage(KEYS, HELP, scrolls=False))
