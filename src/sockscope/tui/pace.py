"""How long a frame of a demo stays: time for the viewer, who may stop it or hurry it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from sockscope.demos.showing import Frame

BRISK: Final = 0.4
CALL: Final = 1.4
GLANCE: Final = 1.5
READING: Final = 17.0
"""Seconds for a call that leads up to something, for one that matters and, for a caption that is
new, to look at it; then characters that are read in a second."""


def seconds_of(frame: Frame) -> float:
    """How long a frame stays."""
    if frame.spoken:
        return GLANCE + len(frame.caption) / READING
    return BRISK if frame.brisk else CALL


class Clock(Protocol):
    """A timer that can be held."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None: ...


MakeClock = Callable[[float, Callable[[], None], bool], Clock]
"""Makes a clock that calls back after some seconds; it begins held where the last is true."""


class Pace:
    """Waits between frames."""

    def __init__(self, make_clock: MakeClock, *, held: bool = False) -> None:
        self.held = held
        self._make_clock = make_clock
        self._clock: Clock | None = None
        self._due = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return after so many seconds in which nobody held the pace, or when hurried."""
        self._due.clear()
        self._clock = self._make_clock(seconds, self._due.set, self.held)
        try:
            await self._due.wait()
        finally:
            self._clock.stop()
            self._clock = None

    def hold(self) -> None:
        """Stay where we are."""
        self.held = True
        if self._clock:
            self._clock.pause()

    def go(self) -> None:
        """Go on."""
        self.held = False
        if self._clock:
            self._clock.resume()

    def hurry(self) -> None:
        """The next frame now."""
        self._due.set()
