"""A learner at a lesson: predict, run, compare, explain, one step after the other.

It plays the moves and keeps the journal.  What is on the screen is ``page``'s business.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from ..trace.history import History
from . import goals, progress
from .answers import truth, understood
from .lesson import Lesson, Question, Step
from .player import Player, play_other
from .progress import BEGAN, FINISHED, PASSED, PREDICTED, Journal, Record

READING, ASKED, SHOWN, RECAP = "reading", "asked", "shown", "recap"
"""Where a step stands: prose without a question, with one that is open, the outcome; the end."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A prediction, empty where there was none, beside what the kernel did.

    ``runs`` are the histories that the answer was read from, that of the stage first.
    """

    predicted: str
    happened: str
    runs: tuple[History, ...]

    @property
    def is_right(self) -> bool:
        """Whether the learner knew."""
        return self.predicted == self.happened


class Sitting:
    """Begins at the first step that has not been passed.

    Every method that plays raises LessonError where a move cannot be made, and SessionError
    or OSError where a program cannot be driven; the step can be opened again after that.
    """

    def __init__(self, lesson: Lesson, journal: Journal) -> None:
        self.lesson = lesson
        self.journal = journal
        known = journal.progress().get(lesson.name, progress.UNTOUCHED)
        self.number = known.next_step(lesson)
        self.phase: str = READING
        self.verdict: Verdict | None = None
        self.hints = 0
        self.since = 0  # how many calls there were before this step's
        self.reached: frozenset[str] = frozenset()

    @property
    def step(self) -> Step:
        """The step at hand."""
        return self.lesson.steps[self.number]

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        return self.step.question if self.phase == ASKED else None

    async def open(self, player: Player) -> None:
        """Play up to the step at hand on a session that has just started, and put its question."""
        if self.number == 0:
            await self._note(BEGAN)
        for step in self.lesson.steps[: self.number]:
            await player.play((*step.setup, *step.play))
        await self._put(player)

    async def answer(self, player: Player, text: str) -> None:
        """Take a prediction and see what the kernel does.

        Raises AnswerError, before anything is played, where ``text`` is no answer.
        """
        assert self.question is not None
        await self._play(player, understood(self.question, text))

    async def skip(self, player: Player) -> None:
        """See what the kernel does without a prediction."""
        await self._play(player, "")

    async def go_on(self, player: Player) -> None:
        """From the outcome to the next step, or to the recap after the last one."""
        if self.phase == READING:
            await self._play(player, "")
        elif self.number + 1 < len(self.lesson.steps):
            self.number += 1
            await self._put(player)
        elif self.phase != RECAP:
            self.phase = RECAP
            await self._note(FINISHED)

    def give_hint(self) -> bool:
        """One more hint; False where there is none left."""
        if self.question is None or self.hints >= len(self.question.hints):
            return False
        self.hints += 1
        return True

    def look_for_goals(self, history: History) -> frozenset[str]:
        """Goals that have just been reached, by whatever the learner did."""
        before = self.reached
        self.reached = goals.reached(self.lesson.goals, history, before)
        return self.reached - before

    async def _put(self, player: Player) -> None:
        await player.play(self.step.setup)
        self.hints, self.verdict = 0, None
        self.phase = READING if self.step.question is None else ASKED

    async def _play(self, player: Player, predicted: str) -> None:
        step, question = self.step, self.question
        self.since = len(player.history.latest.calls)
        await player.play(step.play)
        self.look_for_goals(player.history)
        if question is not None:
            runs = [player.history]
            if step.other:
                runs.append(await play_other(self.lesson, self.number))
            happened = truth(question, runs)
            self.verdict = Verdict(predicted, happened, tuple(runs))
            if predicted:
                asked = question.ask.filled(player.history)
                await self._note(PREDICTED, asked, predicted, happened)
        self.phase = SHOWN
        await self._note(PASSED)

    async def _note(
        self, event: str, question: str = "", predicted: str = "", happened: str = ""
    ) -> None:
        of_lesson = event in _OF_LESSON
        record = Record(
            event=event,
            lesson=self.lesson.name,
            step="" if of_lesson else self.step.title,
            question=question,
            predicted=predicted,
            happened=happened,
        )
        await asyncio.to_thread(self.journal.write, record)


_OF_LESSON: Final = frozenset((BEGAN, FINISHED))
