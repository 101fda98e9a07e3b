"""A trace as one HTML page with a slider over its positions, complete in itself.

Every position is written out, so the page can be read, searched and printed where no
script runs; the script only hides all positions but one.  Whatever a trace holds is
text there, never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template

from ..trace import chain
from ..trace import events as e
from ..trace.diagram import diagram
from ..trace.events import SocketView
from ..trace.history import History
from ..trace.names import BLOCKED, GATE
from ..trace.state import Call, Process, State
from ..trace.stops import Stops
from ..trace.stream import Stream
from ..trace.words import address_text, call_text, plain_text, result_text, size_text

TEMPLATE = Path(__file__).with_name("page.html")

MOST = 2000
"""Positions in a page; of a longer trace it holds the last."""

LINES = 4
"""Lines of a program before and after the current one."""

WIDTH = 80
"""Columns of the drawing of who waits for whom."""

OCTETS = 240
"""The last octets of a stream that are written out."""


def page(events: Iterable[e.Event], title: str) -> str:
    """The page's text."""
    history, stops = History(), Stops()
    for event in events:
        history.append(event)
        stops.append(event)
    numbers = range(1, len(stops) + 1)[-MOST:]
    sections = [_section(_at(history, stops, number), number) for number in numbers]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=escape(plain_text(title)),
        about=_about(len(stops), len(sections)),
        count=len(sections),
        sections="\n".join(sections),
    )


def _about(all_of_them: int, shown: int) -> str:
    what = "Real programs on real sockets: every figure was read from the kernel as it happened."
    if shown < all_of_them:
        what += f" The last {shown:,} of {all_of_them:,} positions."
    return what


def _at(history: History, stops: Stops, number: int) -> State:
    position = stops.position(number)
    return history.at(len(history) if position is None else position)


# -- one position ----------------------------------------------------------------


def _section(state: State, number: int) -> str:
    parts = [
        f'<section aria-label="Position {number}">',
        *_told(state),
        *_waits(state),
        '<div class="programs">',
        *(_program(process, state) for process in state.processes.values()),
        "</div>",
        _kernel(state),
        *(_stream(stream) for stream in state.streams.values() if stream.accepted),
        "</section>",
    ]
    return "\n".join(parts)


def _told(state: State) -> Iterator[str]:
    call = _latest(state)
    if call is None:
        yield '<p class="call">Nothing was called yet.</p>'
        return
    text = f"{call_text(call)} {result_text(call)}"
    yield f'<p class="call"><strong>{_text(call.proc)}</strong> <code>{_text(text)}</code></p>'
    yield f'<p class="meaning">{_text(call.meaning)}</p>'


def _waits(state: State) -> Iterator[str]:
    """Who waits for whom, where nobody can go on by himself."""
    living = [process.name for process in state.processes.values() if not process.exited]
    if not {wait.proc for wait in state.waits}.issuperset(living or [""]):
        return
    lines = ("".join(piece.text for piece in line) for line in diagram(state.waits, WIDTH))
    sentences = "; ".join(chain.sentences(state.waits))
    yield f'<div class="panel"><h2>{_text(chain.verdict(state.waits, state.deadlock))}</h2>'
    yield f"<p>{escape(sentences)}</p><pre>{escape(chr(10).join(lines))}</pre></div>"


def _latest(state: State) -> Call | None:
    """The call of which there is news: the last to end, unless another has blocked since."""
    blocked = [c for p in state.processes.values() for c in p.open if c.phase == BLOCKED]
    ended = state.calls[-1] if state.calls else None
    newest = max(blocked, key=lambda call: call.entered, default=None)
    if newest is None or (ended is not None and newest.entered < ended.finished):
        return ended or newest
    return newest


def _program(process: Process, state: State) -> str:
    call = process.pending or process.last
    source = state.sources.get(call.file or "", "") if call else ""
    line = call.line if call else None
    return (
        f'<div class="panel"><h2>{_text(process.name)}</h2>'
        f"<pre>{_excerpt(source.splitlines(), line)}</pre><p>{_text(_standing(process))}</p></div>"
    )


def _excerpt(lines: Sequence[str], current: int | None) -> str:
    if current is None or not 1 <= current <= len(lines):
        return ""
    first = max(1, current - LINES)
    shown = enumerate(lines[first - 1 : current + LINES], first)
    return "\n".join(_line(number, text, number == current) for number, text in shown)


def _line(number: int, text: str, is_current: bool) -> str:
    written = f"{number:4} {escape(plain_text(text.expandtabs(4), 120))}"
    return f"<mark>▶{written}</mark>" if is_current else f" {written}"


def _standing(process: Process) -> str:
    if process.exited:
        if process.signal:
            return f"ended by {process.signal}"
        return "exited" if process.status is None else f"exited with {process.status}"
    call = process.pending
    if call is None:
        return "running its own code"
    words = {GATE: "next", BLOCKED: "blocked in"}.get(call.phase, "in")
    return f"{words}: {call_text(call)}"


# -- the kernel ------------------------------------------------------------------

_HEADINGS = ("", "fd", "state", "local", "peer", "unread", "unacknowledged", "accept queue")


def _kernel(state: State) -> str:
    orders = {process.name: process.order for process in state.processes.values()}
    held = sorted(state.sockets.values(), key=lambda s: (orders[s.end.proc], s.end.fd))
    rows = [_cells(socket.end.proc, socket.view) for socket in held]
    rows += [_cells("held by no process", view) for view in state.unheld]
    head = "".join(f"<th>{name}</th>" for name in _HEADINGS)
    body = "\n".join(rows) or f'<tr><td colspan="{len(_HEADINGS)}">no socket</td></tr>'
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
    return f'<div class="panel"><h2>kernel</h2>{table}</div>'


def _cells(owner: str, view: SocketView) -> str:
    queue = "" if view.accept_length is None else f"{view.accept_length} of {view.accept_limit}"
    cells = (
        owner,
        "" if view.fd is None else str(view.fd),
        view.state or view.kind,
        "" if view.local is None else address_text(view.local),
        "" if view.peer is None else address_text(view.peer),
        "" if view.recv_bytes is None else size_text(view.recv_bytes),
        "" if view.send_bytes is None else size_text(view.send_bytes),
        queue,
    )
    return "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>"


# -- byte streams ----------------------------------------------------------------


def _stream(stream: Stream) -> str:
    ends = f"{address_text(stream.source)} → {address_text(stream.target)}"
    start = max(0, stream.accepted - OCTETS)
    marks = (stream.read, stream.arrived, stream.sent, stream.accepted)
    spans = []
    at = start
    for kind, end in zip(("read", "arrived", "flight", "unsent"), marks, strict=True):
        if end > at:
            spans.append(f'<span class="{kind}">{_octets(stream, at, end)}</span>')
            at = end
    before = f"… {size_text(start)} before … " if start else ""
    read, lost = stream.octets_read, stream.lost
    counts = (
        f"{size_text(read)} read, {size_text(stream.arrived - read - lost)} in the receive buffer, "
        f"{size_text(stream.in_flight)} in flight, "
        f"{size_text(stream.accepted - stream.sent)} in the send buffer"
        + (f", {size_text(lost)} lost" if lost else "")
    )
    return (
        f'<div class="panel"><h2>byte stream {_text(ends)}</h2>'
        f'<div class="bytes">{before}{"".join(spans)}</div><p>{counts}</p></div>'
    )


def _octets(stream: Stream, start: int, end: int) -> str:
    """Octets as text; those that nobody has shown yet, as dots."""
    octets = map(stream.octet, range(start, end))
    return "".join("·" if o is None else escape(repr(bytes([o]))[2:-1]) for o in octets)


def _text(text: str) -> str:
    return escape(plain_text(text))
