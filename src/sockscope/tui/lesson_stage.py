"""The stage of a lesson: the ordinary one, with the lesson's panel as one more view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING

from textual import getters
from textual.widget import Widget

from sockscope.lessons.answers import letters
from sockscope.lessons.lesson import BLOCKS, Question
from sockscope.lessons.page import HOW_TO_ANSWER, depends_letter

from .actions import Situation, bindings
from .lesson_actions import LESSON_ACTIONS, LessonSituation
from .lesson_commands import LessonCommands
from .lesson_panel import LessonPanel
from .stage import Stage
from .views import LESSON

if TYPE_CHECKING:
    from .lesson_app import LessonApp


class LessonStage(Stage, inherit_bindings=False):
    """Where the stage is narrow, the lesson is the view that is in sight by itself."""

    ACTIONS = LESSON_ACTIONS
    BINDINGS = bindings(LESSON_ACTIONS)

    panel = getters.query_one("#lesson", LessonPanel)

    def make_commands(self) -> LessonCommands:
        return LessonCommands(self)

    @property
    def lesson_app(self) -> LessonApp:
        """The app, by its own type."""
        app: LessonApp = self.app  # type: ignore[assignment]
        return app

    def bottom(self) -> Iterable[Widget]:
        yield from super().bottom()
        yield LessonPanel(id="lesson")

    @property
    def views(self) -> list[str]:
        return [LESSON, *super().views]

    def widget_of(self, view: str) -> Widget:
        return self.panel if view == LESSON else super().widget_of(view)

    def _followed(self) -> str | None:
        if self.wide or self.lesson_app.exploring:
            return super()._followed()
        return LESSON

    @property
    def _reads(self) -> bool:
        """Whether the stage is narrow and the lesson in sight."""
        return not self.wide and (self.chosen or self._followed()) == LESSON

    def _set_out(self) -> None:
        super()._set_out()
        if not self._ready:
            return
        reads, exploring = self._reads, self.lesson_app.exploring
        self.set_class(reads, "-reads")
        self.panel.display = reads or self.wide
        self.query_one("#top").display = not reads
        self.caption.display = not reads and (exploring or not self.wide)
        if reads:
            self.query_one("#timeline").display = False
        if reads or self.wide:
            self.tabs.shown |= {LESSON}
        if reads:
            self.tabs.shown -= set(self.scene.names)

    @property
    def situation(self) -> Situation:
        app, sitting = self.lesson_app, self.lesson_app.sitting
        base = super().situation
        question = sitting.question
        return LessonSituation(
            **{field.name: getattr(base, field.name) for field in fields(Situation)},
            exploring=app.exploring,
            busy=app.busy,
            answers=answer_keys(question),
            types=question is not None and question.kind in HOW_TO_ANSWER,
            hints_left=len(question.hints) - sitting.hints if question else 0,
            asked=question is not None,
            more=self._ready and self.panel.has_more,
        )

    def show_lesson(self) -> None:
        """Bring panel and footer to where the lesson stands."""
        self._set_out()
        self.keys.situation = self.situation

    def on_lesson_panel_turned(self) -> None:
        self.keys.situation = self.situation


def answer_keys(question: Question | None) -> str:
    """The keys that answer it."""
    if question is None:
        return ""
    depends = depends_letter(question) if question.may_depend else ""
    if question.kind == BLOCKS:
        return "yn" + depends
    return ("" if question.kind in HOW_TO_ANSWER else letters(question)) + depends
