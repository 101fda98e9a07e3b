"""Programs that are exported from the screen make the calls that were made there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from exploring import Explored, exploring

from running import DEADLINE, listens, sockscope, until
from sockscope.trace.codec import decode
from sockscope.trace.fold import fold
from sockscope.trace.state import State

SESSIONS = {
    "a conversation": "1 s b l 2 s c 1 a 2 w 1 r w 2 r x 1 r x x",
    "wrong calls": "1 s l r x r 2 s e c",
    "a half-close": "1 s b l 2 s c w h e 1 a r r x",
}
"""Keys, by what they do."""


def calls(state: State) -> dict[str, list[tuple[str, int, Any, str | None]]]:
    """The calls of each process in their order: name, fd, arguments and error."""
    made: dict[str, list[tuple[str, int, Any, str | None]]] = {}
    for call in state.calls:
        if call.via in (None, "sendall"):
            made.setdefault(call.proc, []).append((call.name, call.fd, call.args, call.errno))
    return made


async def exported(explored: Explored, folder: Path, keys: str) -> State:
    """Do what ``keys`` say, write the programs into ``folder``, and give what was done."""
    await explored.press(*keys.split())
    done = explored.state
    await explored.press("ctrl+e")
    explored.app.screen.query_one("Input").value = str(folder)  # type: ignore[attr-defined]
    await explored.press("enter")
    assert "The programs are in" in explored.told
    return done


@pytest.mark.parametrize("title", SESSIONS)
async def test_they_make_the_same_calls(title: str, tmp_path: Path) -> None:
    async with exploring() as explored:
        done = await exported(explored, tmp_path, SESSIONS[title])
    words = [str(tmp_path / name) for name in ("server.py", "client.py")]
    run = sockscope("run", "--headless", "--json", "--timeout", "20", *words)
    again = fold(decode(line.encode() for line in run.stdout.splitlines(keepends=True)))
    assert run.returncode == 0, run.stderr
    assert calls(again) == calls(done)


async def test_they_run_without_sockscope(tmp_path: Path) -> None:
    async with exploring() as explored:
        await exported(explored, tmp_path, SESSIONS["a conversation"])
    await asyncio.to_thread(run_both, tmp_path, explored.port)


def run_both(folder: Path, port: int) -> None:
    """Run the programs with a Python that finds no package, sockscope least of all."""
    python = (sys.executable, "-I", "-S")
    with subprocess.Popen([*python, str(folder / "server.py")]) as server:
        until("the listener", lambda: listens(port))
        client = subprocess.run([*python, str(folder / "client.py")], timeout=DEADLINE)
        assert (server.wait(DEADLINE), client.returncode) == (0, 0)
