"""What each call does in each TCP state: the kernel's own answer, and a word for the state."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from person import exploring
from table import CALLS, ROWS, Consoles, Plain, Result, Row, page

PAGE = Path(__file__).parent.parent.parent / "docs" / "states.md"

pytestmark = pytest.mark.timeout(120)


async def test_every_call_in_every_state_is_the_kernels_answer_and_named() -> None:
    table: dict[Row, dict[str, Result]] = {}
    plain = Plain()
    async with exploring() as person:
        consoles = Consoles(person)
        for row in ROWS:
            table[row] = {}
            for name in CALLS:
                shown = table[row][name] = await consoles.cell(row, name)
                await consoles.tidy()
                assert (await plain.cell(row, name)).word == shown.word, (row.title, name)
                await plain.tidy()
                assert shown.meaning
                if shown.word not in ("ok", "blocks"):
                    assert re.search(row.names, shown.meaning), (row.title, name, shown)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(page(table), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(table)
