"""Plays lessons for real, without a screen, and finds where the kernel disagrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ..trace.conditions import ConditionError, evaluate, find, holds, paths
from ..trace.fold import fold
from ..trace.history import History
from ..trace.stable import Stable
from ..trace.words import call_text, result_text
from ..tracer.programs import ProgramError
from .answers import truth
from .goals import reached
from .lesson import Lesson, LessonError, Step
from .loader import STRUCTURE, TEXT
from .player import DEADLINE, Player, play_other, playing
from .prose import RECAP, Prose

RUNS: Final = 5
"""As often a lesson is played to see whether it always goes the same way."""

IGNORED: Final = frozenset({"__pycache__"})

Digest = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a lesson: what is wrong with it, and what each step came to."""

    problems: tuple[str, ...]
    digests: tuple[Digest, ...]


async def verify(lesson: Lesson, runs: int = RUNS, deadline: float = DEADLINE) -> list[str]:
    """What is wrong with ``lesson``, one line each; nothing where it is sound."""
    problems = list(static_problems(lesson))
    try:
        played = [await _run(lesson, deadline) for _ in range(runs)]
    except (LessonError, ProgramError) as error:
        return [*problems, f"{lesson.name}: {error}"]
    for run in played:
        problems += [f"{lesson.name}: {problem}" for problem in run.problems]
    problems += _variations(lesson, played)
    return list(dict.fromkeys(problems))


# -- without playing -------------------------------------------------------------


def static_problems(lesson: Lesson) -> Iterator[str]:
    """What the files alone show."""
    listed = {STRUCTURE, TEXT, *(role.file for role in lesson.roles)}
    for path in sorted(lesson.folder.iterdir()):
        if path.name not in listed | IGNORED:
            yield f"{path}: not listed in {STRUCTURE}"
    for title, prose in _all_prose(lesson):
        figure = prose.loose_figure()
        if figure is not None:
            yield (
                f"{lesson.folder / TEXT}: {title}: {figure!r} is bound to no observation: "
                "write it as {server:recv#1.bytes}, or as code"
            )


def _all_prose(lesson: Lesson) -> Iterator[tuple[str, Prose]]:
    for step in lesson.steps:
        yield step.title, step.before
        yield step.title, step.after
        if step.question is not None:
            yield f"{step.title} (question)", step.question.ask
            yield from ((f"{step.title} (hint)", hint) for hint in step.question.hints)
    yield RECAP, lesson.recap


# -- playing ---------------------------------------------------------------------


async def _run(lesson: Lesson, deadline: float) -> _Run:
    problems: list[str] = []
    digests: list[Digest] = []
    goals: frozenset[str] = frozenset()
    async with playing(lesson, deadline) as player:
        for number, step in enumerate(lesson.steps):
            since = len(player.history.latest.calls)
            try:
                problems += await _play_step(lesson, number, player, deadline)
            except (LessonError, ConditionError) as error:
                problems.append(f"{step.title}: {error}")
                break
            goals = reached(lesson.goals, player.history, goals)
            digests.append(digest(player.history, since))
        else:
            problems += _unbound(RECAP, lesson.recap, player.history)
            problems += (
                f"goal {goal.text!r}: not reached by the end"
                for goal in lesson.goals
                if goal.text not in goals
            )
    return _Run(tuple(problems), tuple(digests))


async def _play_step(lesson: Lesson, number: int, player: Player, deadline: float) -> list[str]:
    """What is wrong with one step, which is played."""
    step, history = lesson.steps[number], player.history
    await player.play(step.setup)
    problems = _unbound(step.title, step.before, history)
    if step.question is not None:
        problems += _unbound(f"{step.title} (question)", step.question.ask, history)
    await player.play(step.play)
    problems += _unmatched(step, history)
    problems += _unbound(step.title, step.after, history)
    problems += (
        f"{step.title}: claims: {claim.text!r} is not so"
        for claim in step.claims
        if not holds(claim.node, history)
    )
    runs = [history]
    if step.other:
        runs.append(await play_other(lesson, number, deadline))
    return problems + _wrong_answer(step, runs)


def _wrong_answer(step: Step, runs: list[History]) -> list[str]:
    if step.question is None:
        return []
    expected, found = step.question.reference, truth(step.question, runs)
    if expected == found:
        return []
    return [f"{step.title}: answer: the lesson says {expected!r}, the kernel {found!r}"]


def _unmatched(step: Step, history: History) -> list[str]:
    """Calls that a claim or the answer speaks of, and that no program has come to.

    An option may name a call that is not made: that is what is wrong with it.  And a call
    without an attribute, as in ``client:recv#2 == none``, asks whether it was made.
    """
    nodes = [claim.node for claim in step.claims]
    if step.question is not None and step.question.key is not None:
        nodes.append(step.question.key)
    selectors = {path.selector for node in nodes for path in paths(node) if path.attributes}
    return [
        f"{step.title}: {selector}: no such call has been made when the step is over"
        for selector in sorted(selectors, key=str)
        if selector.call is not None and find(history.latest, selector) is None
    ]


def _unbound(title: str, prose: Prose, history: History) -> list[str]:
    missing = [node for node in prose.nodes() if evaluate(node, history) is None]
    return [f"{title}: a value in the text is not there when it is shown"] if missing else []


# -- the same every time ---------------------------------------------------------


def digest(history: History, since: int) -> Digest:
    """What is the same in every run that goes the same way: each program's finished calls.

    ``since``: how many calls had finished before.
    """
    state = fold(map(Stable(), history.events))
    return tuple(
        tuple(
            (call_text(call), result_text(call), call.was_blocked)
            for call in state.calls[since:]
            if call.proc == name
        )
        for name in state.processes
    )


def _variations(lesson: Lesson, played: list[_Run]) -> Iterator[str]:
    """Steps that went differently in some run and do not say so."""
    for number, step in enumerate(lesson.steps):
        if step.varies:
            continue
        seen = {run.digests[number] for run in played if len(run.digests) > number}
        if len(seen) > 1:
            yield f"{lesson.name}: {step.title}: {len(played)} runs differ: say varies = true"
            return
