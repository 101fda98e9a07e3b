"""Who waits in an accept queue is named where the listener is in focus, strangers too."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack

import pytest
from exploring import Explored, exploring


async def listening(explored: Explored, backlog: int) -> None:
    await explored.press("s", "b")
    await explored.fill("L", backlog=str(backlog))


async def until_shown(explored: Explored, text: str) -> None:
    """Until a text stands on the screen; the test's own time limit is the deadline."""
    while text not in explored.shown:
        driver = explored.app.driver
        assert driver is not None
        await driver.observe()
        await explored.settled()


@pytest.mark.parametrize("width", [80, 120])
async def test_ours_and_strangers_are_named_in_sight(width: int) -> None:
    async with exploring(width, 24) as explored:
        await listening(explored, 5)
        await explored.press("2", "s", "c", "1")
        with socket.create_connection(("127.0.0.1", explored.port)) as stranger:
            stranger.sendall(b"Hello")
            host, port = stranger.getsockname()
            await until_shown(explored, f"not seen {host}:{port} 5 B")
            ours = explored.state.sockets["client", 3].view.local
            assert ours is not None
            assert f"client {ours[0]}:{ours[1]}" in explored.shown
            await explored.press("a", "comma", "a")
            await until_shown(explored, "its peer is in no process")
            assert f"not seen {host}:{port}" not in explored.shown


async def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    async with exploring() as explored:
        await listening(explored, 40)
        with ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(socket.create_connection(("127.0.0.1", explored.port)))
            await until_shown(explored, "and 8 more")
            assert len(re.findall(r"not seen 127\.0\.0\.1:\d+", explored.shown)) == 12


async def test_a_filter_finds_a_listener_by_who_waits() -> None:
    async with exploring() as explored:
        await listening(explored, 5)
        with socket.create_connection(("127.0.0.1", explored.port)) as stranger:
            port = stranger.getsockname()[1]
            await until_shown(explored, f":{port}")
            explored.stage.kernel.wanted = str(port)
            await explored.settled()
            assert "LISTEN" in explored.shown
            explored.stage.kernel.wanted = "nothing like it"
            await explored.settled()
            assert str(port) not in explored.shown


async def test_the_peer_of_a_tracee_that_closed_is_no_stranger() -> None:
    async with exploring() as explored:
        await explored.press(*["space"] * 6)
        await explored.press("2", "x")
        assert "its peer is in no process" not in explored.shown
