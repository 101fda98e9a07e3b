"""A socket that was forgotten without being closed: what C's finalizer does, step by step.

It warns, and only then closes; a warning that is an error (``python -W error``) can be raised
nowhere, and goes to ``sys.unraisablehook``.  Its place is the line that let the socket go.
"""

from __future__ import annotations

import _socket
import sys
import warnings
from contextlib import suppress
from types import TracebackType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_Unraisable: Any = next(t for t in tuple.__subclasses__() if t.__name__ == "UnraisableHookArgs")
"""What ``sys.unraisablehook`` is given; its type has no name that could be imported."""

_DEPTH = 2
"""Frames of ours between ``warn`` and the program: the finalizer, and ``warn`` itself."""


def warn(sock: Any) -> None:
    """Say that a socket was not closed; called by the finalizer itself."""
    try:
        text = f"unclosed {sock!r}"
        warnings.warn(text, ResourceWarning, stacklevel=_DEPTH + 1, source=sock)
    except Warning as error:
        error.__traceback__ = _here()
        sys.unraisablehook(_Unraisable((type(error), error, error.__traceback__, None, sock)))
    except BaseException:  # C has no place for it either
        return


def _here() -> TracebackType | None:
    try:
        frame = sys._getframe(_DEPTH + 1)
    except ValueError:  # the interpreter ends: no line of the program lets it go
        return None
    return TracebackType(None, frame, frame.f_lasti, frame.f_lineno)


def close(sock: Any) -> None:
    """Close it; there is nobody whom an error could be told."""
    with suppress(OSError):
        _socket.socket.close(sock)
