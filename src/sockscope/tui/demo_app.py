"""The demo's app: plays the calls of a demo at the viewer's pace, until the viewer takes over."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import cast

from textual.timer import Timer

from sockscope.demos.showing import Frame, Showing, Take
from sockscope.lessons.lesson import Lesson, LessonError
from sockscope.lessons.player import session_of
from sockscope.trace.history import History
from sockscope.tracer.session import Session, SessionError

from .app import StageApp
from .demo_caption import Saying
from .demo_stage import DemoStage
from .pace import Pace, seconds_of
from .stage import Stage
from .themes import DARK

HANDED_OVER = "The programs are yours: 1…9 or space step them, Ctrl+R runs them again."


class DemoApp(StageApp):
    """Plays ``demo``, or shows the frames of a ``take`` of it, in which nothing runs.

    Going back and forward, it shows frame after frame.  A ``stable`` play is the same every
    time; one that is ``held`` begins when the viewer says so.
    """

    def __init__(
        self,
        demo: Lesson,
        take: Take | None = None,
        *,
        stable: bool = False,
        held: bool = False,
        theme: str = DARK.name,
    ) -> None:
        super().__init__(
            History(take.events) if take else None,
            None if take else partial(session_of, demo, stable=stable),
            title=demo.title,
            theme=theme,
            make_stage=DemoStage,
        )
        self.demo = demo
        self.frames: list[Frame] = list(take.frames) if take else []
        self.by_hand = False
        self._over = take is not None
        self._shown: int | None = None
        self._pace = Pace(self._clock, held=held)

    # -- playing -------------------------------------------------------------------

    def set_going(self) -> None:
        if self.by_hand:
            super().set_going()
        else:
            self._playing = self.run_worker(self._play(), group="drive")

    async def _play(self) -> None:
        frames = Showing(self.demo, cast("Session", self.driver)).frames()
        try:
            async with aclosing(frames):
                async for frame in frames:
                    self.frames.append(frame)
                    self._refresh_scene()
                    await self._pace.wait(seconds_of(frame))
                    if self.by_hand:
                        return
        except (LessonError, SessionError, OSError) as error:
            self.tell(str(error))
        self._over = True
        self._refresh_scene()

    def _clock(self, seconds: float, due: Callable[[], None], held: bool) -> Timer:
        return self.set_timer(seconds, due, pause=held)

    def play_or_pause(self) -> None:
        """Hold the demo where it is, or let it go on from there; at its end, play it again."""
        if self._over and self._shown is None:
            self.restart()
        elif self._pace.held or self._shown is not None:
            self._pace.go()
            self._show(len(self.frames))
        else:
            self._pace.hold()
            self._refresh_scene()

    def take_over(self) -> None:
        """From here on it is an ordinary session, stepped by hand."""
        self.run_worker(self._hand_over(), group="drive")

    async def _hand_over(self) -> None:
        self.by_hand, self._shown = True, None
        self._pace.hurry()
        await self._playing.wait()
        await self.push_screen(Stage(self.demo.title))
        self._go(None)
        self.tell(HANDED_OVER)

    def begin(self) -> None:
        if self.by_hand:
            self._refresh_scene()
        else:
            super().begin()

    def forget(self) -> None:
        super().forget()
        self.frames, self._shown, self._over = [], None, False

    # -- moving through the frames ---------------------------------------------------

    def go_back(self) -> None:
        if self.by_hand:
            super().go_back()
        else:
            self._pace.hold()
            self._show(self._index - 1)

    def go_forward(self) -> None:
        if self.by_hand:
            super().go_forward()
        elif self._shown is not None:
            self._show(self._index + 1)
        else:
            self._pace.hold()
            self._pace.hurry()

    def go_live(self) -> None:
        if self.by_hand:
            super().go_live()
        else:
            self._show(len(self.frames))

    def go_to(self, number: int) -> None:
        if self.by_hand:
            super().go_to(number)
        else:
            self._pace.hold()
            self._show(number - 1)

    def go_after(self, position: int) -> None:
        if self.by_hand:
            super().go_after(position)
        else:
            self._pace.hold()
            places = [frame.position for frame in self.frames]
            self._show(bisect_left(places, position))

    def place(self, at: int) -> tuple[int, int]:
        return super().place(at) if self.by_hand else (self._index + 1, max(1, len(self.frames)))

    @property
    def _index(self) -> int:
        """The frame that is shown, from 0."""
        return max(0, len(self.frames) - 1) if self._shown is None else self._shown

    def _show(self, index: int) -> None:
        """Show a frame; the last one, and any after it, is where the demo is now."""
        newest = index >= len(self.frames) - 1
        self._shown = None if newest else max(0, index)
        self._go(None if newest else self.frames[max(0, index)].position)

    def _refresh_scene(self) -> None:
        super()._refresh_scene()
        stage = self.stage if self.is_running else None
        if isinstance(stage, DemoStage) and self.frames:
            frame = self.frames[self._index]
            steps = self.demo.steps
            title = steps[frame.step].title
            stage.saying = Saying(frame.step + 1, len(steps), title, frame.caption, self._doing)

    @property
    def _doing(self) -> str:
        """What the demo does now, in words; nothing where it is only a picture of one."""
        if self.driver is None:
            return ""
        if self._shown is not None:
            return "earlier: space goes on"
        if self._over:
            return "the end: space plays it again"
        return "paused: space goes on" if self._pace.held else "playing"
