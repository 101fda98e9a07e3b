"""Reads a lesson from its folder, strictly.

A folder holds ``lesson.toml``, ``lesson.md`` and the programs, and nothing else.
docs/writing-lessons.md describes the format.  A folder whose steps ask no question is one
as well: its prose is captions, and it needs no recap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ..trace.conditions import ConditionError, Node, Selector, paths, read, read_selector
from ..tracer.programs import Program, ProgramError, check
from . import answers
from .lesson import (
    BLOCKED,
    BLOCKS,
    CHOICE,
    ENDED,
    EXITED,
    FREELY,
    KINDS,
    NEXT,
    NUMBER,
    ORDER,
    Claim,
    Goal,
    Lesson,
    LessonError,
    Move,
    Option,
    Question,
    Role,
    Step,
)
from .prose import RECAP, Prose, Section, read_prose, sections
from .tables import Table, read_text

STRUCTURE, TEXT = "lesson.toml", "lesson.md"


def load(folder: Path) -> Lesson:
    """The lesson in ``folder``.  Raises LessonError, which names file and key."""
    table = Table.of_file(folder / STRUCTURE)
    preamble, parts = sections(read_text(folder / TEXT))
    tables = table.tables("steps")
    if not tables:
        raise table.error("steps", "missing: a lesson has at least one step")
    _check_sections(folder / TEXT, preamble, parts, tables)
    roles = tuple(_role(folder, t) for t in table.tables("programs"))
    lesson = Lesson(
        name=folder.name,
        folder=folder,
        title=table.take("title", str),
        summary=table.take("summary", str),
        minutes=table.take("minutes", int),
        roles=roles,
        steps=tuple(_step(t, s, folder / TEXT) for t, s in zip(tables, parts, strict=False)),
        goals=tuple(_goal(t) for t in table.tables("goals")),
        recap=_prose(folder / TEXT, RECAP, parts[-1].before if len(parts) > len(tables) else ""),
        reading=table.texts("reading"),
    )
    table.done()
    _check_programs(table, lesson)
    return lesson


def _check_sections(path: Path, preamble: str, parts: list[Section], steps: list[Table]) -> None:
    if preamble:
        raise LessonError(f"{path}: text above the first '## heading': it belongs to no step")
    wanted = [step.take("title", str) for step in steps]
    found = [part.title for part in parts]
    if RECAP in found or any(step.has("question") for step in steps):
        wanted.append(RECAP)
    for number, (title, heading) in enumerate(zip(wanted, found, strict=False), 1):
        if title != heading:
            raise LessonError(f"{path}: section {number} is {heading!r}, not {title!r}")
    if len(found) != len(wanted):
        raise LessonError(f"{path}: {len(found)} sections, not {len(wanted)}: {', '.join(wanted)}")


def _prose(path: Path, title: str, text: str) -> Prose:
    try:
        return read_prose(text)
    except ConditionError as error:
        raise LessonError(f"{path}: {title}: {error}") from None


# -- programs --------------------------------------------------------------------


def _role(folder: Path, table: Table) -> Role:
    name, file = table.take("name", str), table.take("file", str)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise table.error("name", f"should be a small word such as 'server', is {name!r}")
    if Path(file).name != file or (folder / file).resolve().parent != folder.resolve():
        raise table.error("file", f"{file!r} is not in the lesson's own folder")
    args = table.texts("args")
    table.done()
    try:
        check(Program(name, str(folder / file)))
    except ProgramError as error:
        raise table.error("file", str(error)) from None
    return Role(name, file, args)


def _check_programs(table: Table, lesson: Lesson) -> None:
    """Every program that is spoken of is there, and has a name of its own."""
    names = [role.name for role in lesson.roles]
    if not names or len(set(names)) != len(names):
        raise table.error("programs", "a lesson has programs, each with a name of its own")
    for place, selector in _selectors(lesson):
        if selector.proc not in names:
            raise LessonError(
                f"{lesson.folder}: {place}: no program is called {selector.proc!r}: "
                f"there are {', '.join(names)}"
            )


def _selectors(lesson: Lesson) -> Iterable[tuple[str, Selector]]:
    for step in lesson.steps:
        for move in (*step.setup, *step.play, *step.other):
            yield f"step {step.title!r}", move.selector
        for node in _nodes_of(step):
            yield from ((f"step {step.title!r}", path.selector) for path in paths(node))
    for goal in lesson.goals:
        yield from ((f"goal {goal.text!r}", path.selector) for path in paths(goal.node))
    for node in lesson.recap.nodes():
        yield from ((RECAP, path.selector) for path in paths(node))


def _nodes_of(step: Step) -> Iterable[Node]:
    """Every condition of a step."""
    yield from step.before.nodes()
    yield from step.after.nodes()
    yield from (claim.node for claim in step.claims)
    if step.question is not None:
        for prose in (step.question.ask, *step.question.hints):
            yield from prose.nodes()
        yield from (option.node for option in step.question.options)
        yield from () if step.question.key is None else (step.question.key,)


# -- steps -----------------------------------------------------------------------


def _step(table: Table, section: Section, text: Path) -> Step:
    play = _moves(table, "play")
    if not play:
        raise table.error("play", "missing: it should be a list of calls to make")
    first = play[0]
    waits = first.selector.call is not None and first.until != FREELY
    implied = (Move(first.selector, NEXT),) if waits else ()
    question = table.table("question")
    step = Step(
        title=section.title,
        before=_prose(text, section.title, section.before),
        after=_prose(text, section.title, section.after),
        setup=_moves(table, "setup") if table.has("setup") else implied,
        play=play,
        other=_moves(table, "other"),
        question=_question(question) if question else None,
        claims=tuple(Claim(t, table.read("claims", t, read)) for t in table.texts("claims")),
        varies=table.take("varies", bool, False),
    )
    table.done()
    return step


def _moves(table: Table, key: str) -> tuple[Move, ...]:
    return tuple(_move(table, key, text) for text in table.texts(key))


def _move(table: Table, key: str, text: str) -> Move:
    subject, _, until = text.strip().partition(" ")
    until = until.strip() or ENDED
    if until == EXITED:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", subject):
            raise table.error(key, f"{text!r}: only a program exits")
        return Move(Selector(subject), EXITED)
    if until not in (NEXT, BLOCKED, ENDED, FREELY):
        raise table.error(
            key, f"{text!r}: a call 'is next', 'blocks', 'ends' or 'ends freely', a program 'exits'"
        )
    return Move(table.read(key, subject, read_selector), until)


def _goal(table: Table) -> Goal:
    text, when = table.take("text", str), table.take("when", str)
    goal = Goal(text, table.read("when", when, read))
    table.done()
    return goal


# -- questions -------------------------------------------------------------------


def _question(table: Table) -> Question:
    kind = table.take("kind", str)
    if kind not in KINDS:
        raise table.error("kind", f"should be one of {', '.join(KINDS)}, is {kind!r}")
    place = "at" if kind == ORDER else "when"
    options = tuple(_option(t, place) for t in table.tables("options"))
    with_options = kind in (CHOICE, ORDER)
    if with_options != (len(options) > 1):
        raise table.error("options", "at least two for choice and order, and none otherwise")
    question = Question(
        kind=kind,
        ask=table.read("ask", table.take("ask", str), read_prose),
        key=None if with_options else table.read("key", table.take("key", str), read),
        options=options,
        may_depend=table.take("may_depend", bool, False),
        reference="",
        hints=tuple(table.read("hints", t, read_prose) for t in table.texts("hints")),
    )
    reference = _reference(table, question)
    table.done()
    return answers.with_reference(question, reference)


def _option(table: Table, place: str) -> Option:
    text, condition = table.take("text", str), table.take(place, str)
    option = Option(text, table.read(place, condition, read))
    table.done()
    return option


def _reference(table: Table, question: Question) -> str:
    kinds = {NUMBER: (int, str), BLOCKS: (bool, str), CHOICE: (str,), ORDER: (str,)}
    raw = table.any_of("answer", kinds.get(question.kind, (str,)))
    text = ("yes" if raw else "no") if isinstance(raw, bool) else str(raw)
    try:
        return answers.understood(question, text)
    except answers.AnswerError as error:
        raise table.error("answer", str(error)) from None
