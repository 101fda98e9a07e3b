"""Hundreds of connections: most are not looked at, and all are shown as they are."""

from __future__ import annotations

import pytest
from person import Person, exploring

from sockscope.trace import events as e
from sockscope.trace.events import Address
from sockscope.trace.names import RETURNED
from sockscope.tracee.watch import FEW
from sockscope.tracer.explorer import SessionError

CONNECTIONS = 500


async def listening(person: Person) -> Address:
    """A listener of the server, fd 3."""
    await person.lines("""
        server socket
        server 3 bind 127.0.0.1:0
        server 3 listen 100
    """)
    local = person.state.sockets["server", 3].view.local
    assert local is not None
    return local


async def connect(person: Person, address: Address) -> tuple[int, int]:
    """One more connection; gives the fds of the client and of the server."""
    fd = await person.socket("client")
    await person.call("client", fd, "connect", address=f"{address[0]}:{address[1]}")
    await person.call("server", 3, "accept")  # a busy kernel may have it sleep for a moment
    await person.until("the accept", lambda: person.latest("server").phase == RETURNED)
    return fd, person.latest("server").value[0]


def waiting(person: Person, fd: int) -> int | None:
    return person.state.sockets["server", fd].view.recv_bytes


def observed(person: Person) -> list[e.SocketsObserved]:
    return [event for event in person.events if isinstance(event, e.SocketsObserved)]


@pytest.mark.timeout(300)
async def test_what_befalls_one_of_five_hundred_is_seen_at_once() -> None:
    async with exploring() as person:
        address = await listening(person)
        pairs = [await connect(person, address) for _ in range(CONNECTIONS)]
        assert len(person.state.sockets) == 2 * CONNECTIONS + 1

        near, far = pairs[CONNECTIONS // 2]
        seen = len(observed(person))
        for total in (2, 4):
            await person.call("client", near, "send", data="Hi")
            assert waiting(person, far) == total
        news = observed(person)[seen:]
        assert news
        assert all(event.partial and len(event.sockets) <= 4 for event in news)
        await person.call("server", far, "recv", size="3")
        assert waiting(person, far) == 1
        with pytest.raises(SessionError, match="it has 3, 4, 5") as refused:
            await person.call("client", 99_999, "close")
        assert len(str(refused.value)) < 120

        await person.call("client", near, "close")
        assert ("client", near) not in person.state.sockets
        assert any(near in event.gone for event in observed(person))
        assert person.state.sockets["server", far].view.state == "CLOSE_WAIT"

        again = await connect(person, address)
        assert again[0] == near
        assert person.state.sockets["client", near].view.peer == address
        await person.call("server", again[1], "send", data="a new one")
        assert person.state.sockets["client", near].view.peek == b"a new one"

        await person.explorer.kill("client")
        fds = [fd for _, fd in pairs if fd != far]
        await person.until(
            "the end of all",
            lambda: all(
                person.state.sockets["server", fd].view.state != "ESTABLISHED" for fd in fds
            ),
        )


async def test_many_become_few_again() -> None:
    async with exploring() as person:
        address = await listening(person)
        pairs = [await connect(person, address) for _ in range(FEW + 2)]
        assert observed(person)[-1].partial
        for near, far in pairs[3:]:
            await person.call("client", near, "close")
            await person.call("server", far, "close")
        assert not observed(person)[-1].partial
        assert {fd for proc, fd in person.state.sockets if proc == "server"} == {
            3,
            *(far for _, far in pairs[:3]),
        }


async def test_datagrams_of_others_are_seen_among_many() -> None:
    async with exploring() as person:
        for _ in range(FEW + 2):
            await person.socket("server", "SOCK_DGRAM")
        await person.call("server", 7, "bind", address="127.0.0.1:0")
        local = person.state.sockets["server", 7].view.local
        assert local is not None
        await person.socket("client", "SOCK_DGRAM")
        taken = 0
        for _ in range(3):
            typed = {"data": "Hi", "address": f"{local[0]}:{local[1]}"}
            await person.call("client", 3, "sendto", **typed)
            memory = person.state.sockets["server", 7].view.recv_memory
            assert memory is not None
            assert memory > taken
            taken = memory
