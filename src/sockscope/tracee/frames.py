"""Whose line made a call, and what its variables hold: read without running their code."""

from __future__ import annotations

import itertools
import os
import socket
import sys
import sysconfig
from types import CodeType, FrameType, TracebackType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    Caller = Tuple[Optional[FrameType], Optional[str], Optional[int]]  # a frame, its file and line

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_START = os.path.join(OURS, "__main__.py")
_SOCKET_MODULE = os.path.join(os.path.dirname(os.path.abspath(os.__file__)), "socket.py")
_LIBRARIES = tuple(
    {os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "purelib", "platlib")}
)
_OURS, _PLUMBING, _LIBRARY, _PROGRAM, _BELOW = range(5)
_kinds: dict[str, int] = {}

OWN_DEPTH = 4
"""Frames from ``caller`` to the program, at least; more of ours are skipped."""

_name_of_type = type.__dict__["__name__"].__get__

_places: dict[tuple[int, int], tuple[CodeType, str, int]] = {}
"""Files and lines of the program's own, by the code, which must live as long, and the place in it.
"""

MAX_PLACES = 4096

MAX_LOCALS = 24
MAX_TEXT = 80


def _kind(filename: str) -> int:
    kind = _kinds.get(filename)
    if kind is None:
        kind = _kinds[filename] = _classify(filename)
    return kind


def _classify(filename: str) -> int:
    if filename == _START:
        return _BELOW
    if filename.startswith(OURS):
        return _OURS
    if filename == _SOCKET_MODULE:
        return _PLUMBING
    if filename.startswith("<") or filename.startswith(_LIBRARIES):
        return _LIBRARY
    return _PROGRAM


def note_script(filename: str) -> None:
    """Have this file count as the program's own, even where libraries lie."""
    _kinds[filename] = _PROGRAM


def caller() -> Caller:
    """The innermost frame of the program's own files, or else of a library it uses."""
    try:
        frame = sys._getframe(OWN_DEPTH)
    except ValueError:  # called by no frame at all: at exit, or as a thread of its own
        return None, None, None
    known = _places.get((id(frame.f_code), frame.f_lasti))
    return _search(frame) if known is None else (frame, known[1], known[2])


def _search(start: FrameType) -> Caller:
    frame: FrameType | None = start
    library = None
    while frame is not None:
        filename = frame.f_code.co_filename
        kind = _kinds.get(filename) or _kind(filename)
        if kind == _LIBRARY:
            library = library or frame
        elif kind == _PROGRAM:
            return _found(frame)
        elif kind == _BELOW:  # no program is on its way: a console, or the end of one
            break
        frame = frame.f_back
    return (None, None, None) if library is None else _found(library)


def _found(frame: FrameType) -> Caller:
    """Where a frame is.  To find the line takes long: what is the program's is remembered."""
    code = frame.f_code
    at = id(code), frame.f_lasti
    known = _places.get(at)
    if known is None:
        known = code, code.co_filename, frame.f_lineno
        if _kind(code.co_filename) == _PROGRAM:
            if len(_places) == MAX_PLACES:
                _places.clear()
            _places[at] = known
    return frame, known[1], known[2]


def own_line(frame: FrameType | None) -> tuple[str, int] | None:
    """The line of the program's own files that ``caller`` found; None where there is none."""
    if frame is None or _kind(frame.f_code.co_filename) != _PROGRAM:
        return None
    return frame.f_code.co_filename, frame.f_lineno


def within(frame: FrameType | None) -> str | None:
    """The library's function by which the line that ``caller`` found makes the present call.

    None where the line makes it itself.  What no line of the program's has led to is within
    the function that makes it.
    """
    name = None
    above: FrameType | None = sys._getframe(1)
    while above is not None and above is not frame:
        if _kind(above.f_code.co_filename) == _LIBRARY:
            name = above.f_code.co_name
        above = above.f_back
    if frame is None or own_line(frame) is not None:
        return name
    return frame.f_code.co_name


def is_program(filename: str) -> bool:
    """Whether a file is the program's own."""
    return _kind(filename) == _PROGRAM


def is_ours(frame: FrameType) -> bool:
    """Whether a frame belongs to the tracee's own machinery."""
    return _kind(frame.f_code.co_filename) in (_OURS, _BELOW)


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    """The same traceback without our frames, relinked in place."""
    while trace is not None and is_ours(trace.tb_frame):
        trace = trace.tb_next
    entry = trace
    while entry is not None:
        while entry.tb_next is not None and is_ours(entry.tb_next.tb_frame):
            entry.tb_next = entry.tb_next.tb_next
        entry = entry.tb_next
    return trace


def local_texts(frame: FrameType) -> dict[str, str]:
    """The frame's variables, each short and printed without running any of their code."""
    texts: dict[str, str] = {}
    for name, value in list(frame.f_locals.items()):
        if len(texts) == MAX_LOCALS:
            break
        if type(name) is str and not name.startswith("__") and _worth_showing(value):
            texts[name] = safe_text(value)
    return texts


def _worth_showing(value: Any) -> bool:
    return _name_of_type(type(value)) not in {
        "module",
        "function",
        "builtin_function_or_method",
        "type",
        "EnumType",
        "EnumMeta",
        "ABCMeta",
    }


def safe_text(value: Any, depth: int = 2) -> str:
    """A short text for ``value``; only exact built-in types are asked for theirs."""
    kind = type(value)
    if kind in (int, float, bool, type(None), complex):
        return _short(repr(value)) if kind is not int or value.bit_length() < 512 else "<big int>"
    if kind in (str, bytes, bytearray):
        return _short(repr(value[:MAX_TEXT]) + ("…" if len(value) > MAX_TEXT else ""))
    if kind in (tuple, list, dict, set) and depth:
        return _short(_container(value, depth - 1))
    return _named(value)


def _container(value: Any, depth: int) -> str:
    items = list(itertools.islice(value.items() if type(value) is dict else value, 8))
    more = ", …" if len(value) > len(items) else ""
    if type(value) is dict:
        pairs = (f"{safe_text(k, depth)}: {safe_text(v, depth)}" for k, v in items)
        return "{" + ", ".join(pairs) + more + "}"
    inner = ", ".join(safe_text(item, depth) for item in items) + more
    if type(value) is set:
        return "{" + inner + "}" if inner else "set()"
    if type(value) is tuple:
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return f"[{inner}]"


def _named(value: Any) -> str:
    if issubclass(type(value), socket.socket):  # isinstance() would ask the value itself
        return f"<socket fd {socket.socket.fileno(value)}>"
    return f"<{_name_of_type(type(value))}>"


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
