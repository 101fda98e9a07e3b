"""What a learner reads at one moment of a lesson, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..trace.history import History
from ..trace.names import BLOCKED as BLOCKED_NOW
from ..trace.words import call_text, plain_text, result_text
from .answers import letters, shown
from .lesson import BLOCKS, BYTES, ERRNO, IT_DEPENDS, NUMBER, ORDER, Question
from .prose import value_text
from .sitting import ASKED, RECAP, SHOWN, Sitting, Verdict

MAX_DATA = 16
"""Octets of a call's data that are shown."""

HOW_TO_ANSWER = {
    NUMBER: "**Enter** opens a line for your number.",
    BYTES: "**Enter** opens a line for the bytes that you expect.",
    ERRNO: "**Enter** opens a line for the name of the error, or `no error`.",
    ORDER: "**Enter** opens a line for the letters in their order.",
}


def depends_letter(question: Question) -> str:
    """The key for "it depends": the letter after the options'."""
    known = letters(question)
    return chr(ord(known[-1]) + 1) if known else "d"


def text(sitting: Sitting, history: History) -> str:
    """The page for where the sitting stands, filled with the values of this run."""
    if sitting.phase == RECAP:
        return _joined(_recap(sitting, history))
    if sitting.phase == SHOWN:
        return _joined(_outcome(sitting, history))
    return _joined(_before(sitting, history))


def _joined(parts: Iterator[str]) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _before(sitting: Sitting, history: History) -> Iterator[str]:
    yield sitting.step.before.filled(history)
    question = sitting.question
    if question is None:
        if sitting.phase != ASKED:
            yield "**space** makes the calls."
        return
    yield f"**Your guess:** {question.ask.filled(history)}"
    yield _choices(question)
    for number, hint in enumerate(question.hints[: sitting.hints], 1):
        yield f"> Hint {number} of {len(question.hints)}: {hint.filled(history)}"


def _choices(question: Question) -> str:
    if question.kind == BLOCKS:
        lines = ["- **y**  yes, it blocks", "- **n**  no, it returns or raises at once"]
    else:
        texts = zip(letters(question), (option.text for option in question.options), strict=True)
        lines = [f"- **{letter}**  {option}" for letter, option in texts]
    if question.kind in HOW_TO_ANSWER:
        lines.append(("\n" if lines else "") + HOW_TO_ANSWER[question.kind])
        if question.may_depend:
            lines.append(f"\nOr **{depends_letter(question)}**: {IT_DEPENDS}.")
    elif question.may_depend:
        lines.append(f"- **{depends_letter(question)}**  {IT_DEPENDS}")
    return "\n".join(lines)


def _outcome(sitting: Sitting, history: History) -> Iterator[str]:
    question, verdict = sitting.step.question, sitting.verdict
    if question is not None and verdict is not None:
        yield _comparison(question, verdict)
    if verdict is not None and len(verdict.runs) > 1:
        yield "\n".join(_runs(sitting.since, verdict.runs))
    else:
        yield "\n".join(f"- {call}" for call in _calls(sitting.since, history))
    yield sitting.step.after.filled(history)


def _runs(since: int, runs: Sequence[History]) -> Iterator[str]:
    yield "Two runs of the same programs, just now:\n"
    for number, run in enumerate(runs, 1):
        yield f"- run {number}: {', '.join(_calls(since, run))}"


def _calls(since: int, history: History) -> Iterator[str]:
    """What was called in this step, and how it ended or that it is blocked."""
    state = history.latest
    blocked = (c for process in state.processes.values() for c in process.open)
    for call in (*state.calls[since:], *(c for c in blocked if c.phase == BLOCKED_NOW)):
        ended = result_text(call, MAX_DATA)
        yield value_text(f"{call.proc}: {call_text(call, MAX_DATA)} {ended}")


def _comparison(question: Question, verdict: Verdict) -> str:
    happened = _answer(question, verdict.happened)
    if not verdict.predicted:
        return f"What the kernel did: {happened}."
    predicted = _answer(question, verdict.predicted)
    if verdict.is_right:
        return f"**✔ Right.** You said {predicted}, and so it was."
    return f"**✘ Not so.** You said {predicted}. What the kernel did: {happened}."


def _answer(question: Question, answer: str) -> str:
    """An answer as it was given, or an option by its words; never as markup."""
    words = shown(question, answer)
    if answer == IT_DEPENDS:
        return "that it depends"
    if question.kind == BLOCKS:
        return "it blocks" if answer == "yes" else "it does not block"
    return f"“{words}”" if question.options else value_text(words)


def _recap(sitting: Sitting, history: History) -> Iterator[str]:
    lesson = sitting.lesson
    yield "**You have come to the end of this lesson.**"
    yield lesson.recap.filled(history)
    if lesson.goals:
        marks = [
            f"- {'✔' if goal.text in sitting.reached else '·'} {goal.text}" for goal in lesson.goals
        ]
        yield "\n".join(("What happened here:", "", *marks))
    if lesson.reading:
        yield "To read on: " + ", ".join(lesson.reading) + "."


def literal(words: str) -> str:
    """Words that are shown as they are, and never as markup."""
    return value_text(plain_text(words, 1000))
