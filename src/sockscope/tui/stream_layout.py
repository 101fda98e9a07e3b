"""Which octets of a stream stand in which columns: pure geometry, no colours.

A stream is cut into *runs* wherever something changes: where a send or a recv began or
ended, and at the four boundaries of the ledger.  A short run is laid out octet by octet;
a long one as its first octets, one *fold* that stands for the many between, and its last
ones.  Where an octet's run begins and ends is found by bisection, so what it costs to lay
out a window depends on the window's width, not on the stream's length or on the number of
calls.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Final

from sockscope.trace.stream import Piece, Stream

from .text import grouped

UNFOLDED: Final = 1 << 62
"""A run length that is never folded."""


class Place(Enum):
    """Where an octet is now."""

    READ = "read"
    WAITING = "waiting"
    FLIGHT = "flight"
    UNSENT = "unsent"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a window is cut: its width and the width of an octet, in columns."""

    width: int
    pitch: int
    fold_over: int = UNFOLDED

    @property
    def capacity(self) -> int:
        """How many single octets fit."""
        return max(1, self.width // self.pitch)

    @property
    def shown_of_fold(self) -> int:
        """How many octets stay visible at each end of a folded run."""
        return max(2, min(8, self.capacity // 6))

    def columns(self, start: int, stop: int) -> int:
        """How wide the octets from ``start`` to ``stop`` stand, as one cell."""
        return self.pitch if stop - start == 1 else len(fold_label(stop - start)) + 2


@dataclass(frozen=True, slots=True)
class Cell:
    """One octet, or one fold of many, in the window."""

    column: int
    width: int
    start: int
    stop: int
    place: Place

    @property
    def folded(self) -> bool:
        return self.stop - self.start > 1


@dataclass(frozen=True, slots=True)
class Bracket:
    """The columns of one call's octets; an end that lies outside the window is open."""

    column: int
    width: int
    number: int  # which of the stream's sends or recvs it is, from 1
    piece: Piece
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A window onto a stream."""

    cells: tuple[Cell, ...] = ()
    sends: tuple[Bracket, ...] = ()
    recvs: tuple[Bracket, ...] = ()
    under_way: tuple[int, int] | None = None  # columns of what an open send has handed over

    @property
    def start(self) -> int:
        """The offset of the first octet in the window."""
        return self.cells[0].start if self.cells else 0

    @property
    def stop(self) -> int:
        """The offset after the last octet in the window."""
        return self.cells[-1].stop if self.cells else 0

    @property
    def width(self) -> int:
        """Columns in use."""
        return self.cells[-1].column + self.cells[-1].width if self.cells else 0


def fold_label(octets: int) -> str:
    """What stands in the place of a fold."""
    return f"⋯ {grouped(octets)} bytes ⋯"


def place_of(stream: Stream, offset: int) -> Place:
    """Where one octet is."""
    if stream.is_lost(offset):
        return Place.LOST
    if offset < stream.read:
        return Place.READ
    if stream.abandoned:
        return Place.LOST
    if offset < stream.arrived:
        return Place.WAITING
    return Place.FLIGHT if offset < stream.sent else Place.UNSENT


def tally(stream: Stream) -> dict[Place, int]:
    """How many octets are in each place; they add up to what was accepted."""
    read, lost = stream.octets_read, stream.lost
    if stream.abandoned and stream.accepted > read:
        return {Place.READ: read, Place.LOST: stream.accepted - read}
    places = {
        Place.READ: read,
        Place.WAITING: stream.arrived - read - lost,
        Place.FLIGHT: stream.sent - stream.arrived,
        Place.UNSENT: stream.accepted - stream.sent,
    }
    return {**places, Place.LOST: lost} if lost else places


def lay_out(stream: Stream, measure: Measure, origin: int | None = None) -> Layout:
    """The window that begins at ``origin``, or where reading has come to."""
    if not stream.accepted:
        return Layout()
    start = natural_origin(stream, measure) if origin is None else origin
    cells = tuple(_cells(stream, measure, min(max(0, start), stream.accepted - 1)))
    return Layout(
        cells=cells,
        sends=tuple(_brackets(stream.sends, cells)),
        recvs=tuple(_brackets(stream.recvs, cells)),
        under_way=_under_way(stream, cells),
    )


def natural_origin(stream: Stream, measure: Measure) -> int:
    """0 where all fits; otherwise so that what was read last and what comes next are seen."""
    last = stream.accepted
    earliest_to_end = _back(stream, measure, last, measure.width)
    before_read = _back(stream, measure, min(stream.read, last), measure.width // 3)
    return min(earliest_to_end, before_read)


def scrolled(stream: Stream, measure: Measure, origin: int, cells: int) -> int:
    """The origin after scrolling by so many cells, to the right where positive."""
    if cells < 0:
        passed = list(islice(_tokens_before(stream, measure, origin), -cells))
        return passed[-1][0] if passed else 0
    furthest = _back(stream, measure, stream.accepted, measure.width)
    for _, stop in islice(_tokens_from(stream, measure, origin), cells):
        origin = stop
    return min(origin, max(furthest, 0))


def _back(stream: Stream, measure: Measure, offset: int, width: int) -> int:
    """The offset from which what precedes ``offset`` fills at most ``width`` columns."""
    for start, stop in _tokens_before(stream, measure, offset):
        width -= measure.columns(start, stop)
        if width < 0:
            break
        offset = start
    return offset


def _cells(stream: Stream, measure: Measure, origin: int) -> Iterator[Cell]:
    column = 0
    for start, stop in _tokens_from(stream, measure, origin):
        width = measure.columns(start, stop)
        if column + width > measure.width:
            return
        yield Cell(column, width, start, stop, place_of(stream, start))
        column += width


def _tokens_from(stream: Stream, measure: Measure, offset: int) -> Iterator[tuple[int, int]]:
    while offset < stream.accepted:
        start, offset = _token(stream, measure, offset)
        yield start, offset


def _tokens_before(stream: Stream, measure: Measure, offset: int) -> Iterator[tuple[int, int]]:
    while offset > 0:
        offset, stop = _token(stream, measure, offset - 1)
        yield offset, stop


def _token(stream: Stream, measure: Measure, offset: int) -> tuple[int, int]:
    """The octet at ``offset``, or the fold that it is part of."""
    start, stop = run_at(stream, offset)
    shown = measure.shown_of_fold
    folds = stop - start > max(measure.fold_over, 2 * shown + 1)
    if folds and start + shown <= offset < stop - shown:
        return start + shown, stop - shown
    return offset, offset + 1


def run_at(stream: Stream, offset: int) -> tuple[int, int]:
    """The stretch around ``offset`` in which nothing changes."""
    edges = [0, stream.read, stream.arrived, stream.sent, stream.accepted]
    for pieces in (stream.sends, stream.recvs):
        index = bisect_right(pieces, offset, key=_start)
        edges.extend(
            edge
            for piece in pieces[max(0, index - 1) : index + 1]
            for edge in (piece.start, piece.start + piece.length)
        )
    return (
        max(edge for edge in edges if edge <= offset),
        min((edge for edge in edges if edge > offset), default=offset + 1),
    )


def _start(piece: Piece) -> int:
    return piece.start


def _brackets(pieces: Sequence[Piece], cells: tuple[Cell, ...]) -> Iterator[Bracket]:
    if not cells:
        return
    first, last = cells[0].start, cells[-1].stop
    index = max(0, bisect_right(pieces, first, key=_start) - 1)
    columns = {cell.start: cell.column for cell in cells}
    ends = {cell.stop: cell.column + cell.width for cell in cells}
    while index < len(pieces) and pieces[index].start < last:
        piece = pieces[index]
        index += 1
        stop = piece.start + piece.length
        if stop <= first or not piece.length:
            continue
        column = columns.get(piece.start, 0)
        end = ends.get(stop, cells[-1].column + cells[-1].width)
        yield Bracket(column, end - column, index, piece, piece.start >= first, stop <= last)


def _under_way(stream: Stream, cells: tuple[Cell, ...]) -> tuple[int, int] | None:
    """The columns of octets that the kernel took from a send which has not returned."""
    done = stream.sends[-1].start + stream.sends[-1].length if stream.sends else 0
    columns = [cell for cell in cells if cell.start >= done]
    if not columns:
        return None
    return columns[0].column, columns[-1].column + columns[-1].width - columns[0].column
