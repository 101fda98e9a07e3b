"""What can be ordered of one socket now: the calls that make sense, and those that go wrong.

Wrong calls are offered too, apart from the others and with a word why: the kernel's answer
to them is worth seeing.  Pure: a menu is made from a state and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .events import Address, SocketView
from .explain import blocked_meaning
from .fields import ADDRESS, address_field
from .names import BLOCKED
from .orders import CALLS, USUAL, Form, Order, order
from .state import Call, Process, Socket, State


@dataclass(frozen=True, slots=True)
class Choice:
    """One call that can be ordered, with arguments that suit; ``why`` says what is wrong."""

    form: Form
    order: Order
    why: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """The choices for one socket of one process, the next sensible one first.

    ``waits`` says what would wake the process, where it is in a blocked call: then there
    is nothing to choose.
    """

    proc: str
    fd: int | None
    sensible: tuple[Choice, ...] = ()
    wrong: tuple[Choice, ...] = ()
    waits: str = ""


FAREWELL: Final = "Farewell, client"

LISTENS = "it listens: it will never send or receive"
NO_PEER = "it has no peer yet"
CLOSED = "it is closed"
CONNECTED = "it is connected already"
DATAGRAMS = "datagrams have no connections"

OPTIONS = ("setsockopt", "getsockopt", "settimeout", "getsockname")


def menu(state: State, proc: str, fd: int | None) -> Menu:
    """The choices for ``fd`` of ``proc``; without an fd, only a new socket."""
    sensible, wrong = _names(state, proc, fd)
    return Menu(
        proc,
        fd,
        tuple(_choice(state, proc, fd, name) for name in sensible),
        tuple(_choice(state, proc, fd, name, why) for name, why in wrong.items()),
        _waits(state, proc),
    )


def offered(state: State, proc: str, fd: int | None, name: str) -> Choice | None:
    """The choice of this name in the menu; None where that does not offer it."""
    sensible, wrong = _names(state, proc, fd)
    if name in sensible or name in wrong:
        return _choice(state, proc, fd, name, wrong.get(name, ""))
    return None


def _waits(state: State, proc: str) -> str:
    process = state.processes.get(proc)
    call = _blocked_call(process) if process is not None and not process.exited else None
    return (call.meaning or blocked_meaning(state, call)) if call is not None else ""


def _blocked_call(process: Process) -> Call | None:
    return next((call for call in process.open if call.phase == BLOCKED), None)


def _names(state: State, proc: str, fd: int | None) -> tuple[Sequence[str], Mapping[str, str]]:
    """The calls that make sense, and those that go wrong with the reason."""
    process = state.processes.get(proc)
    if process is None or process.exited or _blocked_call(process) is not None:
        return (), {}
    if fd is None:
        return ("socket",), {}
    socket = state.sockets.get((proc, fd))
    wrong = _closed() if socket is None else _wrong(state, socket)
    names = ("socket",) if socket is None else tuple(_sensible(state, process, socket))
    whole = [*names, *(n for n in (*OPTIONS, "close", "socket") if n not in names)]
    return [name for name in whole if name not in wrong], wrong


def socket_in_focus(state: State, proc: str) -> int | None:
    """The fd that the next call is likely to be for: a new socket, or that of the last call."""
    fds = [fd for name, fd in state.sockets if name == proc]
    process = state.processes.get(proc)
    last = process.last if process else None
    if last is None or not fds:
        return max(fds, default=None)
    made = last.value[0] if last.name == "accept" and last.value else last.value
    if last.name in ("accept", "socket") and made in fds:
        return int(made)
    return last.fd if last.fd in fds else max(fds)


def closed_fds(state: State, proc: str) -> tuple[int, ...]:
    """The fds of ``proc`` whose sockets were closed and that nothing has taken since."""
    process = state.processes.get(proc)
    return process.closed if process and not process.exited else ()


# -- what makes sense ------------------------------------------------------------


def _sensible(state: State, process: Process, socket: Socket) -> Iterator[str]:
    """Names of calls, the next in a conversation first."""
    view = socket.view
    if view.type == "dgram":
        yield from _datagram(view)
    elif view.kind == "unbound":
        yield from _first_steps(state, process)
    elif view.kind == "bound":
        yield from ("listen", "connect")
    elif view.kind == "listening":
        yield "accept"
    elif view.kind == "connected":
        yield from _conversation(state, socket)
    elif view.kind == "connecting":
        yield from ("getpeername", "connect")


def _first_steps(state: State, process: Process) -> tuple[str, ...]:
    """A process whose conversation has a listener elsewhere connects; others bind."""
    elsewhere = any(
        other.view.kind == "listening" and other.end.proc != process.name
        for other in state.sockets.values()
    )
    return ("connect", "bind") if elsewhere else ("bind", "connect")


def _conversation(state: State, socket: Socket) -> tuple[str, ...]:
    into = state.streams.get(socket.into) if socket.into is not None else None
    out = state.streams.get(socket.out) if socket.out is not None else None
    is_over = into is not None and into.finished
    sends = () if out is not None and out.finished else ("sendall", "send")
    if socket.view.recv_bytes or not sends:
        first: tuple[str, ...] = ("recv", *sends)
    elif is_over and into is not None and into.read and out is not None and out.sends:
        first = ("close", "recv", *sends)
    else:
        first = (*sends, "recv")
    return (*first, "shutdown", "close", "getpeername")


def _datagram(view: SocketView) -> tuple[str, ...]:
    if view.peer is not None:
        return ("recv", "send") if view.recv_bytes else ("send", "recv")
    if view.kind == "bound":
        return ("recvfrom", "sendto", "recv", "connect")
    return ("bind", "sendto", "connect")


# -- what goes wrong -------------------------------------------------------------


def _wrong(state: State, socket: Socket) -> dict[str, str]:
    """Names of calls that this socket cannot do, each with the reason."""
    view = socket.view
    if view.type == "dgram":
        wrong = {"listen": DATAGRAMS, "accept": DATAGRAMS}
        if view.kind == "bound" or view.peer is not None:
            wrong["bind"] = "it has an address already"
        if view.peer is None:
            wrong |= {"send": "it has no peer: sendto() names one", "getpeername": NO_PEER}
        return wrong
    if view.kind == "listening":
        names = ("recv", "send", "connect", "shutdown", "getpeername")
        return {**dict.fromkeys(names, LISTENS), **_settled("it listens already")}
    if view.kind == "connected":
        gone = _no_more(state, socket)
        return {"accept": CONNECTED, "connect": CONNECTED, **_settled(CONNECTED), **gone}
    wrong = dict.fromkeys(("recv", "send", "shutdown", "getpeername"), NO_PEER)
    wrong["accept"] = "it does not listen"
    if view.kind == "unbound":
        return {**wrong, "listen": "it has no address: the kernel would choose a port"}
    return {**wrong, "bind": "it has an address already"}


def _settled(why: str) -> dict[str, str]:
    return {"bind": "it has an address already", "listen": why}


def _no_more(state: State, socket: Socket) -> dict[str, str]:
    out = state.streams.get(socket.out) if socket.out is not None else None
    return {"send": "its sending is shut down"} if out is not None and out.finished else {}


def _closed() -> dict[str, str]:
    return dict.fromkeys([name for name in CALLS if name != "socket"], CLOSED)


# -- arguments that suit ---------------------------------------------------------


def _choice(state: State, proc: str, fd: int | None, name: str, why: str = "") -> Choice:
    typed: dict[str, str] = {}
    socket = state.sockets.get((proc, fd)) if fd is not None else None
    if socket is not None and name in ("connect", "sendto"):
        typed["address"] = _destination(state, socket)
    elif socket is not None and name == "bind":
        typed["address"] = _own_address(state, socket)
    if name in ("send", "sendall", "sendto") and state.processes[proc].order == 0:
        typed["data"] = FAREWELL
    return Choice(CALLS[name], order(proc, fd, name, typed), why)


def _destination(state: State, socket: Socket) -> str:
    """Where another process can be reached from this socket, or else the usual address."""
    found = [
        other.view.local
        for other in state.sockets.values()
        if (other.view.kind == "listening" or other.view.type == "dgram")
        and other.end.proc != socket.end.proc
        and _is_reachable(other.view, socket.view)
    ]
    return address_field(_from_here(found[-1])) if found else _usual(socket.view, "server")


def _is_reachable(view: SocketView, origin: SocketView) -> bool:
    if (view.family, view.type) != (origin.family, origin.type) or not view.local:
        return False
    return isinstance(view.local, str) or view.local[1] != 0


def _from_here(address: Address | None) -> Address | None:
    if isinstance(address, tuple) and address[0] in ("0.0.0.0", "::"):
        return ("127.0.0.1" if address[0] == "0.0.0.0" else "::1", address[1])
    return address


def _own_address(state: State, socket: Socket) -> str:
    """The usual address, or one that the kernel chooses where that one is taken."""
    usual = _usual(socket.view, socket.end.proc)
    if not usual.startswith("@") and _is_taken(state, socket, usual):
        return usual.rpartition(":")[0] + ":0"
    return usual


def _is_taken(state: State, socket: Socket, address: str) -> bool:
    """Whether a socket of ours has it, or the kernel has just said that another does."""
    wanted, kind = ADDRESS.parse(address), socket.view.type
    last = state.processes[socket.end.proc].last
    refused = last is not None and last.name == "bind" and last.errno == "EADDRINUSE"
    views = (other.view for other in state.sockets.values())
    return refused or any(view.local == wanted and view.type == kind for view in views)


def _usual(view: SocketView, name: str) -> str:
    if view.family == "unix":
        return f"@sockscope-{name}"
    return USUAL.replace("127.0.0.1", "[::1]") if view.family == "inet6" else USUAL
