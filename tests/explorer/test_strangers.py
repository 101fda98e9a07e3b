"""Clients from outside: programs that are no tracees of ours connect to the explorer's listener."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from person import Person, exploring

from sockscope.trace.events import Address, SocketView


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def listener(person: Person, host: str, kind: str = "AF_INET") -> tuple[str, int]:
    fd = await person.socket("server", family=kind)
    await person.call("server", fd, "bind", address=host)
    await person.call("server", fd, "listen", backlog="9")
    local = person.state.sockets["server", fd].view.local
    assert isinstance(local, tuple)
    return local


def waiting(person: Person) -> dict[Address | None, SocketView]:
    """Who waits to be accepted, by address."""
    return {view.peer: view for view in person.state.unheld}


@pytest.mark.parametrize(
    ("host", "family"),
    [("127.0.0.1:0", "AF_INET"), ("0.0.0.0:0", "AF_INET"), ("[::]:0", "AF_INET6")],
)
async def test_they_are_named_while_they_wait(stack: ExitStack, host: str, family: str) -> None:
    async with exploring() as person:
        _, port = await listener(person, host, family)
        first, second = (
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(2)
        )
        first.sendall(b"early")
        mapped = "::ffff:127.0.0.1" if family == "AF_INET6" else "127.0.0.1"
        names = [(mapped, sock.getsockname()[1]) for sock in (first, second)]
        await person.until("two who wait", lambda: waiting(person).keys() == set(names))
        await person.until("the octets", lambda: waiting(person)[names[0]].recv_bytes == 5)

        second.close()
        await person.until(
            "the end of one", lambda: waiting(person)[names[1]].state == "CLOSE_WAIT"
        )
        taken = [(await person.call("server", 3, "accept")).value[0] for _ in range(2)]
        await person.explorer.observe()
        assert all(view.state == "FIN_WAIT2" for view in person.state.unheld)
        await person.call("server", taken[0], "recv", size="16")
        assert person.latest("server").data == b"early"


async def test_ours_and_others_stand_in_one_queue(stack: ExitStack) -> None:
    async with exploring() as person:
        address = await listener(person, "127.0.0.1:0")
        stranger = stack.enter_context(socket.create_connection(address))
        fd = await person.socket("client")
        await person.call("client", fd, "connect", address=f"{address[0]}:{address[1]}")
        ours = person.state.sockets["client", fd].view.local
        both = {ours, stranger.getsockname()}
        await person.until("both", lambda: waiting(person).keys() == both)


async def test_one_that_gives_up_is_not_named_any_more(stack: ExitStack) -> None:
    async with exploring() as person:
        address = await listener(person, "127.0.0.1:0")
        stranger = stack.enter_context(socket.create_connection(address))
        await person.until("one who waits", lambda: waiting(person))
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        stranger.close()
        await person.until("nobody", lambda: not waiting(person))


async def test_the_queue_of_another_program_is_not_ours(stack: ExitStack) -> None:
    """It listens at the same port of another address."""
    async with exploring() as person:
        _, port = await listener(person, "127.0.0.1:0")
        other = stack.enter_context(socket.create_server(("127.0.0.2", port)))
        stack.enter_context(socket.create_connection(other.getsockname()))
        mine = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        await person.until("one who waits", lambda: waiting(person))
        await person.explorer.observe()
        assert set(waiting(person)) == {mine.getsockname()}


CURL = ("curl", "--silent", "--max-time", "60")
URLLIB = (
    sys.executable,
    "-c",
    "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read())",
)


@pytest.mark.parametrize("program", [CURL, URLLIB], ids=["curl", "urllib"])
async def test_a_real_client_gets_its_answer(program: tuple[str, ...]) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"there is no {program[0]}")
    async with exploring() as person:
        host, port = await listener(person, "127.0.0.1:0")
        page = f"http://{host}:{port}/"
        client = await asyncio.create_subprocess_exec(*program, page, stdout=subprocess.PIPE)
        await person.until("the client", lambda: waiting(person))
        (name,) = waiting(person)
        accepted = await person.call("server", 3, "accept")
        assert tuple(accepted.value[1]) == name
        got = await person.call("server", 4, "recv", size="4096")
        assert got.data is not None
        assert got.data.startswith(b"GET / HTTP/1.1\r\n")
        answer = "HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nHello"
        await person.call("server", 4, "sendall", data=answer)
        await person.call("server", 4, "close")
        out, _ = await client.communicate()
        assert b"Hello" in out
