"""Answers: what the learner typed, what the kernel did, and whether they agree.

An answer is a short text, the same for the same answer however it was typed: ``b`` for a
choice, ``6`` for a number, ``b"Hi"`` for octets, ``bac`` for an order, ``yes`` or ``no``,
``EPIPE`` or ``no error``, and ``it depends``.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from string import ascii_lowercase

from ..trace.conditions import ConditionError, evaluate, holds, read
from ..trace.conditions.syntax import Literal
from ..trace.history import History
from ..trace.words import octets_text
from .lesson import (
    BLOCKS,
    BYTES,
    CHOICE,
    ERRNO,
    IT_DEPENDS,
    NUMBER,
    ORDER,
    LessonError,
    Question,
)

NO_ERROR = "no error"
MAX_OCTETS = 1000

_DEPENDS = frozenset({"it depends", "depends", "?"})
_YES = frozenset({"yes", "y", "true"})
_NO = frozenset({"no", "n", "false"})


class AnswerError(ValueError):
    """An answer of the wrong kind; the message is one line and says what would be right."""


def with_reference(question: Question, reference: str) -> Question:
    """The question with its author's answer."""
    return replace(question, reference=reference)


def letters(question: Question) -> str:
    """The letters of its options."""
    return ascii_lowercase[: len(question.options)]


def shown(question: Question, answer: str) -> str:
    """An answer in words: the options' texts stand for their letters."""
    if not question.options or answer == IT_DEPENDS:
        return answer
    texts = dict(zip(letters(question), (option.text for option in question.options), strict=True))
    return ", then ".join(texts.get(letter, letter) for letter in answer)


# -- what was typed --------------------------------------------------------------


def understood(question: Question, text: str) -> str:
    """The answer that ``text`` gives.  Raises AnswerError where it gives none."""
    word = " ".join(text.split()).lower()
    if word in _DEPENDS and question.may_depend:
        return IT_DEPENDS
    return _READERS[question.kind](question, text.strip())


def _letter(question: Question, text: str) -> str:
    known = letters(question)
    if len(text) == 1 and text.lower() in known:
        return text.lower()
    raise AnswerError(f"one letter, {known[0]} to {known[-1]}")


def _number(_question: Question, text: str) -> str:
    digits = text.replace(",", "").replace("_", "")
    if len(digits) < 20 and digits.isascii() and digits.isdigit():
        return str(int(digits))
    raise AnswerError("a whole number, such as 16")


def _octets(_question: Question, text: str) -> str:
    if text[:1] not in ("b", '"', "'") or text[-1:] not in ('"', "'"):
        return octets_text(text.encode(), MAX_OCTETS)
    try:
        node = read(text)
    except ConditionError:
        raise AnswerError('octets, such as b"Hi" or just Hi') from None
    value = node.value if isinstance(node, Literal) else text
    return octets_text(value if isinstance(value, bytes) else str(value).encode(), MAX_OCTETS)


def _order(question: Question, text: str) -> str:
    given = [c for c in text.lower() if c.isalnum()]
    if sorted(given) == list(letters(question)):
        return "".join(given)
    raise AnswerError(f"each of the letters {' '.join(letters(question))} once, in order")


def _yes_or_no(_question: Question, text: str) -> str:
    if text.lower() in _YES | _NO:
        return "yes" if text.lower() in _YES else "no"
    raise AnswerError("yes or no")


def _errno(_question: Question, text: str) -> str:
    name = text.upper()
    if name in errno.errorcode.values():
        return name
    if name in ("NONE", "NO", "NO ERROR"):
        return NO_ERROR
    raise AnswerError(f"the name of an error, such as EPIPE, or {NO_ERROR!r}")


_READERS: Mapping[str, Callable[[Question, str], str]] = {
    CHOICE: _letter,
    NUMBER: _number,
    BYTES: _octets,
    ORDER: _order,
    BLOCKS: _yes_or_no,
    ERRNO: _errno,
}


# -- what the kernel did ---------------------------------------------------------


def truth(question: Question, runs: Sequence[History]) -> str:
    """The kernel's answer: that of every run, or that it depends where they differ.

    Raises LessonError where a run gives none.
    """
    found = {_truth_of_one(question, run) for run in runs}
    return found.pop() if len(found) == 1 else IT_DEPENDS


def _truth_of_one(question: Question, history: History) -> str:
    try:
        if question.kind == CHOICE:
            return _chosen(question, history)
        if question.kind == ORDER:
            return _placed(question, history)
        assert question.key is not None
        return _written(question.kind, evaluate(question.key, history))
    except ConditionError as error:
        raise LessonError(f"the answer cannot be worked out: {error}") from None


def _chosen(question: Question, history: History) -> str:
    right = [
        letter
        for letter, option in zip(letters(question), question.options, strict=True)
        if holds(option.node, history)
    ]
    if len(right) != 1:
        raise LessonError(f"the right options are {right}: it should be just one")
    return right[0]


def _placed(question: Question, history: History) -> str:
    places = {
        letter: evaluate(option.node, history)
        for letter, option in zip(letters(question), question.options, strict=True)
    }
    numbers = {letter: p for letter, p in places.items() if isinstance(p, (int, float))}
    if len(numbers) < len(places) or len(set(numbers.values())) < len(places):
        raise LessonError(f"the places in the order are {places}: each should be a number")
    return "".join(sorted(numbers, key=lambda letter: numbers[letter]))


def _written(kind: str, value: object) -> str:
    match kind, value:
        case "number", bool():
            pass
        case "number", int():
            return str(value)
        case "bytes", bytes():
            return octets_text(value, MAX_OCTETS)
        case "blocks", bool():
            return "yes" if value else "no"
        case "errno", None:
            return NO_ERROR
        case "errno", str():
            return value
    raise LessonError(f"the kernel's answer is {value!r}, which is none to a {kind} question")
