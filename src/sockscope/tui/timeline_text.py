"""One row of the timeline: number, process, call, result, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from sockscope.trace.names import GATE, RAISED
from sockscope.trace.state import Call
from sockscope.trace.words import call_text, result_text, short_name

from .text import data, printable
from .themes import tracee_style


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns."""

    number: int
    proc: int
    call: int
    result: int
    meaning: int


def columns_for(width: int, proc: int, number: int) -> Columns:
    """Share ``width`` out; what it means gets the rest, or nothing where it is narrow."""
    number = max(2, number)
    rest = max(20, width - number - proc - 6)
    if rest < 64:
        call = rest * 55 // 100
        return Columns(number, proc, call, rest - call, 0)
    call = min(34, rest * 38 // 100)
    result = min(30, rest * 30 // 100)
    return Columns(number, proc, call, result, rest - call - result)


def row(
    call: Call, number: int, order: int, columns: Columns, *, mark: str, future: bool
) -> Content:
    """A call's row.  What lies after the shown position is quiet all over."""
    cells = [
        Content.styled(mark, "bold $line-on"),
        Content.styled(str(number).rjust(columns.number), "$quiet"),
        _cell(data(short_name(call.proc, columns.proc), tracee_style(order)), columns.proc),
        _cell(data(call_text(call)), columns.call),
        _cell(data(_result(call), result_style(call)), columns.result),
    ]
    if columns.meaning:
        cells.append(_cell(data(call.meaning, "italic $quiet"), columns.meaning))
    whole = cells[0] + Content(" ").join(cells[1:])
    return Content.styled(whole.plain, "$quiet") if future else whole


def _cell(content: Content, width: int) -> Content:
    return content.truncate(width, ellipsis=True, pad=True)


def _result(call: Call) -> str:
    return "next" if call.phase == GATE else result_text(call)


def result_style(call: Call) -> str:
    """Bold for a value, and the colour of errors for an error."""
    if call.phase == RAISED:
        return "bold $error"
    return "bold" if call.finished else "$place-waiting"


def summary(call: Call) -> str:
    """``server recv(16) = b"Hi the"``, in one line."""
    return printable(f"{call_text(call)} {result_text(call)}")
