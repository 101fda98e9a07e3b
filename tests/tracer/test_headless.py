"""What programs write comes out line by line, however it arrives."""

from __future__ import annotations

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace import events as e
from sockscope.tracer.headless import Plain


@given(st.lists(st.text("ab\n", max_size=8)))
def test_lines_come_out_whole(pieces: list[str]) -> None:
    out = StringIO()
    plain = Plain(out, StringIO())
    for n, text in enumerate(pieces, 1):
        plain(e.Output(n=n, t=0, proc="p", stream="stdout", text=text))
    plain(e.ProcessExited(n=len(pieces) + 1, t=0, proc="p", status=0))
    told = [line for line in out.getvalue().splitlines() if line.startswith("p: ")]
    *lines, rest = "".join(pieces).split("\n")
    assert told == [f"p: {line}" for line in [*lines, *([rest] if rest else [])]]
