"""One plain sentence about what a call means here, on this very pair of programs.

Pure functions of the state just before the call finished.  Rules of this package:

* A sentence says only what the trace shows or what Linux's man pages promise.  Where
  the cause cannot be told, it names the possible ones or says less.
* A trace may hold anything, so every function here gives a text for every call.
* Sentences are short, since they stand at the end of a timeline's row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..names import RAISED
from ..words import plain_text
from .errors import error_meaning
from .results import result_meaning
from .scene import Scene
from .waits import wait_meaning

if TYPE_CHECKING:
    from ..state import Call, State

MAX_SENTENCE = 160


def meaning(state: State, call: Call) -> str:
    """What a finished call means; ``state`` is the state just before it finished."""
    explain = error_meaning if call.phase == RAISED else result_meaning
    return plain_text(explain(Scene(state, call)), MAX_SENTENCE)


def blocked_meaning(state: State, call: Call) -> str:
    """What a blocked call waits for."""
    return plain_text(wait_meaning(Scene(state, call)), MAX_SENTENCE)
