"""A window onto a stream as lines of text: the same facts as glyphs, words and colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from sockscope.trace.stream import Stream

from .stream_layout import Bracket, Cell, Layout, Place, fold_label, tally
from .text import grouped

GUTTER: Final = 8
"""Columns at the left for the names of the rows."""

GLYPHS: Final = {
    Place.READ: "█",
    Place.WAITING: "▒",
    Place.FLIGHT: "›",
    Place.UNSENT: "░",
    Place.LOST: "×",
}
WORDS: Final = {
    Place.READ: "read by the program",
    Place.WAITING: "in the receive buffer",
    Place.FLIGHT: "in flight",
    Place.UNSENT: "in the send buffer",
    Place.LOST: "lost: never read",
}
SHORT_WORDS: Final = {
    Place.READ: "read",
    Place.WAITING: "recv buffer",
    Place.FLIGHT: "in flight",
    Place.UNSENT: "send buffer",
    Place.LOST: "lost",
}
ESCAPES: Final = {0x00: "\\0", 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r", 0x20: "␣"}
UNPRINTABLE: Final = "·"
UNKNOWN: Final = "?"


class Mode(Enum):
    """How octets are written."""

    BOTH = "text and hex"
    TEXT = "text"
    HEX = "hex"

    @property
    def next(self) -> Mode:
        """The mode after this one."""
        modes = list(Mode)
        return modes[(modes.index(self) + 1) % len(modes)]

    @property
    def pitch(self) -> int:
        """Columns for one octet."""
        return 2 if self is Mode.TEXT else 3


class Row:
    """One line, put together from the left."""

    def __init__(self, name: str = "") -> None:
        self._parts: list[tuple[str, str]] = [(name.ljust(GUTTER), "$quiet")]
        self.column = 0

    def put(self, column: int, text: str, style: str = "") -> None:
        """Write ``text`` at ``column``, unless something already stands there."""
        if column < self.column:
            return
        self._parts += [(" " * (column - self.column), ""), (text, style)]
        self.column = column + cell_len(text)

    def content(self) -> Content:
        """The line."""
        return Content.assemble(*self._parts)


def rows(
    stream: Stream,
    layout: Layout,
    mode: Mode,
    *,
    width: int,
    height: int,
    remarks: Sequence[str] = (),
) -> list[Content]:
    """At most ``height`` lines; what matters least is left out first."""
    choices: list[tuple[int, Callable[[], Content]]] = [
        (1, lambda: send_row(layout)),
        (6, lambda: offset_row(layout)),
    ]
    if mode is not Mode.HEX:
        choices.append((0, lambda: text_row(stream, layout)))
    if mode is not Mode.TEXT:
        choices.append((5 if mode is Mode.BOTH else 0, lambda: hex_row(stream, layout)))
    choices += [
        (2, lambda: mark_row(stream, layout)),
        (3, lambda: recv_row(layout, remarks, width)),
        (4, lambda: legend_row(stream, width)),
    ]
    kept = sorted(rank for rank, _ in choices)[: max(1, height)]
    return [draw() for rank, draw in choices if rank in kept]


def send_row(layout: Layout) -> Content:
    """The calls that put the octets in."""
    row = Row("send()")
    for bracket in layout.sends:
        piece = bracket.piece
        full = f"#{bracket.number} send → {grouped(piece.length)}"
        labels = [
            full,
            f"#{bracket.number} → {piece.length}",
            f"→ {piece.length}",
            f"{piece.length}",
        ]
        row.put(bracket.column, bracket_text(bracket, labels, "╭╮"))
    if layout.under_way is not None:
        column, width = layout.under_way
        row.put(column, _labelled(["a send under way", "under way", "…"], width, "╭┄"))
    return row.content()


def recv_row(layout: Layout, remarks: Sequence[str] = (), width: int = 0) -> Content:
    """The calls that took the octets out, and the first remark that has room beside them."""
    row = Row("recv()")
    for bracket in layout.recvs:
        row.put(bracket.column, bracket_text(bracket, recv_labels(bracket), "╰╯"))
    start = row.column + 1 if row.column else 0
    room = width - GUTTER - start
    remark = next((text for text in remarks if cell_len(text) <= room), "")
    row.put(start, remark, "italic $place-waiting")
    return row.content()


def recv_labels(bracket: Bracket) -> list[str]:
    """What may stand in a recv bracket, longest first."""
    piece = bracket.piece
    asked = "" if piece.asked is None else grouped(piece.asked)
    call = f"recv({asked}) → {grouped(piece.length)}"
    return [f"#{bracket.number} {call}", call, f"→ {piece.length}", f"{piece.length}"]


def bracket_text(bracket: Bracket, labels: Sequence[str], corners: str) -> str:
    """A bracket over its columns, without the corner on a side that it goes beyond."""
    left = corners[0] if bracket.opens else "─"
    right = corners[1] if bracket.closes else "─"
    return _labelled(labels, bracket.width, left + right)


def _labelled(labels: Sequence[str], width: int, ends: str) -> str:
    inner = width - 2
    fill = "┄" if ends[1] == "┄" else "─"
    roomy = (f"{fill} {label} " for label in labels if len(label) + 3 <= inner)
    tight = (label for label in labels if len(label) <= inner)
    label = next(roomy, next(tight, ""))
    return (ends[0] + label.ljust(inner, fill) + ends[1])[:width]


def offset_row(layout: Layout) -> Content:
    """Offsets, as many as have room."""
    row = Row("offset")
    if not layout.cells:
        return row.content()
    pitch = min(cell.width for cell in layout.cells)
    every = -(-(len(str(layout.stop)) + 1) // pitch)
    for cell in layout.cells:
        after_fold = cell.start > 0 and _starts_after_fold(layout, cell)
        wanted = not cell.folded and (cell.start % every == 0 or after_fold)
        if wanted and cell.column + len(str(cell.start)) <= layout.width:
            row.put(cell.column, str(cell.start) + " ", "$quiet")
    return row.content()


def _starts_after_fold(layout: Layout, cell: Cell) -> bool:
    return any(other.folded and other.stop == cell.start for other in layout.cells)


def text_row(stream: Stream, layout: Layout) -> Content:
    """The octets as text, each on the colour of its place."""
    return _octet_row("byte", stream, layout, as_text)


def hex_row(stream: Stream, layout: Layout) -> Content:
    """The octets in hex."""
    return _octet_row("hex", stream, layout, as_hex)


def _octet_row(name: str, stream: Stream, layout: Layout, write: Callable[[int], str]) -> Content:
    row = Row(name)
    for cell in layout.cells:
        if cell.folded:
            text = f" {fold_label(cell.stop - cell.start)} "
        else:
            octet = stream.octet(cell.start)
            text = (UNKNOWN if octet is None else write(octet)).ljust(cell.width)
        row.put(cell.column, text, f"$place-text on $place-{cell.place.value}")
    return row.content()


def as_text(octet: int) -> str:
    """One octet as text: one or two columns."""
    if octet in ESCAPES:
        return ESCAPES[octet]
    return chr(octet) if 0x20 < octet < 0x7F else UNPRINTABLE


def as_hex(octet: int) -> str:
    """One octet in hex."""
    return f"{octet:02x}"


def mark_row(stream: Stream, layout: Layout) -> Content:
    """Where each octet is, as a glyph: what the colours say, for those who see none."""
    row = Row("is now")
    for cell in layout.cells:
        style = f"$place-{cell.place.value}"
        row.put(cell.column, GLYPHS[cell.place] * cell.width, style)
    if stream.finished and layout.stop == stream.accepted:
        row.put(row.column + 1, "┤ end", "$quiet")
    return row.content()


def legend_row(stream: Stream, width: int) -> Content:
    """What the glyphs mean, and how many octets are in each place."""
    counts = tally(stream)
    long = _legend(counts, WORDS, "   ")
    return long if long.cell_length <= width else _legend(counts, SHORT_WORDS, "  ")


def _legend(counts: dict[Place, int], words: dict[Place, str], gap: str) -> Content:
    parts: list[Content] = []
    for place, count in counts.items():
        style = f"$place-{place.value}"
        parts.append(
            Content.assemble(
                (GLYPHS[place] * 2, style),
                " ",
                (grouped(count), "bold"),
                " ",
                (words[place], style),
            )
        )
    return _joined(parts, gap)


def _joined(parts: Iterable[Content], gap: str) -> Content:
    return Content(gap).join(parts)
