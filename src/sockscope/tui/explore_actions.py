"""What the explorer can be told to do: every call of the orders' table, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sockscope.trace.orders import CALLS

from .actions import (
    FILTER,
    TRACEE_KEYS,
    Action,
    Keys,
    Situation,
    needs_live,
    of_every_stage,
)

EDIT: Final = "edit_"
"""Before the name of a call: its arguments are asked for first."""

KEYS: Final[Keys] = {
    "back": ("left", "←", 5),
    "forward": ("right", "→", 6),
    "first": ("home", "Home", 0),
    "last": ("end", "End", 4),
    "panel": ("tab", "Tab", 11),
    "panel_back": ("shift+tab", "Shift+Tab", 0),
    "follow": ("escape", "Esc", 0),
    "stream_next": ("right_square_bracket", "]", 12),
    "stream_back": ("left_square_bracket", "[", 0),
    "bytes": ("v", "v", 0),
    "fold": ("z", "z", 0),
    "inspect": ("i", "i", 13),
    "waits": ("y", "y", 4),
    "goto": ("j", "j", 0),
    "save": ("ctrl+s", "^S", 15),
    "kill": ("k", "k", 10),
    "restart": ("ctrl+r", "^R", 0),
    "theme": ("ctrl+t", "^T", 0),
    "help": ("question_mark", "?", 7),
    "quit": ("q", "q", 14),
}
"""Actions of every stage.  Letters are for the calls."""

HELP: Final[Mapping[str, str]] = {
    "kill": "Send the chosen process a signal.",
    "restart": "End every process and begin anew, with nothing.",
    "quit": "End every process and leave.",
    "follow": "Choose no panel: follow the chosen process.",
    "inspect": "Every number of the chosen socket, and where the kernel gave it.",
}


def _needs_process(now: Situation) -> str:
    if not needs_live(now) and now.exited.issuperset(now.tracees):
        return "No process lives: + starts one."
    return needs_live(now)


def _needs_orders(now: Situation) -> str:
    return "" if now.tracees else "There is nothing to run again yet."


_OWN: Final = (
    Action(
        "next",
        ("space",),
        "space",
        "next",
        "Make the next call of a conversation, whoever makes it.",
        _needs_process,
        1,
    ),
    Action(
        "process",
        TRACEE_KEYS,
        "1…9",
        "choose",
        "Choose that process: the menu shows what it can call.",
        hint=3,
        per_tracee=True,
    ),
    Action("socket_back", ("comma",), ",", "socket back", "Choose the socket before."),
    Action("socket_next", ("full_stop",), ".", "socket", "Choose another socket of it.", hint=9),
    FILTER,
    Action("line_up", ("up",), "↑", "call above", "Choose the call above in the menu."),
    Action("line_down", ("down",), "↓", "call below", "Choose the call below in the menu."),
    Action(
        "edit",
        ("enter",),
        "Enter",
        "edit",
        "Change the arguments of the chosen call, then make it.",
        _needs_process,
        2,
    ),
    Action(
        "drip",
        ("d",),
        "d",
        "drip",
        "Send a text byte by byte, each by a send() of its own.",
        _needs_process,
    ),
    Action(
        "interrupt",
        ("exclamation_mark",),
        "!",
        "interrupt",
        "Interrupt the blocked call of the chosen process (SIGINT).",
        _needs_process,
    ),
    Action("add", ("plus",), "+", "process", "Start one more process.", needs_live, 8),
    Action(
        "remove",
        ("minus",),
        "-",
        "exit",
        "Let the chosen process end, as at its program's last line.",
        _needs_process,
    ),
    Action(
        "again",
        ("u",),
        "u",
        "run again",
        "Make the calls up to the shown position again, anew.",
        _needs_orders,
        16,
    ),
    Action(
        "export",
        ("ctrl+e",),
        "^E",
        "export",
        "Write the calls as plain Python: a program for each process.",
        _needs_orders,
        17,
    ),
)


def _calls() -> Iterator[Action]:
    for form in CALLS.values():
        purpose = f"{form.name}(): {form.purpose}."
        yield Action(form.name, (form.key,), form.key, form.name, purpose, _needs_process)
        if form.fields:
            key = form.key.upper()
            text = f"The same with other arguments: {form.name}()."
            yield Action(EDIT + form.name, (key,), key, f"{form.name}…", text, _needs_process)


EXPLORE_ACTIONS: Final = (*_OWN, *_calls(), *of_every_stage(KEYS, HELP))
