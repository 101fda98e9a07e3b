"""What docs/explore.md says to try does what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from exploring import exploring

from running import free_port
from sockscope.trace.state import Call

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explore.md").read_text(encoding="utf-8")
RECIPES = re.findall(
    r"^\| [^|]+ \| `([^`]+)`(?: (\d+) times)? \| `([^`]+)` \|$", PAGE, re.MULTILINE
)
COMMANDS = re.findall(r"^sockscope explore .*$", PAGE, re.MULTILINE)
ORDERS = re.findall(r"^```orders\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NAMES = {".": "full_stop", "!": "exclamation_mark", "-": "minus"}


def outcome(call: Call) -> str:
    """How a call ended, as the page writes it: what it moved, or the error."""
    if call.exception is not None:
        return f"{call.name}() {call.errno or call.exception}"
    moved = call.value if call.data is None else len(call.data)
    return f"{call.name}() = {moved}"


def test_the_page_has_recipes_and_commands() -> None:
    assert len(RECIPES) >= 10
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize(("keys", "times", "expected"), RECIPES)
async def test_recipe(keys: str, times: str, expected: str) -> None:
    async with exploring() as explored:
        pressed = [NAMES.get(key, key) for key in keys.split()]
        await explored.press(*pressed * int(times or 1))
        # A send and the recv that it wakes end in either order.
        calls = explored.state.calls
        assert expected in [outcome(call) for call in calls[len(calls) - 2 :]]


def test_commands_run_in_their_order(tmp_path: Path) -> None:
    orders = ORDERS[0].replace("1060", str(free_port()))
    (tmp_path / "orders.txt").write_text(orders, encoding="utf-8")
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        done = subprocess.run(
            [sys.executable, "-m", "sockscope", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert "ENOTCONN" in done.stdout, command
    assert "sock.listen" in (tmp_path / "mine" / "server.py").read_text()
