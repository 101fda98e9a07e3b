"""Who waits in the accept queue of a listener, clients from outside too: sock_diag(7).

Of a client that is a tracee the address is known, and its other half can be asked for.  Of
others nothing is known before accept(), so the kernel is asked for every connection of the
listener's port.  It does the picking itself (INET_DIAG_REQ_BYTECODE, linux/inet_diag.h),
which takes a fraction of a millisecond.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterable, Iterator

from ..trace.events import SocketView
from ..trace.places import waits_at
from .unheld import STATES, Asker, request, view_of

_WAITING = 1 << STATES.index("ESTABLISHED") | 1 << STATES.index("CLOSE_WAIT")
_NLM_F_DUMP = 0x300
_BYTECODE = 1
_PORT_FROM, _PORT_UP_TO = 2, 3  # INET_DIAG_BC_S_GE, INET_DIAG_BC_S_LE
_STEP = struct.Struct("=BBHBBH")  # struct inet_diag_bc_op, and another that holds the port
_ATTRIBUTE = struct.Struct("=HH")


def read(listeners: Iterable[SocketView]) -> tuple[SocketView, ...]:
    """Every connection that waits to be accepted by one of ``listeners``.

    Empty where the kernel does not offer sock_diag.
    """
    views: list[SocketView] = []
    with contextlib.suppress(OSError), Asker() as asker:
        for listener in listeners:
            views += [view for view in _at_port(asker, listener) if waits_at(listener, view)]
    return tuple(views)


def _at_port(asker: Asker, listener: SocketView) -> Iterator[SocketView]:
    """The sockets at the port of a TCP listener that no process holds."""
    assert isinstance(listener.local, tuple)
    family = socket.AF_INET6 if listener.family == "inet6" else socket.AF_INET
    program = _only_port(listener.local[1])
    attribute = _ATTRIBUTE.pack(_ATTRIBUTE.size + len(program), _BYTECODE) + program
    dump = request(family, _WAITING, flags=_NLM_F_DUMP, attributes=attribute)
    views = (view_of(answer, family) for answer in asker.ask_all(dump))
    return (view for view in views if view is not None)


def _only_port(port: int) -> bytes:
    """A program for the kernel: on to the next step where it fits, else beyond the end."""
    size = _STEP.size
    from_it = _STEP.pack(_PORT_FROM, size, 2 * size + 4, 0, 0, port)
    return from_it + _STEP.pack(_PORT_UP_TO, size, size + 4, 0, 0, port)
