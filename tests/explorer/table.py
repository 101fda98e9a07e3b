"""What each call does in each TCP state: the recipes for the states, and two who follow them.

``Consoles`` follows them at the explorer, ``Plain`` with sockets of its own and without us.
"""

from __future__ import annotations

import errno
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from person import Person

from running import free_port, until
from sockscope.tracer.unheld import STATES

CALLS = ("bind", "listen", "accept", "connect", "send", "recv", "shutdown", "getpeername", "close")

FULL = "8M"


class Maker(Protocol):
    """Makes sockets of two processes, and calls on them."""

    async def socket(self, proc: str, /) -> int: ...

    async def call(self, proc: str, fd: int, name: str, /, **typed: str) -> object: ...


@dataclass
class Pair:
    """Both ends of a connection."""

    near: int
    far: int


async def unbound(maker: Maker, _port: int) -> int:
    return await maker.socket("server")


async def bound(maker: Maker, port: int) -> int:
    fd = await maker.socket("server")
    await maker.call("server", fd, "bind", address=f"127.0.0.1:{port}")
    return fd


async def listening(maker: Maker, port: int) -> int:
    fd = await bound(maker, port)
    await maker.call("server", fd, "listen", backlog="5")
    return fd


async def syn_sent(maker: Maker, port: int) -> int:
    """A queue of one is full, so that a second client gets no answer."""
    listener = await maker.socket("client")
    await maker.call("client", listener, "bind", address=f"127.0.0.1:{port}")
    await maker.call("client", listener, "listen", backlog="0")
    first = await maker.socket("client")
    await maker.call("client", first, "connect", address=f"127.0.0.1:{port}")
    fd = await maker.socket("server")
    await maker.call("server", fd, "settimeout", seconds="non-blocking")
    await maker.call("server", fd, "connect", address=f"127.0.0.1:{port}")
    await maker.call("server", fd, "settimeout", seconds="blocking")
    return fd


async def connected(maker: Maker, port: int) -> Pair:
    listener = await maker.socket("client")
    await maker.call("client", listener, "bind", address=f"127.0.0.1:{port}")
    await maker.call("client", listener, "listen", backlog="1")
    near = await maker.socket("server")
    await maker.call("server", near, "connect", address=f"127.0.0.1:{port}")
    far = await maker.call("client", listener, "accept")
    await maker.call("client", listener, "close")
    assert isinstance(far, int)
    return Pair(near, far)


async def established(maker: Maker, port: int) -> int:
    return (await connected(maker, port)).near


async def fill(maker: Maker, fd: int) -> None:
    """Send until there is no room, and nothing will make any."""
    await maker.call("server", fd, "send", data=FULL, flags="MSG_DONTWAIT")


async def fin_wait1(maker: Maker, port: int) -> int:
    pair = await connected(maker, port)
    await fill(maker, pair.near)
    await maker.call("server", pair.near, "shutdown", how="SHUT_WR")
    return pair.near


async def fin_wait2(maker: Maker, port: int) -> int:
    pair = await connected(maker, port)
    await maker.call("server", pair.near, "shutdown", how="SHUT_WR")
    return pair.near


async def close_wait(maker: Maker, port: int) -> int:
    pair = await connected(maker, port)
    await maker.call("client", pair.far, "shutdown", how="SHUT_WR")
    return pair.near


async def last_ack(maker: Maker, port: int) -> int:
    pair = await connected(maker, port)
    await maker.call("client", pair.far, "shutdown", how="SHUT_WR")
    await fill(maker, pair.near)
    await maker.call("server", pair.near, "shutdown", how="SHUT_WR")
    return pair.near


async def over(maker: Maker, port: int) -> int:
    """Both ends have finished; the connection is in TIME_WAIT, its socket no more."""
    pair = await connected(maker, port)
    await maker.call("server", pair.near, "shutdown", how="SHUT_WR")
    await maker.call("client", pair.far, "close")
    return pair.near


async def reset(maker: Maker, port: int) -> int:
    pair = await connected(maker, port)
    await maker.call("server", pair.near, "send", data="never read")
    await maker.call("client", pair.far, "close")
    return pair.near


async def closed(maker: Maker, port: int) -> int:
    fd = await bound(maker, port)
    await maker.call("server", fd, "close")
    return fd


@dataclass(frozen=True)
class Row:
    """One state: how to come to it, and the words by which an explanation names it."""

    title: str
    state: str | None
    make: Callable[[Maker, int], Awaitable[int]]
    names: str


ROWS = (
    Row("new", "CLOSE", unbound, "not connected|nobody listens"),
    Row("bound", "CLOSE", bound, "not connected|an address|nobody listens"),
    Row("listening", "LISTEN", listening, "listen"),
    Row("connecting", "SYN_SENT", syn_sent, "handshake|connecting"),
    Row("connected", "ESTABLISHED", established, "connected"),
    Row("sending shut down, not all acknowledged", "FIN_WAIT1", fin_wait1, "shut down|connected"),
    Row("sending shut down", "FIN_WAIT2", fin_wait2, "shut down|connected"),
    Row("the peer has finished", "CLOSE_WAIT", close_wait, "finished|connected"),
    Row("both have finished, not all acknowledged", "LAST_ACK", last_ack, "shut down|connected"),
    Row("both have finished", "CLOSE", over, "over|shut down"),
    Row("reset by the peer", "CLOSE", reset, "reset|over"),
    Row("closed fd", None, closed, "closed"),
)


@dataclass(frozen=True)
class Result:
    """What a call did: ``ok``, ``blocks``, or the name of its errno."""

    word: str
    meaning: str = ""


ARGUMENTS = {
    "bind": {"address": "127.0.0.1:PORT"},
    "connect": {"address": "127.0.0.1:PORT"},
    "recv": {"size": "16"},
    "send": {"data": "Hi"},
    "shutdown": {"how": "SHUT_WR"},
}


def arguments(name: str, port: int) -> dict[str, str]:
    typed = ARGUMENTS.get(name, {})
    return {field: text.replace("PORT", str(port)) for field, text in typed.items()}


class Consoles:
    """Follows a recipe at the explorer."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def socket(self, proc: str) -> int:
        return await self.person.socket(proc)

    async def call(self, proc: str, fd: int, name: str, **typed: str) -> object:
        call = await self.person.call(proc, fd, name, **typed)
        if name == "accept":
            return call.value[0]
        return call

    async def cell(self, row: Row, name: str) -> Result:
        """Come to a state, make one call, and see what it does."""
        fd = await row.make(self, free_port())
        if row.state is not None:
            await self.person.until(row.title, lambda: self._state(fd) == row.state)
        call = await self.person.call("server", fd, name, **arguments(name, free_port()))
        word = "blocks" if call.phase == "blocked" else call.errno or call.exception or "ok"
        meaning = re.sub(r":\d{4,5}\b", ":1060", call.meaning)
        if call.phase == "blocked":
            await self.person.explorer.interrupt("server")
        return Result(word, meaning)

    def _state(self, fd: int) -> str | None:
        return self.person.state.sockets["server", fd].view.state

    async def tidy(self) -> None:
        """Close everything that the last recipe left open."""
        for proc, fd in list(self.person.state.sockets):
            await self.person.call(proc, fd, "setsockopt", option="SO_LINGER", value="0")
            await self.person.call(proc, fd, "close")


class Plain:
    """Follows a recipe with plain sockets: what the kernel says without us."""

    def __init__(self) -> None:
        self._sockets: dict[int, socket.socket] = {}

    async def socket(self, _proc: str) -> int:
        return self._keep(socket.socket())

    def _keep(self, sock: socket.socket) -> int:
        self._sockets[number := len(self._sockets)] = sock
        return number

    async def call(self, _proc: str, fd: int, name: str, **typed: str) -> object:
        """Only the calls that the recipes need."""
        sock = self._sockets[fd]
        if name == "accept":
            return self._keep(sock.accept()[0])
        try:
            return self._plain(sock, name, typed)
        except BlockingIOError:
            return None

    def _plain(self, sock: socket.socket, name: str, typed: dict[str, str]) -> object:
        if name in ("bind", "connect"):
            host, _, port = typed["address"].rpartition(":")
            return getattr(sock, name)((host, int(port)))
        if name == "settimeout":
            return sock.settimeout(0 if typed["seconds"] == "non-blocking" else None)
        if name == "listen":
            return sock.listen(int(typed.get("backlog", "1")))
        if name == "send":
            flags = socket.MSG_DONTWAIT if typed.get("flags") else 0
            return sock.send(b"0" * 8_000_000 if typed["data"] == FULL else b"Hi", flags)
        if name == "recv":
            return sock.recv(16)
        if name == "shutdown":
            return sock.shutdown(socket.SHUT_WR)
        return getattr(sock, name)()

    async def cell(self, row: Row, name: str) -> Result:
        """The same as at the explorer; a call that the kernel's own timeout ends blocks."""
        fd = await row.make(self, free_port())
        sock = self._sockets[fd]
        if sock.fileno() >= 0:
            until(row.title, lambda: _state(sock) == row.state)
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", 0, 30_000))
        try:
            self._accept(sock) if name == "accept" else self._plain(
                sock, name, arguments(name, free_port())
            )
        except BlockingIOError:
            return Result("blocks")
        except OSError as error:
            return Result(errno.errorcode[error.errno or 0])
        return Result("ok")

    def _accept(self, sock: socket.socket) -> None:
        self._keep(sock.accept()[0])

    async def tidy(self) -> None:
        for sock in self._sockets.values():
            sock.close()
        self._sockets.clear()


def _state(sock: socket.socket) -> str:
    """``tcpi_state`` of TCP_INFO (tcp(7))."""
    return STATES[sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]]


INTRO = (
    "# What each call does in each state",
    "",
    "Every row is a TCP socket that real calls brought into a state, every column one call that "
    "was then made on it, on a fresh socket for each cell. It is what Linux answered, with "
    "sockscope and without it; `tests/explorer/test_states.py` does it all again and compares. "
    "The sockets wait as long as it takes: *blocks* means that the call sleeps until something "
    "happens. Other systems differ in places.",
    "",
    "`connect` goes to a port where nobody listens, `bind` to a free one; `shutdown` ends sending.",
    "",
)


def page(table: Mapping[Row, Mapping[str, Result]]) -> str:
    """The table as a page of the docs, and what sockscope says about each cell."""
    lines = list(INTRO)
    lines.append("| the socket is | " + " | ".join(f"`{name}`" for name in CALLS) + " |")
    lines.append("| --- |" + " --- |" * len(CALLS))
    for row, results in table.items():
        words = " | ".join(results[name].word for name in CALLS)
        lines.append(f"| {_title(row)} | {words} |")
    for row, results in table.items():
        lines.append(f"\n## {_title(row)}\n")
        lines += [f"- `{name}`: **{r.word}**. {r.meaning}." for name, r in results.items()]
    return "\n".join(lines) + "\n"


def _title(row: Row) -> str:
    return row.title if row.state is None else f"{row.title} ({row.state})"
