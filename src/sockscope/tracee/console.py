"""The program of a tracee that has none: it makes the calls that it is told to, one by one.

Calls go through the ordinary wrapped methods of ``socket.socket``, so they are reported
like those of any program.  A signal interrupts a call that sleeps, and the console lives
on; between two calls there is nothing to interrupt.
"""

from __future__ import annotations

import binascii
import queue
import signal
import socket
from contextlib import suppress

from .passage import Method, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from .gate import Gate

    Json = Dict[str, Any]

DIGITS = b"0123456789"

_CLOSE = Method("close", socket.socket.close)


class Console:
    """Takes orders from the agent's thread, and carries them out in the main thread."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._orders: queue.SimpleQueue[Json] = queue.SimpleQueue()
        self._sockets: dict[int, socket.socket] = {}
        self.is_idle = True

    def obey(self, order: Json) -> None:
        """Have one order carried out; ``{"do": "exit"}`` ends the program."""
        self.is_idle = False
        self._orders.put(order)

    def run(self) -> None:
        """Carry out orders until the last."""
        signal.signal(signal.SIGINT, self._interrupt)
        while True:
            order = self._orders.get()
            if order["do"] == "exit":
                return
            with suppress(Exception, KeyboardInterrupt):
                self._call(order)
            self.is_idle = True
            self._gate.reports.ship(reply=order["id"], settled=True, threads=1)

    def _interrupt(self, _number: int, _frame: Any) -> None:
        if self._gate.own.me.inside:
            raise KeyboardInterrupt

    def _call(self, order: Json) -> None:
        """Make one call.  A socket that was closed stays known, until its fd is given anew."""
        name, fd = order["name"], order["fd"]
        args = [_argument(arg) for arg in order["args"]]
        if name == "socket":
            self._keep(socket.socket(*args))
        elif name == "accept":
            self._keep(self._socket_at(fd).accept()[0])
        elif name == "close" and self._socket_at(fd).fileno() < 0:
            self._close_again(self._socket_at(fd))
        else:
            getattr(self._socket_at(fd), name)(*args)

    def _socket_at(self, fd: int) -> socket.socket:
        """The socket last known as ``fd``; an interrupted accept() may leave one unknown."""
        if fd not in self._sockets:
            self._keep(socket.socket(fileno=fd))
        return self._sockets[fd]

    def _keep(self, sock: socket.socket) -> None:
        self._sockets[sock.fileno()] = sock

    def _close_again(self, sock: socket.socket) -> None:
        """Python makes no call to close a closed socket, so nothing else would report it."""
        take(self._gate, self._gate.own.me, _CLOSE, sock, ())


def _argument(arg: Any) -> Any:
    """An argument as it came in JSON: an address is a list, octets and sizes are objects."""
    if isinstance(arg, list):
        return tuple(arg)
    if not isinstance(arg, dict):
        return arg
    if "octets" in arg:
        return binascii.a2b_base64(arg["octets"])
    size = arg["repeat"]
    return (DIGITS * (size // len(DIGITS) + 1))[:size]
