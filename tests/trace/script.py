"""Traces written by hand, a line for each thing that happens."""

from __future__ import annotations

import base64
from typing import Any

from sockscope.trace import events as e
from sockscope.trace.fold import fold
from sockscope.trace.state import Call, State

HERE = ("127.0.0.1", 1060)
THERE = ("127.0.0.1", 51304)


def octets(data: bytes) -> dict[str, Any]:
    """How a bytes argument stands in a trace."""
    return {"bytes": len(data), "peek": base64.b64encode(data[:4096]).decode()}


def tcp(fd: int | None, kind: str, **more: Any) -> e.SocketView:
    """A TCP socket as the kernel describes it."""
    return e.SocketView(**{"fd": fd, "kind": kind, "family": "inet", "type": "stream", **more})


def connected(fd: int, local: e.Address, peer: e.Address, inode: int, **more: Any) -> e.SocketView:
    """One end of a connection, with empty queues unless ``more`` says otherwise."""
    queues = {"recv_bytes": 0, "peek": b"", "send_bytes": 0, "unsent": 0, "state": "ESTABLISHED"}
    return tcp(fd, "connected", **{"local": local, "peer": peer, "inode": inode, **queues, **more})


def listening(**more: Any) -> e.SocketView:
    """The server's listening socket."""
    queue = {"accept_length": 0, "accept_limit": 1, "state": "LISTEN"}
    return tcp(3, "listening", **{"local": HERE, "inode": 1, **queue, **more})


def server_end(**more: Any) -> e.SocketView:
    return connected(4, HERE, THERE, 2, **more)


def client_end(**more: Any) -> e.SocketView:
    return connected(3, THERE, HERE, 3, **more)


class Script:
    """A trace that grows by what its methods say."""

    def __init__(self, *names: str) -> None:
        self.events: list[e.Event] = []
        self._calls = 0
        for order, name in enumerate(names or ("server", "client")):
            self.add(e.ProcessStarted, proc=name, pid=4242 + order, argv=(f"{name}.py",))

    def add(self, kind: type[e.Event], **fields: Any) -> None:
        n = len(self.events) + 1
        self.events.append(kind(n=n, t=n * 1000, **fields))

    def see(self, proc: str, *views: e.SocketView, partial: bool = False) -> Script:
        self.add(e.SocketsObserved, proc=proc, sockets=views, partial=partial)
        return self

    def enter(self, proc: str, name: str, *args: Any, fd: int = 3, **more: Any) -> int:
        """A call that is under way; gives its id."""
        self._calls += 1
        self.add(e.CallEntered, proc=proc, call=self._calls, fd=fd, name=name, args=args, **more)
        return self._calls

    def blocks(self, proc: str, name: str, *args: Any, fd: int = 3, **more: Any) -> int:
        call = self.enter(proc, name, *args, fd=fd, **more)
        self.add(e.CallBlocked, proc=proc, call=call, where="asleep in wait_woken")
        return call

    def returns(
        self, proc: str, call: int, value: Any = None, data: bytes | None = None, **more: Any
    ) -> Script:
        self.add(e.CallReturned, proc=proc, call=call, value=value, data=data, **more)
        return self

    def call(
        self,
        proc: str,
        name: str,
        *args: Any,
        fd: int = 3,
        value: Any = None,
        data: bytes | None = None,
        limit: int | None = None,
        **more: Any,
    ) -> Script:
        """A call that returned."""
        number = self.enter(proc, name, *args, fd=fd, **more)
        return self.returns(proc, number, value, data, limit=limit)

    def send(self, proc: str, data: bytes, taken: int | None = None, **more: Any) -> Script:
        size = len(data) if taken is None else taken
        return self.call(proc, "send", octets(data), value=size, data=data[:size], **more)

    def recv(self, proc: str, asked: int, data: bytes, *flags: int, **more: Any) -> Script:
        return self.call(proc, "recv", asked, *flags, value=len(data), data=data, **more)

    def fails(
        self,
        proc: str,
        name: str,
        *args: Any,
        errno: str | None = None,
        exception: str = "OSError",
        message: str = "",
        fd: int = 3,
        **more: Any,
    ) -> Script:
        """A call that raised."""
        number = self.enter(proc, name, *args, fd=fd, **more)
        self.add(
            e.CallRaised,
            proc=proc,
            call=number,
            errno=errno,
            exception=exception,
            message=message,
        )
        return self

    @property
    def state(self) -> State:
        return fold(self.events)

    @property
    def last(self) -> Call:
        """The last call that finished."""
        return self.state.calls[-1]

    @property
    def meaning(self) -> str:
        return self.last.meaning


def pair() -> Script:
    """A server that accepted its client on fd 4; nothing was sent yet."""
    script = Script()
    script.see("server", listening(), server_end())
    return script.see("client", client_end())
