"""The end of a traceback: which exception, and where in the program."""

from __future__ import annotations

import re
from pathlib import Path

_TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n((?:[ ].*\n)+)(\S.*)$", re.MULTILINE
)
_FRAME = re.compile(r'^  File "(.*)", line (\d+)', re.MULTILINE)
_LIBRARY = re.compile(r"/lib/python\d|^<")


def last(text: str) -> tuple[str, str] | None:
    """The place, as ``server.py:7``, and the exception of the last one in what is written."""
    tracebacks = list(_TRACEBACK.finditer(text))
    if not tracebacks:
        return None
    found = tracebacks[-1]
    frames: list[tuple[str, str]] = _FRAME.findall(found[1])
    own = [frame for frame in frames if not _LIBRARY.search(frame[0])] or frames
    place = f"{Path(own[-1][0]).name}:{own[-1][1]}" if own else ""
    return place, found[2]
