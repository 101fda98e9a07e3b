"""Programs that read streams rightly hold: no plan of ours is unfair to them.

``SOCKSCOPE_PLANS`` is how many plans each has to stand (a few unless it is set).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sockscope.check.command import check
from sockscope.check.report import HELD, lines
from sockscope.tracer.programs import parse

PLANS = int(os.environ.get("SOCKSCOPE_PLANS", "10"))


WILD = Path(__file__).parent / "wild"


def _programs(name: str) -> list[Path]:
    """The server first, where there is one of ours."""
    return sorted(WILD.glob(f"{name}_*.py"), reverse=True)


@pytest.mark.timeout(0 if "SOCKSCOPE_PLANS" in os.environ else 120)
@pytest.mark.parametrize("name", ["http", "socketserver", "asyncio", "h11", "websockets", "redis"])
def test_it_holds(name: str) -> None:
    pytest.importorskip(name)
    if name == "redis" and shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server here")
    words = [f"{path.stem.split('_')[1]}='{path}' {{port}}" for path in _programs(name)]
    verdict = check(parse(words), budget=PLANS)
    assert verdict.word == HELD, "\n".join(lines(verdict))
    assert verdict.tried == PLANS
