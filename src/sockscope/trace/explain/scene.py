"""What stands around a call: its socket, its streams, the other end, who listens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..names import GATE, SENDS, SHUT_DOWN, is_int
from ..places import covers, is_address
from ..words import address_text

if TYPE_CHECKING:
    from ..events import Address, SocketView
    from ..state import Call, Process, Socket, State
    from ..stream import Stream


_STANDINGS: Mapping[str | None, str] = {
    "unbound": "it is new, not connected yet",
    "bound": "it has an address, but is not connected yet",
    "listening": "it listens",
    "connecting": "its handshake is under way",
    "connected": "it is connected",
    "closed": "its connection is over",
}


class Scene:
    """A call and the state around it."""

    __slots__ = ("call", "socket", "state")

    def __init__(self, state: State, call: Call) -> None:
        self.state = state
        self.call = call
        self.socket: Socket | None = state.sockets.get((call.proc, call.fd))

    # -- this end ----------------------------------------------------------------

    @property
    def view(self) -> SocketView | None:
        """The kernel's last word on the call's socket."""
        return self.socket.view if self.socket else None

    @property
    def kind(self) -> str | None:
        return self.socket.view.kind if self.socket else None

    @property
    def is_datagram(self) -> bool:
        return self.socket is not None and self.socket.view.type == "dgram"

    @property
    def into(self) -> Stream | None:
        """The stream that this socket receives."""
        socket = self.socket
        return self.state.streams.get(socket.into) if socket and socket.into is not None else None

    @property
    def out(self) -> Stream | None:
        """The stream that this socket sends."""
        socket = self.socket
        return self.state.streams.get(socket.out) if socket and socket.out is not None else None

    @property
    def moved(self) -> int | None:
        """Octets that a send or a receive moved."""
        if self.call.data is not None:
            return len(self.call.data)
        value = self.call.value
        if isinstance(value, (list, tuple)) and value:
            value = value[0]
        return value if is_int(value) else None

    @property
    def address(self) -> Address | None:
        """The address that the call was given."""
        for arg in self.call.args:
            if isinstance(arg, str) or is_address(arg):
                return arg if isinstance(arg, str) else (arg[0], arg[1])
        return None

    @property
    def address_text(self) -> str:
        return "that address" if self.address is None else address_text(self.address)

    @property
    def port(self) -> int | None:
        address = self.address
        return address[1] if isinstance(address, tuple) else None

    def other_holders(self) -> Iterator[Socket]:
        """Other fds, here or in other tracees, that hold the same socket open."""
        if self.socket is None or self.socket.view.inode is None:
            return
        inode = self.socket.view.inode
        for key, other in self.state.sockets.items():
            if other.view.inode == inode and key != (self.call.proc, self.call.fd):
                yield other

    def first_datagram(self) -> int | None:
        """Octets of the datagram that waits first, also where several wait (FIONREAD)."""
        waiting = self.into.first_waiting() if self.into else None
        if waiting is not None:
            return waiting.length
        return self.view.recv_bytes if self.view else None

    @property
    def has_shut_down(self) -> bool:
        """Whether this end has told the kernel that it sends no more."""
        return self.view is not None and self.view.state in SHUT_DOWN

    @property
    def standing(self) -> str:
        """In what state this socket is, as a clause."""
        kind, tcp_state = self.kind, self.view.state if self.view else None
        if kind == "connected" and self.has_shut_down:
            return "it is connected, its sending shut down"
        if kind == "connected" and tcp_state == "CLOSE_WAIT":
            return "it is connected, though its peer has finished"
        return _STANDINGS.get(kind, "it is closed")

    # -- the other end -----------------------------------------------------------

    @property
    def peer(self) -> Socket | None:
        """The other end's socket, while a tracee of ours holds it."""
        out = self.out
        end = out.receiver if out else None
        other = self.state.sockets.get((end.proc, end.fd)) if end else None
        return other if other and other.end == end else None

    @property
    def peer_process(self) -> Process | None:
        """The tracee at the other end, also when it has closed its socket."""
        end = self.out.receiver if self.out else None
        return self.state.processes.get(end.proc) if end else None

    @property
    def peer_name(self) -> str:
        process = self.peer_process
        if process is None:
            return "the peer"
        return process.name if process.name != self.call.proc else "the other end"

    def peer_call(self) -> Call | None:
        """The call under way, or at its gate, on the other end's socket."""
        peer, process = self.peer, self.peer_process
        if peer is None or process is None:
            return None
        return next((call for call in process.open if call.fd == peer.end.fd), None)

    def offered_by_peer(self) -> int:
        """Octets that the other end is just about to send."""
        call = self.peer_call()
        return (call.asked or 0) if call and call.phase == GATE and call.name in SENDS else 0

    # -- other sockets -----------------------------------------------------------

    def sockets_at(self, address: Address | None) -> Iterator[Socket]:
        """Sockets of our tracees whose own address takes in ``address``."""
        for socket in self.state.sockets.values():
            if covers(socket.view.local, address):
                yield socket

    def listener_at(self, address: Address | None) -> Socket | None:
        listening = (s for s in self.sockets_at(address) if s.view.kind == "listening")
        return next(listening, None)

    def sibling_listener(self) -> Socket | None:
        """The listening socket of this process that this one was accepted from."""
        local = self.view.local if self.view else None
        listener = self.listener_at(local)
        return listener if listener and listener is not self.socket else None
