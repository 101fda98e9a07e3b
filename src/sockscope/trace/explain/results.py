"""What a call that returned means, one small function for each name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..names import ERRNOS, HOWS, is_int
from ..places import ANYWHERE
from ..waiting import awaited, why_ready
from ..words import address_text, seconds_text
from .ending import closed, shut
from .errors import errno_meaning
from .moves import received, sent
from .options import option_asked, option_set
from .scene import Scene
from .secret import became_cipher, became_text, on_the_wire

NO_QUEUE_TEXT = 127
"""Backlogs above this may be cut by net.core.somaxconn, so they promise nothing."""


def result_meaning(scene: Scene) -> str:
    """One sentence for a call that returned."""
    explain = _MEANINGS.get(scene.call.name)
    return explain(scene) if explain else "done"


def _first(scene: Scene) -> Any:
    return scene.call.args[0] if scene.call.args else None


def _born(scene: Scene) -> str:
    args = scene.call.args
    family, kind = (args[0] if args else 2), (args[1] if len(args) > 1 else 1)
    if family == 1:
        return "a new Unix socket: it has no address and no peer yet"
    if family not in (-1, 2, 10) or not is_int(kind):
        return "a new socket"
    name = {-1: "TCP", 1: "TCP", 2: "UDP"}.get(kind & 0xF if kind > 0 else kind)
    return f"a new {name or 'raw'} socket: it has no address and no peer yet"


def _paired(_scene: Scene) -> str:
    return "two new sockets, already connected to each other"


def _duplicated(_scene: Scene) -> str:
    return "a second fd for the same socket: it closes when both are closed"


def _bound(scene: Scene) -> str:
    address = scene.address
    if isinstance(address, str):
        return f"claims {address_text(address)}"
    if address is None:
        return "claims that address"
    if address[1] == 0:
        return "port 0 lets the kernel choose a free port: getsockname() tells which"
    where = _claimed(address)
    if scene.is_datagram:
        return f"claims {where}: datagrams sent there arrive here"
    return f"claims {where}; whether it is server or client is still open"


def _claimed(address: tuple[str, int]) -> str:
    if address[0] in ANYWHERE:
        return f"port {address[1]} on every address of this machine"
    return address_text(address)


def _listening(scene: Scene) -> str:
    if scene.kind == "listening":
        return "it listens already: only the length of its queue changes"
    backlog = _first(scene)
    if is_int(backlog) and backlog <= NO_QUEUE_TEXT:
        queue = f"up to {max(0, backlog) + 1} clients may queue"
        return f"listens from now on: it will never send or receive; {queue}"
    return "listens from now on: it will never send or receive, it only accepts"


def _accepted(scene: Scene) -> str:
    value = scene.call.value
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not is_int(value[0]):
        return "a new socket for this one conversation"
    with_whom = _who_connected(scene, value[1])
    return (
        f"a new socket, fd {value[0]}, for the talk with {with_whom}; "
        f"fd {scene.call.fd} goes on listening"
    )


def _who_connected(scene: Scene, address: Any) -> str:
    if not isinstance(address, (list, tuple)) or len(address) < 2:
        return "this one client"
    local = (address[0], address[1])
    for socket in scene.state.sockets.values():
        if socket.view.local == local and socket.view.kind != "listening":
            return socket.end.proc
    return address_text(local)


def _connected(scene: Scene) -> str:
    if scene.is_datagram:
        return "sets where send() goes and whom recv() hears; nothing was sent yet"
    return f"connected{_own_port(scene)}; {_acceptance(scene)}"


def _own_port(scene: Scene) -> str:
    view = scene.view
    if view is None or view.family == "unix":
        return ""
    if view.kind == "unbound":
        return " from a port that the kernel chose"
    own = view.local
    return f" from {address_text(own)}" if own is not None and view.kind == "bound" else ""


def _acceptance(scene: Scene) -> str:
    listener = scene.listener_at(scene.address)
    if listener is None:
        return "both ends can now send and receive"
    owner = scene.state.processes.get(listener.end.proc)
    name = listener.end.proc
    if any(_has_no_peer(scene, socket) for socket in scene.sockets_at(scene.address)):
        return f"{name} has accepted it"
    calls = owner.open if owner else ()
    if any(c.name == "accept" and c.fd == listener.end.fd and c.phase != "gate" for c in calls):
        return f"{name} wakes up in accept()"
    return f"it waits in {name}'s accept queue"


def _has_no_peer(scene: Scene, socket: Any) -> bool:
    """Whether this connection is newer than the call, its other end not yet seen."""
    newer = socket.end.birth > scene.call.entered
    if not newer or socket.view.kind != "connected" or socket.out is None:
        return False
    stream = scene.state.streams.get(socket.out)
    return stream is not None and stream.receiver is None


def _connected_ex(scene: Scene) -> str:
    if scene.call.value == 0:
        return _connected(scene)
    name = ERRNOS.get(scene.call.value) if is_int(scene.call.value) else None
    return errno_meaning(scene, name) or "an error number: connect_ex() does not raise it"


def _shut(scene: Scene) -> str:
    how = _first(scene)
    return shut(scene, HOWS.get(how) if is_int(how) else None)


def _detached(_scene: Scene) -> str:
    return "nothing closes: the fd is now the program's own to look after"


def _timeout_set(scene: Scene) -> str:
    seconds = _first(scene)
    if seconds is None:
        return "calls wait as long as it takes"
    if not isinstance(seconds, (int, float)):
        return "how long calls wait is set"
    if seconds == 0:
        return "calls no longer wait: what cannot be done at once raises BlockingIOError"
    return f"calls wait at most {seconds_text(seconds)}, then raise TimeoutError"


def _blocking_set(scene: Scene) -> str:
    if _first(scene):
        return "calls wait as long as it takes"
    return "calls no longer wait: what cannot be done at once raises BlockingIOError"


def _own_name(scene: Scene) -> str:
    value = scene.call.value
    if isinstance(value, (list, tuple)) and len(value) >= 2 and value[1] == 0:
        return "no port yet: bind(), listen() or connect() gives it one"
    if scene.kind == "listening":
        return "where it listens: the address that clients connect to"
    if scene.kind != "connected":
        return "the address of this end"
    if scene.sibling_listener() is not None:
        return "this end's address: it has the same port as the listening socket"
    return f"this end's address: {scene.peer_name} sees it as getpeername()"


def _peer_name(scene: Scene) -> str:
    if scene.sibling_listener() is not None:
        return "the client's address: just what accept() returned"
    return f"the other end's address: what getsockname() gives {scene.peer_name}"


def _ready(scene: Scene) -> str:
    ready = list(awaited(scene.call.value))
    if not ready:
        return "none was ready in time"
    fd, events = ready[0]
    more = f"; {len(ready) - 1} more" if len(ready) > 1 else ""
    socket = scene.state.sockets.get((scene.call.proc, fd))
    return f"fd {fd} {why_ready(socket.view if socket else None, events)}{more}"


_MEANINGS: Mapping[str, Callable[[Scene], str]] = {
    "ssl.do_handshake": on_the_wire,
    "ssl.read": became_text,
    "ssl.send": became_cipher,
    "ssl.unwrap": on_the_wire,
    "accept": _accepted,
    "bind": _bound,
    "close": closed,
    "connect": _connected,
    "connect_ex": _connected_ex,
    "detach": _detached,
    "dup": _duplicated,
    "epoll_wait": _ready,
    "getpeername": _peer_name,
    "getsockname": _own_name,
    "getsockopt": option_asked,
    "listen": _listening,
    "poll": _ready,
    "recv": received,
    "recv_into": received,
    "recvfrom": received,
    "recvfrom_into": received,
    "recvmsg": received,
    "recvmsg_into": received,
    "select": _ready,
    "send": sent,
    "sendfile": sent,
    "sendmsg": sent,
    "sendto": sent,
    "setblocking": _blocking_set,
    "setsockopt": option_set,
    "settimeout": _timeout_set,
    "shutdown": _shut,
    "socket": _born,
    "socketpair": _paired,
}
