"""Who waits for whom, drawn: each arrow leads from the right box to the right box."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from test_chain import wait

from sockscope.trace.chain import REASONS
from sockscope.trace.diagram import MOST, OUTSIDE, columns, diagram
from sockscope.trace.events import Reason, Wait

NAMES = "abcdef"
BOX = re.compile(r"^(?:│ |\[)(.*?)(?: │|\])")
LEAVES = re.compile(r"^  [├└]─ [^─▶]*?[─│]*[┘┐┤]")
ENTERED = re.compile(r"◀[─│]*[┘┐┤]")
graphs = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from([*NAMES, None]), min_size=1, max_size=3, unique=True),
).map(lambda found: [wait(proc, *on) for proc, on in found.items()])


def drawn(waits: Sequence[Wait], width: int = 60, *, boxed: bool = True) -> list[str]:
    lines = diagram(waits, width, boxed=boxed)
    return ["".join(piece.text for piece in line) for line in lines]


def arrows(lines: Sequence[str]) -> set[tuple[str, str]]:
    """Which box each arrow leads to, found by following its lines."""
    found = set()
    box = ""
    rails = {match.end() - 1: _box(line) for line in lines if (match := ENTERED.search(line))}
    for y, line in enumerate(lines):
        box = _box(line) or box
        match = LEAVES.match(line)
        if line.startswith("  ▼"):
            found.add((box, next(filter(None, map(_box, lines[y:])))))
        elif match:
            x = match.end() - 1
            target = next(at for at, other in enumerate(lines) if _enters(other, x))
            between = lines[min(y, target) + 1 : max(y, target)]
            assert all(other[x] in "│┤┘┐" for other in between)
            found.add((box, rails[x]))
    return found


def _box(line: str) -> str:
    match = BOX.match(line)
    return match[1] if match else ""


def _enters(line: str, x: int) -> bool:
    match = ENTERED.search(line)
    return match is not None and match.end() - 1 == x


@given(graphs, st.booleans(), st.integers(30, 90))
def test_the_arrows_are_those_of_the_waits(waits: list[Wait], boxed: bool, width: int) -> None:
    lines = drawn(waits, width, boxed=boxed)
    blocked = {one.proc for one in waits}
    boxes = [name for name in map(_box, lines) if name]
    assert sorted(boxes) == sorted(blocked)
    assert arrows(lines) == {
        (one.proc, reason.on) for one in waits for reason in one.reasons if reason.on in blocked
    }
    told = "\n".join(lines)
    outside = sum(reason.on is None for one in waits for reason in one.reasons)
    assert told.count(f"▶ ({OUTSIDE})") == outside


@given(graphs, st.booleans(), st.integers(50, 90))
def test_it_keeps_to_the_width(waits: list[Wait], boxed: bool, width: int) -> None:
    assert all(columns(line) <= width for line in drawn(waits, width, boxed=boxed))


@given(st.lists(st.text(min_size=1), max_size=30, unique=True), st.text())
def test_any_names_and_words_are_drawn_in_a_few_lines(names: list[str], why: str) -> None:
    waits = [Wait(proc=n, call=1, name=why, reasons=(Reason(why=why, on=n),)) for n in names]
    lines = drawn(waits)
    assert all(line.isprintable() for line in lines)
    assert sum("◀" in line for line in lines) <= MOST


def test_two_in_a_ring() -> None:
    assert drawn([wait("server", "client"), wait("client", "server")]) == [
        "┌────────┐",
        "│ server │◀─────────────────────────────────┐",
        "└─┬──────┘                                  │",
        "  │  recv(): nothing has come from client   │",
        "  ▼                                         │",
        "┌────────┐                                  │",
        "│ client │                                  │",
        "└─┬──────┘                                  │",
        "  └─ recv(): nothing has come from server ──┘",
    ]


def test_a_call_and_its_queue_are_named_at_the_arrow() -> None:
    why = "its send buffer is full (2.6 MB), because server's receive buffer is full (98 kB)"
    blocked = Wait(proc="client", call=1, name="send", reasons=(Reason(why=why, on="server"),))
    assert drawn([blocked], boxed=False) == [
        "[client]",
        "  │  send(): server's receive buffer is full (98 kB)",
        "  └──▶ (server)",
    ]


def test_a_timeout_and_the_world_outside_are_ends() -> None:
    waits = [wait("client", "server", timeout=2.0), wait("server", None)]
    assert drawn(waits, boxed=False) == [
        "[client]",
        "  ├─ recv() ─▶ (its timeout of 2 s)",
        "  │  recv(): nothing has come from server",
        "  ▼",
        "[server]",
        "  │  recv(): nothing has come from outside",
        "  └──▶ (the world outside)",
    ]


def test_of_many_reasons_some_are_drawn() -> None:
    lines = drawn([wait("a", *NAMES)])
    assert sum(" nothing has come from " in line for line in lines) == REASONS
    assert "  └─ recv() ─▶ (3 more)" in lines
