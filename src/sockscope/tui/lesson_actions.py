"""What a learner can do: answer, go on, ask for a hint, and explore freely in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from .actions import ACTIONS, TRACEE_KEYS, Action, Check, Keys, Situation, of_every_stage

LETTERS: Final = tuple("abcde")
SAY: Final = "say_"
"""Before the answer that a key gives."""

KEYS: Final[Keys] = {
    "back": ("left", "←", 7),
    "forward": ("right", "→", 8),
    "first": ("home", "Home", 0),
    "last": ("end", "End", 6),
    "panel": ("tab", "Tab", 9),
    "panel_back": ("shift+tab", "Shift+Tab", 0),
    "follow": ("escape", "Esc", 0),
    "stream_next": ("right_square_bracket", "]", 12),
    "stream_back": ("left_square_bracket", "[", 0),
    "bytes": ("v", "v", 0),
    "fold": ("z", "z", 0),
    "inspect": ("i", "i", 11),
    "waits": ("w", "w", 6),
    "goto": ("j", "j", 0),
    "save": ("ctrl+s", "^S", 0),
    "restart": ("ctrl+r", "^R", 0),
    "theme": ("ctrl+t", "^T", 0),
    "help": ("question_mark", "?", 10),
    "quit": ("q", "q", 14),
}
"""Actions of every stage.  Letters are for answers."""

HELP: Final = {
    "restart": "Run the programs again, up to this step.",
    "quit": "Leave the lesson; what is done is kept.",
    "follow": "Back to the lesson's panel.",
}

HANDS_ON: Final = ("step", "run", "run_all", "pause", "fragment", "kill")
"""What drives the programs: only while the learner explores."""


@dataclass(frozen=True, slots=True)
class LessonSituation(Situation):
    """Also where the lesson stands.  ``answers`` are the keys that answer the open question."""

    exploring: bool = False
    busy: bool = False
    answers: str = ""
    types: bool = False  # an answer is typed
    hints_left: int = 0
    asked: bool = False
    more: bool = False  # there is more to read below


def _of(now: Situation) -> LessonSituation:
    assert isinstance(now, LessonSituation)
    return now


def _busy_or(now: Situation, problem: str) -> str:
    return "The programs are making their calls." if _of(now).busy else problem


def _in_lesson(now: Situation) -> str:
    if _of(now).exploring:
        return "You are exploring: l comes back to the lesson."
    return _busy_or(now, "")


def _needs_question(now: Situation) -> str:
    return _in_lesson(now) or ("" if _of(now).asked else "No question is open now.")


def _answered_by(key: str) -> Check:
    def check(now: Situation) -> str:
        problem = _needs_question(now)
        if problem or key in _of(now).answers:
            return problem
        return f"{key} is no answer to this question."

    return check


def _types(now: Situation) -> str:
    return _needs_question(now) or ("" if _of(now).types else "Answer with the letter of a line.")


def _needs_hint(now: Situation) -> str:
    return _needs_question(now) or ("" if _of(now).hints_left else "There is no other hint.")


def _can_go_on(now: Situation) -> str:
    """While a question is open it is answered or skipped; exploring, it is the next call."""
    if _of(now).exploring:
        return _by_hand("next")(now)
    if _of(now).asked and not _of(now).more:
        return _busy_or(now, "Answer first, or s skips the question.")
    return _busy_or(now, "")


def _needs_exploring(now: Situation) -> str:
    return "" if _of(now).exploring else "You are in the lesson already."


def _by_hand(name: str) -> Check:
    checks = {action.name: action.problem for action in ACTIONS}

    def check(now: Situation) -> str:
        if not _of(now).exploring:
            return "First press x: then the programs are yours to step."
        return checks[name](now)

    return check


def _answers() -> Iterator[Action]:
    yield Action(
        "answer",
        ("enter",),
        "Enter",
        "answer",
        "Open a line to type the answer in; or go on, where there is none to give.",
        _types,
        1,
    )
    first, *others = LETTERS
    yield Action(SAY + first, (first,), "a, b …", "answer", "Answer a.", _answered_by(first), 2)
    for key in others:
        yield Action(SAY + key, (key,), key, key, f"Answer {key}.", _answered_by(key))
    yield Action(SAY + "y", ("y",), "y", "yes", "Answer yes.", _answered_by("y"), 2)
    yield Action(SAY + "n", ("n",), "n", "no", "Answer no.", _answered_by("n"), 2)


def _by_hands() -> Iterator[Action]:
    for action in ACTIONS:
        if action.name in HANDS_ON:
            keys = TRACEE_KEYS if action.per_tracee else action.keys
            yield replace(action, keys=keys, problem=_by_hand(action.name))


LESSON_ACTIONS: Final = (
    *_answers(),
    Action(
        "next",
        ("space",),
        "space",
        "go on",
        "Read on, then go to the next step.  While you explore: the next call.",
        _can_go_on,
        1,
    ),
    Action("hint", ("h",), "h", "hint", "Show one more hint.", _needs_hint, 4),
    Action("skip", ("s",), "s", "skip", "See what happens without a guess.", _needs_question, 5),
    Action(
        "explore",
        ("x",),
        "x",
        "explore",
        "Take the programs into your own hands; the lesson waits.",
        _in_lesson,
        6,
    ),
    Action(
        "lesson",
        ("l",),
        "l",
        "lesson",
        "Back to the lesson; what you ran ahead is run anew.",
        _needs_exploring,
        1,
    ),
    Action("read_up", ("up",), "↑", "read up", "Scroll the lesson's text up."),
    Action("read_down", ("down",), "↓", "read down", "Scroll the lesson's text down."),
    *_by_hands(),
    *of_every_stage(KEYS, HELP),
)
