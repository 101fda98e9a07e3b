"""A conversation of two programs as events, made by hand: 16 octets that arrive in two pieces."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from sockscope.trace import events as e

SERVER_ADDRESS = ("127.0.0.1", 1060)
CLIENT_ADDRESS = ("127.0.0.1", 51304)

SERVER_TEXT = '''\
"""Answers one message of 16 octets."""

import socket


def recv_exactly(sock, length):
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise EOFError(f"{len(data)} of {length} octets came")
        data += more
    return data


listener = socket.socket()
listener.bind(("127.0.0.1", 1060))
listener.listen(1)
sock, peer = listener.accept()
message = recv_exactly(sock, 16)
print("it says", message)
sock.sendall(b"Farewell, client")
sock.close()
'''
CLIENT_TEXT = """\
import socket

sock = socket.socket()
sock.connect(("127.0.0.1", 1060))
sock.sendall(b"Hi the")
sock.sendall(b"re, server")
reply = sock.recv(16)
print("it says", reply)
sock.close()
"""


def octets(data: bytes) -> dict[str, Any]:
    """How a bytes argument stands in a trace."""
    return {"bytes": len(data), "peek": base64.b64encode(data).decode()}


def listening(length: int = 0, fd: int = 3) -> e.SocketView:
    return e.SocketView(
        fd=fd,
        kind="listening",
        state="LISTEN",
        family="inet",
        type="stream",
        local=SERVER_ADDRESS,
        inode=100,
        accept_length=length,
        accept_limit=1,
    )


def connected(
    fd: int | None,
    *,
    server: bool,
    waiting: bytes = b"",
    unsent: int = 0,
    state: str = "ESTABLISHED",
) -> e.SocketView:
    local, peer = (SERVER_ADDRESS, CLIENT_ADDRESS) if server else (CLIENT_ADDRESS, SERVER_ADDRESS)
    return e.SocketView(
        fd=fd,
        kind="connected",
        state=state,
        family="inet",
        type="stream",
        local=local,
        peer=peer,
        inode=101 if server else 102,
        recv_bytes=len(waiting),
        peek=waiting,
        send_bytes=unsent,
        unsent=unsent,
        recv_size=131072,
        send_size=2626560,
    )


class Recording:
    """Events in order, numbered as they are added."""

    def __init__(self) -> None:
        self.events: list[e.Event] = []
        self._calls = 0
        self.open: dict[str, int] = {}

    def add(self, event: e.Event) -> None:
        n = len(self.events) + 1
        self.events.append(replace(event, n=n, t=n * 1000))

    def process(self, proc: str, pid: int, text: str) -> None:
        file = f"/home/you/{proc}.py"
        self.add(e.SourceRead(file=file, text=text))
        self.add(e.ProcessStarted(proc=proc, pid=pid, argv=(f"{proc}.py",)))

    def gate(
        self, proc: str, name: str, *args: Any, fd: int = 3, line: int = 1, **more: Any
    ) -> None:
        self._calls += 1
        self.open[proc] = self._calls
        self.add(
            e.CallEntered(
                proc=proc,
                call=self._calls,
                fd=fd,
                name=name,
                args=args,
                file=f"/home/you/{proc}.py",
                line=line,
                gated=True,
                **more,
            )
        )

    def grant(self, proc: str, limit: int | None = None) -> None:
        self.add(e.CallGranted(proc=proc, call=self.open[proc], limit=limit))

    def block(self, proc: str, where: str = "wait_woken") -> None:
        self.add(e.CallBlocked(proc=proc, call=self.open[proc], where=where))

    def done(self, proc: str, value: Any = None, data: bytes | None = None) -> None:
        self.add(
            e.CallReturned(
                proc=proc, call=self.open[proc], value=value, data=data, elapsed_ns=21_000
            )
        )

    def failed(self, proc: str, errno: str, exception: str, message: str) -> None:
        self.add(
            e.CallRaised(
                proc=proc, call=self.open[proc], errno=errno, exception=exception, message=message
            )
        )

    def made(self, proc: str, value: Any = None, data: bytes | None = None) -> None:
        """Let the pending call through, and have it return."""
        self.grant(proc)
        self.done(proc, value, data)

    def seen(self, proc: str, *sockets: e.SocketView) -> None:
        self.add(e.SocketsObserved(proc=proc, sockets=sockets))


def first_gate() -> Recording:
    """Both programs wait at ``socket()``."""
    rec = Recording()
    rec.process("server", 4242, SERVER_TEXT)
    rec.gate("server", "socket", fd=-1, line=16)
    rec.process("client", 4243, CLIENT_TEXT)
    rec.gate("client", "socket", fd=-1, line=3)
    return rec


def accepted() -> Recording:
    """A connection stands, and the server is about to read."""
    rec = first_gate()
    unbound = e.SocketView(fd=3, kind="unbound", state="CLOSE", inode=100)
    rec.made("server", 3)
    rec.seen("server", unbound)
    rec.gate("server", "bind", list(SERVER_ADDRESS), line=17)
    rec.made("server")
    rec.seen("server", replace(unbound, kind="bound", local=SERVER_ADDRESS))
    rec.gate("server", "listen", 1, line=18)
    rec.made("server")
    rec.seen("server", listening())
    rec.gate("server", "accept", line=19, would_block=True)
    rec.made("client", 3)
    rec.seen("client", e.SocketView(fd=3, kind="unbound", state="CLOSE", inode=102))
    rec.gate("client", "connect", list(SERVER_ADDRESS), line=4)
    rec.made("client")
    rec.seen("client", connected(3, server=False))
    rec.seen("server", listening(1))
    rec.add(e.UnheldObserved(sockets=(connected(None, server=True),)))
    rec.gate("client", "send", octets(b"Hi the"), line=5, via="sendall")
    rec.made("server", [4, list(CLIENT_ADDRESS)])
    rec.seen("server", listening(), connected(4, server=True))
    rec.add(e.UnheldObserved())
    _read_gate(rec, b"", would_block=True)
    return rec


def _read_gate(rec: Recording, data: bytes, *, would_block: bool) -> None:
    texts = {"sock": "<socket fd 4>", "length": "16", "data": repr(data)}
    rec.gate("server", "recv", 16 - len(data), fd=4, line=9, would_block=would_block, locals=texts)


def blocked() -> Recording:
    """The server sleeps in ``recv(16)``: nothing has been sent."""
    rec = accepted()
    rec.grant("server")
    rec.block("server")
    return rec


def stopped() -> Recording:
    """A run stands where the server's ``recv(16)`` gave six octets; the client sends more."""
    rec = blocked()
    rec.made("client", 6, b"Hi the")
    rec.done("server", data=b"Hi the")
    rec.gate("client", "send", octets(b"re, server"), line=6, via="sendall")
    rec.made("client", 10, b"re, server")
    rec.add(e.Stopped(proc="server", call=rec.open["server"], condition="recv < 16"))
    rec.seen("server", listening(), connected(4, server=True, waiting=b"re, server"))
    rec.gate("client", "recv", 16, line=7, would_block=True)
    return rec


def partial() -> Recording:
    """Six octets were read, ten wait in the receive buffer."""
    rec = blocked()
    rec.made("client", 6, b"Hi the")
    rec.seen("client", connected(3, server=False))
    rec.done("server", data=b"Hi the")
    rec.seen("server", listening(), connected(4, server=True))
    _read_gate(rec, b"Hi the", would_block=True)
    rec.gate("client", "send", octets(b"re, server"), line=6, via="sendall")
    rec.made("client", 10, b"re, server")
    rec.seen("client", connected(3, server=False))
    rec.seen("server", listening(), connected(4, server=True, waiting=b"re, server"))
    rec.gate("client", "recv", 16, line=7, would_block=True)
    return rec


def end() -> Recording:
    """Both programs have ended; the server's half waits in TIME_WAIT."""
    rec = partial()
    rec.made("server", data=b"re, server")
    rec.seen("server", listening(), connected(4, server=True))
    rec.add(e.Output(proc="server", stream="stdout", text="it says b'Hi there, server'\n"))
    rec.gate("server", "send", octets(b"Farewell, client"), fd=4, line=22, via="sendall")
    rec.made("server", 16, b"Farewell, client")
    rec.seen("server", listening(), connected(4, server=True))
    rec.seen("client", connected(3, server=False, waiting=b"Farewell, client"))
    rec.gate("server", "close", fd=4, line=23)
    rec.made("server")
    rec.seen("server", listening())
    rec.add(e.ProcessExited(proc="server", status=0))
    rec.made("client", data=b"Farewell, client")
    rec.seen("client", connected(3, server=False, state="CLOSE_WAIT"))
    rec.add(e.Output(proc="client", stream="stdout", text="it says b'Farewell, client'\n"))
    rec.gate("client", "close", line=9)
    rec.made("client")
    rec.seen("client")
    half = replace(connected(None, server=True, state="TIME_WAIT"), timer=60.0)
    rec.add(e.UnheldObserved(sockets=(half,)))
    rec.add(e.ProcessExited(proc="client", status=0))
    return rec


def refused() -> Recording:
    """The client connects before anybody listens."""
    rec = first_gate()
    rec.made("client", 3)
    rec.seen("client", e.SocketView(fd=3, kind="unbound", state="CLOSE", inode=102))
    rec.gate("client", "connect", list(SERVER_ADDRESS), line=4)
    rec.grant("client")
    rec.failed("client", "ECONNREFUSED", "ConnectionRefusedError", "[Errno 111] Connection refused")
    text = (
        "Traceback (most recent call last):\n"
        '  File "client.py", line 4, in <module>\n'
        '    sock.connect(("127.0.0.1", 1060))\n'
        "ConnectionRefusedError: [Errno 111] Connection refused\n"
    )
    rec.add(e.Output(proc="client", stream="stderr", text=text))
    rec.add(e.ProcessExited(proc="client", status=1))
    return rec


def full_buffer() -> Recording:
    """The client sends a megabyte, and sleeps while the server reads nothing."""
    rec = accepted()
    data = bytes(range(256)) * 4000
    rec.made("client", 6, b"Hi the")
    rec.gate("client", "send", octets(data[:4096]) | {"bytes": len(data)}, line=6, via="sendall")
    rec.grant("client")
    rec.block("client", "sk_stream_wait_memory")
    view = connected(3, server=False, unsent=600_000)
    rec.seen("client", replace(view, send_bytes=600_000, accepted=700_006))
    view = connected(4, server=True, waiting=b"Hi the" + data[:58])
    rec.seen("server", listening(), replace(view, recv_bytes=98_304))
    return rec
