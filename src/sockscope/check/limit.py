"""An end for a call that hangs, in the thread that made it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

AGAIN: Final = 1.0
"""Seconds after which it is told to stop once more, where it did not heed it."""


class HangError(BaseException):
    """It took too long.  No Exception, which a retry loop would catch."""


@contextmanager
def limit(seconds: float, who_waits: Callable[[], str]) -> Iterator[None]:
    """Raise HangError in here after ``seconds``, with what ``who_waits`` says then.

    By SIGALRM, which wakes every call that sleeps; so in the main thread only.  A timer
    that was set before, as pytest-timeout sets one, stays where it ends sooner, and goes
    on afterwards.
    """
    earlier = signal.getitimer(signal.ITIMER_REAL)[0]
    if threading.current_thread() is not threading.main_thread() or 0 < earlier < seconds:
        yield
        return

    def stop(*_: object) -> None:
        __tracebackhide__ = True  # pytest shows the line that hangs instead
        raise HangError(f"after {seconds:.3g} s it still runs{who_waits()}")

    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    began = time.monotonic()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if earlier:
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, earlier - time.monotonic() + began))
