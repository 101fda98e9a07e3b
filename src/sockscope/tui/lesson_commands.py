"""What each action of a lesson does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sockscope.lessons.answers import AnswerError, understood
from sockscope.lessons.lesson import BLOCKS, IT_DEPENDS
from sockscope.lessons.page import depends_letter

from .commands import Commands
from .help_screen import HelpScreen
from .lesson_actions import SAY
from .prompts import Prompt

if TYPE_CHECKING:
    from .lesson_app import LessonApp
    from .lesson_stage import LessonStage

INTRODUCTION = (
    "A step tells something, asks what the next call will do, and then lets the programs "
    "make it: the kernel has the answer.  A wrong guess costs nothing; s skips one."
)


class LessonCommands(Commands):
    """Acts on a lesson's stage."""

    def __init__(self, stage: LessonStage) -> None:
        super().__init__(stage)
        self._stage: LessonStage = stage

    @property
    def _app(self) -> LessonApp:
        return self._stage.lesson_app

    def do(self, name: str, *arguments: int) -> None:
        """Give the answer of this key, or do another action."""
        if name.startswith(SAY):
            self._say(name.removeprefix(SAY))
        else:
            super().do(name, *arguments)

    # -- answers -------------------------------------------------------------------

    def _say(self, key: str) -> None:
        question = self._app.sitting.question
        if question is None:
            return
        if question.may_depend and key == depends_letter(question):
            self._app.answer(IT_DEPENDS)
        elif question.kind == BLOCKS:
            self._app.answer("yes" if key == "y" else "no")
        else:
            self._app.answer(key)

    def do_answer(self) -> None:
        question = self._app.sitting.question
        if question is None:
            return

        async def accept(answer: str) -> str:
            try:
                understood(question, answer)
            except AnswerError as error:
                return f"Please give {error}."
            return ""

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._app.answer(answer)

        note = " ".join(question.ask.filled(self._app.player_history).replace("`", "").split())
        self._app.push_screen(Prompt("your answer", "", accept, note), answered)

    def do_skip(self) -> None:
        self._app.skip()

    def do_hint(self) -> None:
        self._app.hint()

    # -- going on ------------------------------------------------------------------

    def do_next(self) -> None:
        if self._app.exploring:
            super().do_next()
        elif self._stage.panel.has_more:
            self._stage.show_lesson()
            self._stage.panel.read_on()
        else:
            self._app.go_on()

    def do_read_up(self) -> None:
        self._stage.panel.scroll_up(animate=False)

    def do_read_down(self) -> None:
        self._stage.panel.scroll_down(animate=False)

    def do_explore(self) -> None:
        self._app.explore()

    def do_lesson(self) -> None:
        self._app.come_back()

    def do_help(self) -> None:
        self._app.push_screen(HelpScreen(self._stage.ACTIONS, INTRODUCTION))
