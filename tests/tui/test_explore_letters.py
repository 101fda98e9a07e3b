"""Space goes on with a conversation in datagrams, too."""

from __future__ import annotations

import pytest
from exploring import exploring


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
async def test_space_makes_the_calls_of_a_conversation_in_datagrams(family: str) -> None:
    async with exploring() as explored:
        await explored.press("1")
        await explored.fill("S", family=family, type="SOCK_DGRAM")
        binds = [("client", "bind")] if family == "AF_UNIX" else []
        expected = [
            ("server", "socket"),
            ("server", "bind"),
            ("client", "socket"),
            *binds,
            ("client", "sendto"),
            ("server", "recvfrom"),
            ("server", "sendto"),
            ("client", "recvfrom"),
            ("client", "close"),
            ("server", "close"),
        ]
        await explored.press(*["space"] * (len(expected) - 1))
        made = [(call.proc, call.name) for call in explored.state.calls]
        assert made == expected
        assert all(call.errno is None for call in explored.state.calls)
        assert not explored.state.sockets
