"""The end of a traceback: which exception, and where in the program."""

from __future__ import annotations

import re
from pathlib import Path

from ..trace.words import plain_text
from .differing import Difference

_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n((?:[ ].*\n)+)(\S.*)$", re.MULTILINE
)
_FRAME = re.compile(r'^  File "(.*)", line (\d+)', re.MULTILINE)
_LIBRARY = re.compile(r"/lib/python\d|^<")


def failure(name: str, text: str) -> Difference | None:
    """That a program failed, as the last traceback says that it wrote."""
    found = last(text)
    if found is None:
        return None
    place, exception = found
    return Difference(f"{name} fails{f' at {place}' * bool(place)}:", plain_text(exception))


def last(text: str) -> tuple[str, str] | None:
    """The place, as ``server.py:7``, and the exception of the last one in what is written."""
    tracebacks = list(_TRACEBACK.finditer(text))
    if not tracebacks:
        return None
    found = tracebacks[-1]
    frames: list[tuple[str, str]] = _FRAME.findall(found[1])
    own = [frame for frame in frames if not _LIBRARY.search(frame[0])]
    own = own or [frame for frame in frames if frame[0] == frames[0][0]]  # a script among those
    place = f"{Path(own[-1][0]).name}:{own[-1][1]}" if own else ""
    return place, found[2]
