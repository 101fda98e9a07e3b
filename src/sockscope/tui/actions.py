"""The one table of what the stage can be told to do; another stage may bring its own.

Keys, footer, command palette and help are made from it, so that they cannot disagree.
``problem`` says in one sentence why an action does nothing now, if so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from textual.binding import Binding, BindingType

from sockscope.trace.words import short_name

TRACEE_KEYS: Final = tuple("123456789")

LONGEST_NAME: Final = 14
"""Columns of a tracee's name in the footer."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What there is to act on."""

    replay: bool = False  # a saved trace: no program runs
    past: bool = False  # an earlier position is shown
    can_back: bool = False
    can_forward: bool = False
    tracees: tuple[str, ...] = ()
    exited: frozenset[str] = frozenset()
    streams: int = 0
    sockets: int = 0
    threads: int = 0  # of the chosen program: those that are in a call
    waits: int = 0
    standstill: bool = False  # every program that lives is blocked
    within: bool = False  # a library's function waits at a call
    deadlock: frozenset[str] = frozenset()  # who waits for nobody but each other


Check = Callable[[Situation], str]


def _always(_: Situation) -> str:
    return ""


def _is_useful(_: Situation) -> bool:
    return True


def needs_live(now: Situation) -> str:
    """Only at the newest position of something that runs."""
    if now.replay:
        return "This is a saved trace: nothing runs here.  Use ← and → to move through it."
    if now.past:
        return "This is the past.  Press End to come back to now, then go on."
    return ""


def _needs_running(now: Situation) -> str:
    if not needs_live(now) and now.tracees and now.exited.issuperset(now.tracees):
        return "Every program has ended: Ctrl+R runs them again."
    return needs_live(now)


def _needs_movable(now: Situation) -> str:
    """Where a program may still go on by itself."""
    living = set(now.tracees) - now.exited
    if not needs_live(now) and living and living <= now.deadlock:
        return "This is a deadlock: k sends a signal, Ctrl+R runs them again, w shows who waits."
    return _needs_running(now)


def _needs_library(now: Situation) -> str:
    problem = "No program waits at a call within a library: space makes one call."
    return _needs_running(now) or ("" if now.within else problem)


def _needs_session(now: Situation) -> str:
    return "This is a saved trace: nothing runs here." if now.replay else ""


def _needs_earlier(now: Situation) -> str:
    return "" if now.can_back else "This is the beginning."


def _needs_later(now: Situation) -> str:
    return "" if now.can_forward else "This is the newest position."


def _needs_streams(now: Situation) -> str:
    return "" if now.streams > 1 else "There is no other stream."


def _needs_stream(now: Situation) -> str:
    return "" if now.streams else "There is no stream yet."


def _needs_socket(now: Situation) -> str:
    return "" if now.sockets else "No program holds a socket now."


def _needs_threads(now: Situation) -> str:
    return "" if now.threads > 1 else "The chosen program has no two threads in calls."


def _needs_waits(now: Situation) -> str:
    return "" if now.waits else "No call is blocked now."


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.  ``name`` is a method of the stage, ``do_`` before it.

    ``hint`` ranks it in the footer: 1 comes first, 0 is never shown there.  It is shown while
    the action is ``useful``, and can be done.
    """

    name: str
    keys: tuple[str, ...]
    key_label: str
    label: str
    help: str
    problem: Check = _always
    hint: int = 0
    per_tracee: bool = False
    useful: Callable[[Situation], bool] = _is_useful


ACTIONS: Final = (
    Action(
        "step",
        TRACEE_KEYS,
        "1…9",
        "step",
        "Let that program make the call it waits at.",
        _needs_movable,
        1,
        per_tracee=True,
    ),
    Action(
        "next",
        ("space",),
        "space",
        "next",
        "Let the program whose turn it is make its call.",
        _needs_movable,
        2,
    ),
    Action(
        "into",
        ("e",),
        "e",
        "into",
        "Let through one call of several that a library makes.",
        _needs_library,
        3,
    ),
    Action("back", ("left",), "←", "back", "Show the moment one call earlier.", _needs_earlier, 3),
    Action("forward", ("right",), "→", "forward", "Show one call later.", _needs_later, 4),
    Action("first", ("home",), "Home", "first", "Show the first moment.", _needs_earlier),
    Action("last", ("end",), "End", "now", "Show the newest moment again.", _needs_later, 5),
    Action(
        "fragment",
        ("f",),
        "f",
        "fragment",
        "Let the next call move only so many bytes, as TCP may.",
        _needs_movable,
        7,
    ),
    Action(
        "run",
        ("r",),
        "r",
        "run",
        "Run the chosen program until it blocks or ends.",
        _needs_movable,
        8,
    ),
    Action(
        "run_all",
        ("R",),
        "R",
        "run on",
        "Let every program run by itself, up to a breakpoint.",
        _needs_movable,
        15,
    ),
    Action(
        "every_call",
        ("E",),
        "E",
        "every call",
        "Stop at every call, also within libraries; or not.",
        _needs_session,
    ),
    Action(
        "breakpoints",
        ("b",),
        "b",
        "break",
        "Say at which calls a run shall stop.",
        _needs_session,
        11,
    ),
    Action("pause", ("p",), "p", "pause", "Stop every program at its next call.", _needs_running),
    Action(
        "thread",
        ("h",),
        "h",
        "thread",
        "Choose another thread of the program to step.",
        _needs_threads,
        6,
    ),
    Action("panel", ("tab",), "Tab", "panel", "Go to the next panel.", hint=9),
    Action("panel_back", ("shift+tab",), "Shift+Tab", "panel back", "Go to the panel before."),
    Action(
        "follow",
        ("escape",),
        "Esc",
        "follow",
        "Choose no panel: follow the program whose turn it is.",
    ),
    Action(
        "stream_next",
        ("right_square_bracket",),
        "]",
        "stream",
        "Show the next byte stream.",
        _needs_streams,
        11,
    ),
    Action(
        "stream_back",
        ("left_square_bracket",),
        "[",
        "stream back",
        "Show the stream before.",
        _needs_streams,
    ),
    Action(
        "scroll_left",
        ("shift+left", "less_than_sign"),
        "<",
        "earlier bytes",
        "Scroll the byte stream to earlier bytes.",
        _needs_stream,
    ),
    Action(
        "scroll_right",
        ("shift+right", "greater_than_sign"),
        ">",
        "later bytes",
        "Scroll the byte stream to later bytes.",
        _needs_stream,
    ),
    Action(
        "bytes",
        ("x",),
        "x",
        "text/hex",
        "Write bytes as text, as hex, or as both.",
        _needs_stream,
        12,
    ),
    Action(
        "fold", ("z",), "z", "fold", "Fold long runs of bytes, or show them all.", _needs_stream
    ),
    Action(
        "inspect",
        ("i",),
        "i",
        "inspect",
        "Every number of a socket, and where the kernel gave it.",
        _needs_socket,
        10,
    ),
    Action(
        "waits",
        ("w",),
        "w",
        "who waits",
        "Draw who waits for whom, and whether it is a deadlock.",
        _needs_waits,
        3,
        useful=lambda now: now.standstill,
    ),
    Action("goto", ("g",), "g", "go to", "Go to a position by its number."),
    Action("save", ("s",), "s", "save", "Save the trace to a file."),
    Action("kill", ("k",), "k", "kill", "Send the chosen program a signal.", _needs_running),
    Action(
        "restart",
        ("ctrl+r",),
        "Ctrl+R",
        "restart",
        "End every program and start again.",
        _needs_session,
        14,
    ),
    Action("theme", ("t",), "t", "dark/light", "Switch between the dark and the light theme."),
    Action("help", ("question_mark",), "?", "help", "Show this help.", hint=6),
    Action("quit", ("q",), "q", "quit", "End every program and leave.", hint=13),
)


FILTER: Final = Action(
    "filter",
    ("slash",),
    "/",
    "filter",
    "Show only some sockets: by process, state, or port.",
    _needs_socket,
)
"""For stages on which there may be many sockets."""

Keys = Mapping[str, tuple[str, str, int]]
"""By the action's name: the key, its label, and its rank in the footer."""


def of_every_stage(
    keys: Keys, texts: Mapping[str, str], *, scrolls: bool = True
) -> Iterator[Action]:
    """The actions that every stage has, with other keys and help ``texts``.

    Those that scroll the byte stream keep their keys, where the stage ``scrolls``.
    """
    for action in ACTIONS:
        if action.name in keys:
            key, label, hint = keys[action.name]
            text = texts.get(action.name, action.help)
            yield replace(action, keys=(key,), key_label=label, hint=hint, help=text)
        elif scrolls and action.name.startswith("scroll_"):
            yield action


def bindings(actions: Sequence[Action]) -> list[BindingType]:
    """The keys of a table of actions."""
    return [
        Binding(
            key,
            f"do('{action.name}', {index if action.per_tracee else None})",
            action.label,
            show=False,
        )
        for action in actions
        for index, key in enumerate(action.keys)
    ]


@dataclass(frozen=True, slots=True)
class Hint:
    """One entry of the footer."""

    key: str
    label: str
    name: str
    argument: int | None = None

    @property
    def width(self) -> int:
        """Columns that it takes, with the gap behind it."""
        return len(self.key) + 1 + len(self.label) + 2


def hints(now: Situation, width: int, actions: Sequence[Action] = ACTIONS) -> list[Hint]:
    """The footer: what does something now, as much as fits, most useful first."""
    useful = sorted(
        (a for a in actions if a.hint and a.useful(now) and not a.problem(now)),
        key=lambda action: action.hint,
    )
    shown: list[Hint] = []
    room = width - 1
    for hint in (hint for action in useful for hint in _hints_of(action, now)):
        if hint.width <= room:
            shown.append(hint)
            room -= hint.width
    return shown


def _hints_of(action: Action, now: Situation) -> list[Hint]:
    if not action.per_tracee:
        return [Hint(action.key_label, action.label, action.name)]
    idle = now.exited | (now.deadlock if action.problem is _needs_movable else frozenset())
    return [
        Hint(key, short_name(name, LONGEST_NAME), action.name, index)
        for index, (key, name) in enumerate(zip(TRACEE_KEYS, now.tracees, strict=False))
        if name not in idle
    ]
