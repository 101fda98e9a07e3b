"""A learner at a lesson's screen: keys, and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from painted import painted
from textual.pilot import Pilot
from textual.widgets import Input

from sockscope.lessons.course import load_course
from sockscope.lessons.lesson import BLOCKS, IT_DEPENDS, Lesson, Question
from sockscope.lessons.page import HOW_TO_ANSWER, depends_letter
from sockscope.lessons.progress import Journal
from sockscope.lessons.sitting import ASKED, RECAP, Sitting
from sockscope.tui.lesson_app import LessonApp
from sockscope.tui.lesson_panel import LessonPanel
from sockscope.tui.prompts import Prompt
from sockscope.tui.themes import DARK


def lesson(name: str) -> Lesson:
    return load_course().find(name)


class Learner:
    """Presses keys, each once what the one before it began is over and shown."""

    def __init__(self, app: LessonApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def settled(self) -> None:
        """Until the calls are made, and the page is shown."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await painted(self.app, self.pilot)

    async def guess(self, answer: str) -> None:
        """Give an answer by the keys that the page names."""
        question = self.question
        if answer == IT_DEPENDS:
            await self.press(depends_letter(question))
        elif question.kind == BLOCKS:
            await self.press(answer[0])
        elif question.kind in HOW_TO_ANSWER:
            await self.press("enter")
            await self.type(answer)
        else:
            await self.press(answer)

    async def type(self, answer: str) -> None:
        """Into the line that is open."""
        assert isinstance(self.app.screen, Prompt)
        self.app.screen.query_one(Input).value = answer
        await self.press("enter")

    async def read(self) -> None:
        """To the bottom of the page."""
        while self.panel.has_more:
            await self.press("space")

    async def to_recap(self) -> int:
        """Answer everything rightly, to the end; gives the number of guesses."""
        guesses = 0
        while self.sitting.phase != RECAP:
            await self.read()
            if self.sitting.phase == ASKED:
                await self.guess(self.question.reference)
                guesses += 1
            else:
                await self.press("space")
        return guesses

    @property
    def sitting(self) -> Sitting:
        return self.app.sitting

    @property
    def question(self) -> Question:
        assert self.sitting.question is not None
        return self.sitting.question

    @property
    def panel(self) -> LessonPanel:
        return self.app.stage.query_one(LessonPanel)

    @property
    def page(self) -> str:
        """The Markdown that is shown."""
        return self.panel.text

    @property
    def shown(self) -> str:
        """The whole screen as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)

    @property
    def told(self) -> str:
        """What the screen says at the moment."""
        return " ".join(notice.message for notice in self.app._notifications)


@asynccontextmanager
async def learning(
    what: Lesson,
    folder: Path,
    size: tuple[int, int] = (80, 24),
    theme: str = DARK.name,
) -> AsyncIterator[Learner]:
    """A learner who opens a lesson; the journal is in ``folder``."""
    app = LessonApp(what, Journal("course", folder), theme=theme)
    async with app.run_test(size=size) as pilot:
        learner = Learner(app, pilot)
        await learner.settled()
        yield learner
