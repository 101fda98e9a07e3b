"""A program's text, coloured; and the words for what its process is about to do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight

from sockscope.trace.events import NO_CALL
from sockscope.trace.names import BLOCKED, GATE, RECEIVES
from sockscope.trace.state import Call, Process, State
from sockscope.trace.words import call_text

from .text import lines_of, printable

COLOURED_UP_TO: Final = 200_000
"""Characters.  Longer programs are shown in one colour."""

OUTPUT_TAIL: Final = 4_000
"""Characters of the output that are looked at for its last lines."""


class CodeColours(HighlightTheme):
    """A few colours, all of them from our themes."""

    STYLES = {  # noqa: RUF012
        Token.Comment: "italic $code-comment",
        Token.Keyword: "$code-keyword",
        Token.Operator.Word: "$code-keyword",
        Token.Literal.String: "$code-string",
        Token.String: "$code-string",
        Token.Literal.Number: "$code-number",
        Token.Name.Builtin: "$code-name",
        Token.Name.Exception: "$code-name",
    }


@lru_cache(maxsize=16)
def code_lines(text: str) -> Sequence[Content]:
    """The lines of a program as content."""
    lines = lines_of(text)
    if len(text) > COLOURED_UP_TO:
        return [Content(line) for line in lines]
    coloured = highlight("\n".join(lines), language="python", theme=CodeColours)
    return coloured.split("\n", allow_blank=True)


def shown_call(process: Process) -> Call | None:
    """The call whose line is marked: the pending one, or the last one made."""
    return process.last if process.stands else process.pending or process.last


def shown_file(process: Process, state: State) -> str | None:
    """The file to show: where the process is, or the program that it runs."""
    call = shown_call(process)
    if call and call.file is not None and call.file in state.sources:
        return call.file
    if process.argv:
        named = os.path.basename(process.argv[0])
        own = [file for file in state.sources if os.path.basename(file) == named]
        if own:
            return own[0]
    return call.file if call else None


def title(process: Process, file: str | None) -> str:
    """``server · server.py · pid 4242``."""
    path = file or (process.argv[0] if process.argv else "")
    parts = [process.name, os.path.basename(path), f"pid {process.pid}"]
    return printable(" · ".join(part for part in parts if part))


def doing(process: Process, state: State, room: int = 60) -> str:
    """What the process is about to do, or does, in words; with less data if room is short."""
    if process.exited:
        return exit_text(process)
    call = process.pending
    if process.stands and process.last is not None:
        return f"stopped after {call_text(process.last, 8)}"
    if call is None:
        return _rest(process, state) or ("running" if process.argv else "ready")
    before = {GATE: "next: ", BLOCKED: "blocked in "}.get(call.phase, "making ")
    after = " · would block" if would_block(call, state) else ""
    within = f" · in {printable(call.within)}()" if call.within else ""
    texts = [
        before + call_text(call, limit) + after + more
        for more in dict.fromkeys((within, ""))
        for limit in (24, 16, 8, 3, 1)
    ]
    return next((text for text in texts if len(text) <= room), texts[-1])


def _rest(process: Process, state: State) -> str:
    """What it waits for in no call of a socket."""
    for wait in state.waits:
        if wait.proc == process.name and wait.call == NO_CALL and wait.reasons:
            return printable(f"in {wait.name}(): {wait.reasons[0].why}")
    return ""


def would_block(call: Call, state: State) -> bool:
    """Whether a call at its gate would sleep if it were made at this position.

    What poll(2) said when it came to the gate may be out of date: what it waits for may
    have come since, which the newest look at the socket shows.
    """
    if not call.would_block or call.phase != GATE:
        return False
    socket = state.sockets.get((call.proc, call.fd))
    if socket is None:
        return True
    if call.name in RECEIVES:
        stream = state.stream_into((call.proc, call.fd))
        return not socket.view.recv_bytes and not (stream is not None and stream.finished)
    return not (call.name == "accept" and socket.view.accept_length)


def exit_text(process: Process) -> str:
    """How a process ended."""
    if process.signal is not None:
        return printable(f"ended by {process.signal}")
    return "exited" if process.status is None else f"exited {process.status}"


def output_tail(process: Process, count: int) -> list[tuple[str, str]]:
    """The last lines of output, each with the stream that it came by."""
    chunks: list[tuple[str, str]] = []
    length = 0
    for index in range(len(process.output) - 1, -1, -1):
        chunks.insert(0, process.output[index])
        length += len(chunks[0][1])
        if length > OUTPUT_TAIL or len(chunks) > 200:
            break
    lines = [
        (stream, line) for stream, text in _joined(chunks) for line in lines_of(text[-OUTPUT_TAIL:])
    ]
    return lines[-count:] if count > 0 else []


def _joined(chunks: list[tuple[str, str]]) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for stream, text in chunks:
        if joined and joined[-1][0] == stream:
            text = joined.pop()[1] + text
        joined.append((stream, text))
    return joined
