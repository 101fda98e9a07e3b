"""The threads of a program that are in a call, each with its own; and what a wait waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.content import Content

from sockscope.trace.names import BLOCKED, GATE, WAITS
from sockscope.trace.state import Call, Process, State
from sockscope.trace.waiting import awaited, standing
from sockscope.trace.words import call_text

from .text import data, printable

MAIN: Final = "MainThread"

NAME_WIDTH: Final = 20
"""Columns for a thread's name at most."""

MOST: Final = 64
"""Sockets of one wait that are looked through."""

MARKS: Final = {GATE: "▶", BLOCKED: "‖"}


def threads_of(process: Process) -> list[str]:
    """The names of the threads that are in a call: the main one, and the others by their number."""
    names = {call.thread for call in process.open if call.thread is not None}
    return sorted(names, key=lambda name: (name != MAIN, len(name), name))


def thread_lines(process: Process, width: int, most: int) -> list[tuple[str, Content]]:
    """A line for each thread that is in a call, where there are several, with its name.

    At most so many of them, the one whose call is pending among them.
    """
    threads, pending = threads_of(process), process.pending
    if len(threads) < 2 or pending is None:
        return []
    calls = {thread: _call_of(process, thread) for thread in threads}
    at = threads.index(pending.thread) if pending.thread in threads else 0
    first = max(0, min(at - most // 2, len(threads) - most))
    shown = threads[first : first + most]
    longest = min(NAME_WIDTH, max(map(len, shown)))
    count = f" · {at + 1} of {len(threads)}" if len(shown) < len(threads) else ""
    return [
        (name, _line(calls[name], count if calls[name] is pending else None, longest, width))
        for name in shown
    ]


def _call_of(process: Process, thread: str) -> Call:
    """The call of a thread; a gate comes first, as for a step."""
    own = [call for call in process.open if call.thread == thread]
    return next((call for call in own if call.phase == GATE), own[0])


def _line(call: Call, count: str | None, longest: int, width: int) -> Content:
    """As much of a thread's name, its line, its call, and how far that is, as has room.

    ``count`` is what is added to the one that is pending.
    """
    is_pending = count is not None
    name = printable(call.thread or "")
    name = name if len(name) <= longest else name[: longest - 1] + "…"
    head = f"{'▸' if is_pending else ' '}{MARKS.get(call.phase, '·')} {name:<{longest}} "
    where = f"line {call.line} " if call.line else ""
    how = {GATE: " · next" if is_pending else " · at its gate", BLOCKED: " · blocked"}
    texts = [
        f"{where}{call_text(call, 8)}{how.get(call.phase, '')}{count or ''}",
        call_text(call, 3),
    ]
    text = next((text for text in texts if len(head + text) <= width), texts[-1])
    style = "bold" if is_pending else "$quiet"
    return data(head + text, style).truncate(width, ellipsis=True)


def awaited_lines(call: Call, state: State, width: int, most: int) -> list[Content]:
    """What a wait for any of several sockets waits for: those that are ready first, and why."""
    if call.name not in WAITS:
        return []
    lines: list[Content] = []
    for part in sorted(_parts(call, state), key=lambda part: not part[0]):
        text = data(part[1], "bold $place-read" if part[0] else "$quiet")
        if lines and lines[-1].cell_length + 3 + text.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], " · ", text)
        else:
            lines.append(Content.assemble(" ", text))
    return lines[:most]


def _parts(call: Call, state: State) -> Iterator[tuple[bool, str]]:
    waited = list(awaited(call.args[0] if call.args else None))
    for fd, events in waited[:MOST]:
        socket = state.sockets.get((call.proc, fd))
        is_ready, why = standing(socket.view if socket else None, events)
        yield is_ready, f"{'✔ ' if is_ready else ''}fd {fd}: {why}"
    if len(waited) > MOST:
        yield False, f"and {len(waited) - MOST} more"
