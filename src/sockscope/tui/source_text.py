"""A program's text, coloured; and the words for what its process is about to do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pygments.token import Token  # type: ignore[import-untyped]
from textual.content import Content
from textual.highlight import HighlightTheme, highlight

from sockscope.trace.names import BLOCKED, GATE
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
    return process.pending or process.last


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


def doing(process: Process) -> str:
    """What the process is about to do, or does, in words."""
    if process.exited:
        return exit_text(process)
    call = process.pending
    if call is None:
        return "running"
    text = call_text(call, 24)
    if call.phase == GATE:
        return f"next: {text}" + (" · would block" if call.would_block else "")
    return f"blocked in {text}" if call.phase == BLOCKED else f"making {text}"


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
