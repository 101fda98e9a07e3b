"""What the docs say of the trace file is true of the code that reads and writes it."""

import re
from pathlib import Path

from sockscope.trace.codec import decode, encode
from sockscope.trace.events import KINDS

PAGE = (Path(__file__).parent.parent / "docs" / "trace.md").read_text(encoding="utf-8")
EXCERPT = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]


def test_the_excerpt_is_a_trace_and_is_written_just_so() -> None:
    lines = EXCERPT.splitlines(keepends=True)
    events = list(decode(line.encode() for line in lines))
    assert [event.n for event in events] == [1, 2, 3, 4, 5]
    assert [encode(event) for event in events] == lines[1:]


def test_every_event_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert set(KINDS) <= set(rows)
