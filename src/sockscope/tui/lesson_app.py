"""The lesson's app: real programs on the stage, driven by what the learner answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from sockscope.lessons import page
from sockscope.lessons.lesson import Lesson, LessonError
from sockscope.lessons.player import Player, session_of
from sockscope.lessons.progress import Journal
from sockscope.lessons.sitting import RECAP, Sitting
from sockscope.trace.history import History
from sockscope.tracer.programs import ProgramError
from sockscope.tracer.session import Session, SessionError

from .app import StageApp
from .driver import Driver
from .lesson_stage import LessonStage
from .themes import DARK

Doing = Callable[[Player], Awaitable[None]]

EXPLORING = (
    "**The programs are yours.** Step them, send them signals, look around: nothing here is "
    "graded.  **l** comes back to the lesson, where it was."
)


class LessonApp(StageApp):
    """Sits at ``lesson``.  It ends with ``NEXT`` where the learner wants the lesson after it."""

    NEXT = 10
    """The return code for that."""

    def __init__(
        self,
        lesson: Lesson,
        journal: Journal,
        *,
        stable: bool = False,
        theme: str = DARK.name,
    ) -> None:
        super().__init__(
            make_driver=self._make_session,
            title=f"lesson · {lesson.title}",
            theme=theme,
            make_stage=LessonStage,
        )
        self.sitting = Sitting(lesson, journal)
        self.exploring = False
        self.busy = False
        self._stable = stable
        self._problem = ""
        self._player: Player | None = None
        self._left_at = 0

    def _make_session(self) -> Driver:
        return session_of(self.sitting.lesson, stable=self._stable)

    @property
    def player_history(self) -> History:
        """What has happened on the stage."""
        return self._player.history if self._player else History()

    # -- the lesson goes on ----------------------------------------------------------

    def _start(self) -> None:
        try:
            super()._start()
        except ProgramError as error:
            self._fail(str(error))

    def set_going(self) -> None:
        session = cast("Session", self.driver)
        self._player = Player(session)

        async def open_step(player: Player) -> None:
            await session.start()
            await self.sitting.open(player)

        self._do(open_step)

    def answer(self, text: str) -> None:
        """Take the prediction and make the calls."""
        self._do(lambda player: self.sitting.answer(player, text))

    def skip(self) -> None:
        """Make the calls without a prediction."""
        self._do(self.sitting.skip)

    def go_on(self) -> None:
        """To the next step, to the recap, and from there to the next lesson."""
        if self.sitting.phase == RECAP:
            self.exit(return_code=self.NEXT)
        else:
            self._do(self.sitting.go_on)

    def hint(self) -> None:
        """Show one more."""
        self.sitting.give_hint()
        self.show_page()

    def _do(self, doing: Doing) -> None:
        if not self.busy and self._player is not None:
            self.busy = True
            self._go(None)
            self.run_worker(self._done(doing, self._player), group="drive")

    async def _done(self, doing: Doing, player: Player) -> None:
        try:
            await doing(player)
            self._problem = ""
        except (LessonError, SessionError, OSError) as error:
            self._fail(str(error))
        finally:
            self.busy = False
        self._left_at = len(player.history)
        await self._show_page()
        if self.sitting.journal.problem:
            self.tell(self.sitting.journal.problem)

    def _fail(self, problem: str) -> None:
        self._problem = problem
        self.show_page()

    def forget(self) -> None:
        super().forget()
        self.busy = False

    # -- exploring -------------------------------------------------------------------

    def explore(self) -> None:
        """Give the programs into the learner's hands."""
        self.exploring = True
        self.stage.follow()
        self.show_page()

    def come_back(self) -> None:
        """Back to the lesson; where something ran, the programs run again up to this step."""
        self.exploring = False
        news = self.sitting.look_for_goals(self.history)
        if len(self.player_history) > self._left_at:
            self.restart()
        self._go(None)
        self.stage.follow()
        self.show_page()
        if news:
            self.tell(f"Reached: {', '.join(sorted(news))}")

    # -- the page --------------------------------------------------------------------

    def show_page(self) -> None:
        """Show where the lesson stands."""
        self.run_worker(self._show_page(), group="page", exclusive=True)

    async def _show_page(self) -> None:
        stage = self.stage
        assert isinstance(stage, LessonStage)
        await stage.panel.show(self._title, self._text)
        stage.show_lesson()

    @property
    def _title(self) -> str:
        sitting = self.sitting
        if sitting.phase == RECAP:
            return "lesson · the end"
        return f"step {sitting.number + 1} of {len(sitting.lesson.steps)} · {sitting.step.title}"

    @property
    def _text(self) -> str:
        if self._problem:
            return f"{page.literal(self._problem)}\n\n**Ctrl+R** runs the programs again."
        if self.exploring:
            return EXPLORING
        return page.text(self.sitting, self.player_history)
