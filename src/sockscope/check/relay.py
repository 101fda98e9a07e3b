"""Stands between two programs and delivers the pieces of a plan, each once the last is read.

The kernel says when that is: nothing is unacknowledged at our socket (ioctl SIOCOUTQ,
tcp(7)), and nothing unread at its peer (sock_diag(7)).

A program that should die is cut off: its peer sees what a crash would look like, the end of
the stream after so many octets, and a reset if it sends more.
"""

from __future__ import annotations

import fcntl
import select
import socket
import struct
import termios
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from ..tracer.unheld import Asker
from .plans import Plan, steps

LOOK: Final = 1
"""Milliseconds between two looks at a peer that has not read its piece."""

PATIENCE: Final = 1.0
"""Seconds after which a peer is taken not to read now; then pieces may lie together."""

SIZE: Final = 1 << 16


class Relay:
    """Listens at ``port``, and passes on to ``server`` what comes there, and back.

    ``sent`` are the octets that the client, and that the server, sent in each
    conversation; ``moved`` counts deliveries, and ``is_open`` tells of any conversation.
    """

    def __init__(self, names: Sequence[str], plan: Plan, server: int) -> None:
        self._server_name, self._client_name = names
        self._plan = plan
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent: dict[str, list[bytearray]] = {name: [] for name in names}
        self.moved = 0
        self._left = {plan.dies[0]: plan.dies[1]} if plan.dies else {}
        self._pumps: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._door = threading.Thread(target=self._accept, daemon=True)
        self._door.start()

    @property
    def is_open(self) -> bool:
        """Whether any way of any conversation may still carry something."""
        return any(pump.is_alive() for pump in self._pumps)

    def close(self) -> None:
        """End all conversations, those first to their end that come to one."""
        for pump in self._pumps:
            pump.join(PATIENCE)
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in (self._door, *self._pumps):
            thread.join()
        for sock in (self._listener, *self._sockets):
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                near, _ = self._listener.accept()
                self._sockets.append(near)
                self._begin(near)

    def _begin(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._server))
        except OSError:
            near.shutdown(socket.SHUT_RDWR)
            return
        self._sockets.append(far)
        for source, target, sender, receiver in (
            (near, far, self._client_name, self._server_name),
            (far, near, self._server_name, self._client_name),
        ):
            target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sent[sender].append(bytearray())
            words = (source, target, self.sent[sender][-1], sender, receiver)
            pump = threading.Thread(target=self._pump, args=words, daemon=True)
            self._pumps.append(pump)
            pump.start()

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        sent: bytearray,
        sender: str,
        receiver: str,
    ) -> None:
        cuts = self._plan.setup(receiver).get("in", {})
        with suppress(OSError), Asker() as asker:
            while data := source.recv(SIZE):
                data, at = self._before_death(sender, data), len(sent)
                sent += data
                for piece in pieces(data, at, cuts):
                    target.sendall(piece)
                    self.moved += 1
                    _wait_until_read(target, asker)
                if self._left.get(sender) == 0:
                    source.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        if self._left.get(receiver) == 0:
            _reset(source)

    def _before_death(self, sender: str, data: bytes) -> bytes:
        """The part of ``data`` that a program sends while it lives."""
        if sender not in self._left:
            return data
        left = self._left[sender]
        self._left[sender] = max(0, left - len(data))
        return data[:left]


def pieces(data: bytes, at: int, cuts: Mapping[str, Any]) -> Iterator[bytes]:
    """``data``, which begins ``at`` in its stream, in pieces that end at the cuts.

    Those are told as to a tracee (``tracee.cuts``).
    """
    begin, end = at, at + len(data)
    if "every" in cuts:
        ends: Iterable[int] = steps(begin, end, cuts["every"], cuts.get("then", 0))
    else:
        ends = (cut for cut in cuts.get("at", ()) if begin < cut < end)
    for cut in (*ends, end):
        yield data[begin - at : cut - at]
        begin = cut


def _reset(sock: socket.socket) -> None:
    """Close at once, and answer what still comes with a reset (socket(7), SO_LINGER)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def _wait_until_read(sock: socket.socket, asker: Asker) -> None:
    pair = (sock.getpeername(), sock.getsockname())
    deadline = time.monotonic() + PATIENCE
    ended = select.poll()
    ended.register(sock, 0)  # only errors and hang-ups wake it
    while (_unacknowledged(sock) or asker.unread(pair)) and time.monotonic() < deadline:
        if ended.poll(LOOK):
            return


def _unacknowledged(sock: socket.socket) -> int:
    answer = fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4))  # another name of SIOCOUTQ
    count: int = struct.unpack("i", answer)[0]
    return count
