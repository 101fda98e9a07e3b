"""What a lesson is: immutable values, made by ``loader`` and read by everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..trace.conditions import Node, Selector
from .prose import Prose

CHOICE, NUMBER, BYTES, ORDER, BLOCKS, ERRNO = (
    "choice",
    "number",
    "bytes",
    "order",
    "blocks",
    "errno",
)
KINDS: Final = (CHOICE, NUMBER, BYTES, ORDER, BLOCKS, ERRNO)

NEXT, BLOCKED, ENDED, FREELY, EXITED = "is next", "blocks", "ends", "ends freely", "exits"

IT_DEPENDS: Final = "it depends"
"""The answer where two runs differ."""


class LessonError(ValueError):
    """Something wrong with a lesson; the message is one line and names file and key."""


@dataclass(frozen=True, slots=True)
class Role:
    """One program of a lesson.  ``{port}`` in an argument stands for the run's free port."""

    name: str
    file: str
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """How far to play: until a call is next, blocks or ends, or a program exits.

    What has been reached, or passed, is not played again.
    """

    selector: Selector
    until: str

    def __str__(self) -> str:
        return f"{self.selector} {self.until}"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; ``node`` is true where it is right, or gives its place in order."""

    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Question:
    """What the learner is to predict.  ``key`` is what the kernel's answer is read from.

    ``reference`` is the answer that the lesson's author expects, as ``answers`` writes it.
    """

    kind: str
    ask: Prose
    key: Node | None
    options: tuple[Option, ...]
    may_depend: bool
    reference: str
    hints: tuple[Prose, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One section: prose, a question perhaps, calls that are made, and what they showed.

    ``setup`` is played before the question, ``play`` after it.  ``other`` is a second way
    to play, shown beside the first where the outcome depends on the order.
    ``claims`` are true once the step has been played, in every run.
    """

    title: str
    before: Prose
    after: Prose
    setup: tuple[Move, ...]
    play: tuple[Move, ...]
    other: tuple[Move, ...]
    question: Question | None
    claims: tuple[Claim, ...]
    varies: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition with the text that it was read from."""

    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to bring about; once it was true it stays reached."""

    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.  ``name`` is its folder's name and ``minutes`` what it takes a learner."""

    name: str
    folder: Path
    title: str
    summary: str
    minutes: int
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]
    goals: tuple[Goal, ...]
    recap: Prose
    reading: tuple[str, ...]
