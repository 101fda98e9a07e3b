"""Text that is longer than its place says so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from sockscope.tui.source_panel import MARKED_ROWS, folded
from sockscope.tui.text import at_most

WORDS = st.lists(st.text("abc(=,漢", min_size=1, max_size=12), min_size=1, max_size=30)
ROOMS = st.integers(12, 60)


@given(WORDS, ROOMS, st.integers(0, 8))
def test_a_folded_line_is_whole_or_ends_in_an_ellipsis(
    words: list[str], room: int, indent: int
) -> None:
    line = Content(" " * indent + " ".join(words))
    rows = folded(line, room)
    assert all(row.cell_length <= room for row in rows) or len(rows) == 1
    assert len(rows) <= MARKED_ROWS
    shown = "".join("".join(row.plain.split()) for row in rows)
    whole = "".join(words)
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


@given(WORDS, ROOMS, st.integers(1, 4))
def test_lines_that_are_left_out_are_told_of(words: list[str], width: int, count: int) -> None:
    lines = Content(" ".join(words)).wrap(width)
    shown = at_most(count, lines, width)
    assert len(shown) == min(count, len(lines))
    assert all(line.cell_length <= width for line in shown)
    assert shown[-1].plain.endswith("…") == (len(lines) > count)
