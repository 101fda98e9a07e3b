"""Who waits for whom, drawn: a box for each process, an arrow for what each call waits for.

The boxes stand below each other.  An arrow to the next one leads straight down; one to any
other goes along a rail at the right, which all that wait for the same process share.  What
ends a wait and is no blocked process is named at the arrow's end, in parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Final, NamedTuple
from unicodedata import combining, east_asian_width

from .chain import REASONS, Links
from .events import Wait
from .words import plain_text, seconds_text

MOST: Final = 8
"""Boxes that are drawn; the rest is counted."""

NARROW: Final = 16
"""Columns for words at the least."""

OUTSIDE: Final = "the world outside"
INDENT: Final = "  "
RAIL: Final = 2
"""Columns between two rails."""

FRAME: Final = 7
"""Columns before and after the words at an arrow."""


class Piece(NamedTuple):
    """Some characters; those that name a process say which."""

    text: str
    proc: str | None = None


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """What a call waits for.  ``target`` is a box; where it is None, ``end`` names what it is."""

    label: str
    target: str | None
    end: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line without its rails: ``leaves`` for the box of a name, or is ``entered`` as that one."""

    pieces: Line
    leaves: str | None = None
    entered: str | None = None

    @property
    def width(self) -> int:
        return sum(columns(piece.text) for piece in self.pieces)


def columns(text: str) -> int:
    """Columns of a terminal that ``text`` takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def diagram(waits: Sequence[Wait], width: int, *, boxed: bool = True) -> list[Line]:
    """The whole picture, in at most ``width`` columns where these are enough for it.

    Without ``boxed`` a process takes one line instead of three.
    """
    links = Links(waits)
    names = list(dict.fromkeys(wait.proc for chain in links.chains() for wait in chain))
    shown, left = names[:MOST], len(names) - MOST
    below = dict(pairwise(shown))
    arrows = {name: _arrows(name, links, shown, below.get(name)) for name in shown}
    rails = _rails(shown, arrows, below)
    room = max(NARROW, width - RAIL * len(rails) - FRAME)
    rows = [row for n in shown for row in _node(n, arrows[n], below.get(n), room, boxed)]
    if left > 0:
        rows.append(_Row((Piece(f"and {left} more processes that are blocked"),)))
    return list(_with_rails(rows, rails))


# -- what is drawn -----------------------------------------------------------------


def _arrows(proc: str, links: Links, shown: Sequence[str], below: str | None) -> list[Arrow]:
    """The arrows from a box; one to the box below comes last, so that it can lead down."""
    found = [arrow for wait in links.waits if wait.proc == proc for arrow in _of(wait, links)]
    known = [
        a if a.target in shown else Arrow(a.label, None, a.end or a.target or "") for a in found
    ]
    return sorted(known, key=lambda arrow: arrow.target == below and below is not None)


def _of(wait: Wait, links: Links) -> Iterator[Arrow]:
    thread = (
        f" ({plain_text(wait.thread, 40)})" if links.has_many(wait.proc) and wait.thread else ""
    )
    call = f"{plain_text(wait.name, 40)}(){thread}"
    for reason in wait.reasons[:REASONS]:
        end = OUTSIDE if reason.on is None else ""
        yield Arrow(f"{call}: {_at_last(reason.why)}", reason.on, end)
    if len(wait.reasons) > REASONS:
        yield Arrow(call, None, f"{len(wait.reasons) - REASONS} more")
    if wait.timeout is not None:
        yield Arrow(call, None, f"its timeout of {seconds_text(wait.timeout)}")


def _at_last(why: str) -> str:
    """The last clause of a reason: that which the process at the arrow's end could change."""
    return plain_text(why.rpartition(", because ")[2])


def _rails(
    shown: Sequence[str], arrows: Mapping[str, Sequence[Arrow]], below: Mapping[str, str]
) -> list[str]:
    """The boxes to which a rail leads."""
    led_to = {
        arrow.target
        for name in shown
        for last, arrow in _with_last(arrows[name])
        if arrow.target and not (last and arrow.target == below.get(name))
    }
    return [name for name in shown if name in led_to]


def _with_last(arrows: Sequence[Arrow]) -> Iterator[tuple[bool, Arrow]]:
    for number, arrow in enumerate(arrows, 1):
        yield number == len(arrows), arrow


# -- rows ----------------------------------------------------------------------------


def _node(
    name: str, arrows: Sequence[Arrow], after: str | None, room: int, boxed: bool
) -> Iterator[_Row]:
    text = plain_text(name, NARROW)
    line = "─" * (columns(text) + 2)
    stem = "┬" if arrows else "─"
    if boxed:
        yield _Row((Piece(f"┌{line}┐"),))
        yield _Row((Piece("│ "), Piece(text, name), Piece(" │")), entered=name)
        yield _Row((Piece(f"└─{stem}{line[2:]}┘"),))
    else:
        yield _Row((Piece("["), Piece(text, name), Piece("]")), entered=name)
    for last, arrow in _with_last(arrows):
        if last and arrow.target is not None and arrow.target == after:
            yield from (_Row((Piece(f"{INDENT}│  {words}"),)) for words in wrap(arrow.label, room))
            yield _Row((Piece(f"{INDENT}▼"),))
        else:
            yield from _branch(arrow, last, room)


def _branch(arrow: Arrow, last: bool, room: int) -> Iterator[_Row]:
    """An arrow to the right: to a rail, or to a name in parentheses."""
    *before, words = wrap(arrow.label, room) or [""]
    yield from (_Row((Piece(f"{INDENT}│  {text}"),)) for text in before)
    head = f"{INDENT}{'└' if last else '├'}─ {words} "
    if arrow.target is not None:
        yield _Row((Piece(head),), leaves=arrow.target)
        return
    end = f"─▶ ({plain_text(arrow.end, 40)})"
    if columns(head + end) <= room + FRAME:
        yield _Row((Piece(head + end),))
        return
    yield _Row((Piece(f"{INDENT}│  {words}"),))
    yield _Row((Piece(f"{INDENT}{'└' if last else '├'}─{end}"),))


# -- rails ---------------------------------------------------------------------------


def _with_rails(rows: Sequence[_Row], rails: Sequence[str]) -> Iterator[Line]:
    start = max((row.width for row in rows), default=0) + 1
    spans = {
        name: [y for y, row in enumerate(rows) if name in (row.leaves, row.entered)]
        for name in rails
    }
    for y, row in enumerate(rows):
        own = row.leaves if row.leaves is not None else row.entered
        is_at = own in spans
        gap = start - row.width
        cells = "".join(_cells(y, rails, spans, own))
        if not is_at:
            lead = " " * gap
        elif row.leaves is None:
            lead = "◀" + "─" * (gap - 1)
        else:
            lead = "─" * gap
        yield (*row.pieces, Piece((lead + cells).rstrip()))


def _cells(
    y: int, rails: Sequence[str], spans: Mapping[str, Sequence[int]], own: str | None
) -> Iterator[str]:
    """What stands at each rail in one row; the arrow of the row goes behind rails of others."""
    is_before = own in spans
    for name in rails:
        first, last = spans[name][0], spans[name][-1]
        yield "─" * (RAIL - 1) if is_before else " " * (RAIL - 1)
        if name == own:
            is_before = False
            yield {(True, True): "┤", (True, False): "┘", (False, True): "┐"}.get(
                (first < y, y < last), "─"
            )
        else:
            yield "│" if first < y < last else "─" if is_before else " "
