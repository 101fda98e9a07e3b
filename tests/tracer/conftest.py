"""What the tests of the tracer share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from driving import Driver, driving


@pytest.fixture
async def driver(tmp_path: Path) -> AsyncIterator[Driver]:
    """Starts sessions; when the test is over it ends them, and checks that no octet is lost."""
    async with driving(tmp_path) as starter:
        yield starter
