"""Programs that read streams rightly hold: no plan of ours is unfair to them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from sockscope.check.command import check
from sockscope.check.report import HELD, lines
from sockscope.tracer.programs import parse

PLANS = 3 * int(os.environ.get("SOCKSCOPE_PLANS", "8"))


WILD = Path(__file__).parent / "wild"


@pytest.mark.parametrize("name", ["http", "asyncio", "h11"])
def test_it_holds(name: str) -> None:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    words = [f"{part}='{WILD / name}_{part}.py' {{port}}" for part in ("server", "client")]
    verdict = check(parse(words), budget=PLANS)
    assert verdict.word == HELD, "\n".join(lines(verdict, None))
    assert verdict.tried == PLANS
