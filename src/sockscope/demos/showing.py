"""A demo as it is shown: one frame after another, each a moment with a caption.

Whoever shows it takes the frames one by one, as fast or as slowly as they like; the
programs go no further than the frame that was taken last.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

from ..lessons import player
from ..lessons.lesson import Lesson, Move
from ..trace.events import Event
from ..tracer.session import Session


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown at one time: the state after ``position`` events, and a caption.

    ``spoken`` says that the caption is new, and that the viewer needs time to read it;
    ``brisk`` that this call only leads up to what the demo is about.
    """

    position: int
    step: int  # from 0
    caption: str
    spoken: bool = False
    brisk: bool = False


class Showing:
    """Shows ``demo`` on a session of its programs, which it starts."""

    def __init__(self, demo: Lesson, session: Session) -> None:
        self._demo = demo
        self._player = player.Player(session)
        self._at = -1

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames, in order.  Raises LessonError where a call cannot be made."""
        await self._player.session.start()
        for number, step in enumerate(self._demo.steps):
            async for position in self._moves(step.setup):
                yield Frame(position, number, "", brisk=True)
            before = step.before.filled(self._player.history)
            yield Frame(self._here(), number, before, spoken=True)
            async for position in self._moves(step.play):
                yield Frame(position, number, before)
            after = step.after.filled(self._player.history)
            yield Frame(self._here(), number, after, spoken=True)

    def _here(self) -> int:
        self._at = len(self._player.history)
        return self._at

    async def _moves(self, moves: Sequence[Move]) -> AsyncIterator[int]:
        """The position after each call that had to be made."""
        for move in moves:
            while not self._player.has_reached(move):
                await self._player.come_nearer(move)
                if len(self._player.history) > self._at:
                    yield self._here()


@dataclass(frozen=True, slots=True)
class Take:
    """A demo that was played to its end."""

    events: tuple[Event, ...]
    frames: tuple[Frame, ...]


async def take(demo: Lesson) -> Take:
    """Play a demo as fast as it goes, the same way every time.

    Raises LessonError or ProgramError where it cannot be played.
    """
    session = player.session_of(demo, stable=True)
    events: list[Event] = []
    session.listener = events.append
    showing = Showing(demo, session)
    try:
        frames = [frame async for frame in showing.frames()]
    finally:
        await session.close()
    return Take(tuple(events[: frames[-1].position]), tuple(frames))
