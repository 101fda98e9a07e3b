"""Drives a session to the calls that a lesson names.

Only the program that a move speaks of is stepped, until the move is reached.  Where it
is blocked, an earlier move of another program must have made what will wake it.  So the
same moves give the same conversation every time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Final

from ..trace.conditions import find
from ..trace.events import Event
from ..trace.history import History
from ..trace.names import BLOCKED as ASLEEP
from ..trace.names import GATE, RAISED, RETURNED
from ..trace.stable import Stable
from ..trace.state import Call
from ..tracer.programs import Program, with_free_ports
from ..tracer.session import Session, SessionError
from .lesson import BLOCKED, EXITED, FREELY, NEXT, Lesson, LessonError, Move

DEADLINE: Final = 20.0
"""Seconds that one move may take."""

SHOWN_PORT: Final = 1060
"""The port of a stable session, whichever was free."""


def programs(lesson: Lesson) -> list[Program]:
    """The lesson's programs, with ports that are free now.  Raises ProgramError."""
    return with_free_ports(
        [Program(role.name, str(lesson.folder / role.file), role.args) for role in lesson.roles]
    )


class Player:
    """Plays the moves of a lesson on a session of its programs.

    It listens to the session and passes each event on to whoever listened before.
    ``history`` is what has happened so far.
    """

    def __init__(self, session: Session, deadline: float = DEADLINE) -> None:
        self.session = session
        self.history = History()
        self._deadline = deadline
        self._stirred = asyncio.Event()
        self._pass_on, session.listener = session.listener, self._take

    def _take(self, event: Event) -> None:
        self.history.append(event)
        self._stirred.set()
        self._pass_on(event)

    async def play(self, moves: Iterable[Move]) -> None:
        """Make these moves, in order.  Raises LessonError where one cannot be made."""
        for move in moves:
            await self.make(move)

    async def make(self, move: Move) -> None:
        """Play until ``move`` is reached; at once where it already is.

        Raises LessonError where it cannot be, or not before the deadline.
        """
        async with self._in_time(move):
            if move.until == FREELY:
                await self._run_freely(move)
            while not self.has_reached(move):
                await self._come_nearer(move)

    async def come_nearer(self, move: Move) -> None:
        """Make one step towards ``move``, or wait until something happens by itself.

        Raises LessonError where nothing can, or does before the deadline.
        """
        async with self._in_time(move):
            await self._come_nearer(move)

    @contextlib.asynccontextmanager
    async def _in_time(self, move: Move) -> AsyncIterator[None]:
        """What keeps a program from ``move`` is said as a LessonError."""
        try:
            async with asyncio.timeout(self._deadline):
                yield
        except TimeoutError:
            raise LessonError(
                f"{move}: not within {self._deadline:g} s: {self._why(move)}"
            ) from None
        except SessionError as error:
            raise LessonError(f"{move}: {error}") from None

    def has_reached(self, move: Move) -> bool:
        """Whether ``move`` has been played.  Raises LessonError where it never can be."""
        process = self.history.latest.processes.get(move.selector.proc)
        if move.until == EXITED:
            return process is not None and process.exited
        call = find(self.history.latest, move.selector)
        if call is None:
            if process is not None and process.exited:
                raise LessonError(f"{move}: {process.name} ended without making this call")
            return False
        return self._has_come(move, call)

    def _has_come(self, move: Move, call: Call) -> bool:
        has_ended = call.phase in (RETURNED, RAISED)
        if move.until == NEXT:
            return True
        if move.until == BLOCKED:
            if has_ended and not call.was_blocked:
                raise LessonError(f"{move}: it ended without blocking")
            return call.was_blocked
        return has_ended

    async def _come_nearer(self, move: Move) -> None:
        """One step towards ``move``, or wait for what others did or a clock brings."""
        self._stirred.clear()
        process = self.history.latest.processes.get(move.selector.proc)
        if process is not None and any(call.phase == GATE for call in process.open):
            await self.session.step(move.selector.proc)
        else:
            await self._stirred.wait()

    async def _run_freely(self, move: Move) -> None:
        """Let all programs run until the call has ended, and stop them again."""
        await self.session.run_all()
        try:
            while not self.has_reached(move):
                self._stirred.clear()
                await self._stirred.wait()
        finally:
            await self.session.pause()

    def _why(self, move: Move) -> str:
        """What keeps the program, as far as is known."""
        process = self.history.latest.processes.get(move.selector.proc)
        if process is None or not process.open:
            return f"{move.selector.proc} runs without a socket call"
        call = process.open[0]
        if call.phase == ASLEEP:
            return f"{call.proc} is blocked in {call.name}(), and no move before this wakes it"
        return f"{call.proc} has come to {call.name}() and no further"


def session_of(lesson: Lesson, *, stable: bool = False) -> Session:
    """A session of the lesson's programs; a stable one gives the same trace each time.

    Raises ProgramError where the programs cannot be run.
    """
    made = programs(lesson)
    if not stable:
        return Session(made)
    ports = {
        int(given): SHOWN_PORT
        for program, role in zip(made, lesson.roles, strict=True)
        for given, written in zip(program.args, role.args, strict=True)
        if written == "{port}"
    }
    return Session(made, mapper=Stable(ports))


@contextlib.asynccontextmanager
async def playing(lesson: Lesson, deadline: float = DEADLINE) -> AsyncIterator[Player]:
    """A player on a new session of the lesson's programs, which ends with the block."""
    session = Session(programs(lesson))
    player = Player(session, deadline)
    try:
        await session.start()
        yield player
    finally:
        await session.close()


async def play_other(lesson: Lesson, number: int, deadline: float = DEADLINE) -> History:
    """What step ``number`` (from 0) gives when it is played the other way, in a new session."""
    async with playing(lesson, deadline) as player:
        for step in lesson.steps[:number]:
            await player.play((*step.setup, *step.play))
        await player.play((*lesson.steps[number].setup, *lesson.steps[number].other))
        return player.history
