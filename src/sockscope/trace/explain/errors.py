"""The cause of each error on this very pair, one small function or text for each errno."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..names import GATE, RECEIVES, SENDS
from ..places import covers
from ..words import address_text, call_text, seconds_text
from .moves import octets
from .scene import Scene

if TYPE_CHECKING:
    from ..state import Process

PRIVILEGED = 1024


def error_meaning(scene: Scene) -> str:
    """One sentence for a call that raised."""
    call = scene.call
    if call.errno is None and call.exception in ("TimeoutError", "timeout"):
        return _timed_out(scene)
    by_exception = _EXCEPTIONS.get(call.exception or "")
    if by_exception is not None:
        return by_exception(scene) if callable(by_exception) else by_exception
    known = errno_meaning(scene, call.errno)
    return known or call.message or f"{call.exception or 'an exception'} was raised"


def errno_meaning(scene: Scene, errno: str | None) -> str:
    """The cause of an errno; empty where it is not known."""
    cause = _ERRNOS.get(errno or "", "")
    return cause(scene) if callable(cause) else cause


def _timed_out(scene: Scene) -> str:
    call = scene.call
    after = "timed out" if call.timeout is None else f"timed out after {seconds_text(call.timeout)}"
    if call.name in RECEIVES:
        return f"{after}: nothing arrived; the bytes read before stay read"
    if call.name in SENDS:
        return f"{after}: the send buffer stayed full, {scene.peer_name} does not read"
    if call.name == "accept":
        return f"{after}: no client connected"
    return f"{after}: the handshake was not answered" if "connect" in call.name else after


# -- addresses -------------------------------------------------------------------


def _address_in_use(scene: Scene) -> str:
    view = scene.view
    wanted = scene.address if scene.address is not None else view.local if view else None
    where = "that address" if wanted is None else address_text(wanted)
    for socket in scene.sockets_at(wanted):
        if socket is not scene.socket:
            return f"{socket.end.proc}'s fd {socket.end.fd} holds {where} already"
    left = [v for v in scene.state.unheld if covers(v.local, wanted)]
    if any(v.state == "TIME_WAIT" for v in left):
        return f"an old connection at {where} is in TIME_WAIT: needs SO_REUSEADDR, then and now"
    if left:
        return f"a connection at {where} that was closed is not quite over yet"
    return f"another program on this machine, or an old connection, holds {where}"


def _address_not_here(scene: Scene) -> str:
    if scene.call.name == "bind" and isinstance(scene.address, tuple):
        return f"{scene.address[0]} is not an address of this machine"
    return "no free local port is left for this connection, or it exists already"


def _no_access(scene: Scene) -> str:
    port = scene.port
    if scene.call.name == "bind" and port is not None and 0 < port < PRIVILEGED:
        return f"ports below {PRIVILEGED} need a privilege (root, or CAP_NET_BIND_SERVICE)"
    return "permission denied: a broadcast address, a file's mode, or a rule forbids it"


# -- connections -----------------------------------------------------------------


def _refused(scene: Scene) -> str:
    where = scene.address_text
    if scene.is_datagram:
        return "nobody received an earlier datagram there, and its machine said so"
    bound = next((s for s in scene.sockets_at(scene.address) if s is not scene.socket), None)
    if bound is not None and bound.view.kind == "bound":
        return f"{bound.end.proc} has claimed {where}, but does not listen there yet"
    for process in _others(scene):
        if process.open and process.open[0].phase == GATE and _prepares(process):
            return f"nobody listens at {where} yet: {process.name} is at {_next(process)}"
    return f"nobody listens at {where}: the kernel there answered with a reset"


def _others(scene: Scene) -> list[Process]:
    return [p for p in scene.state.processes.values() if p.name != scene.call.proc]


def _prepares(process: Process) -> bool:
    return process.open[0].name in ("socket", "setsockopt", "bind", "listen")


def _next(process: Process) -> str:
    return call_text(process.open[0], 16)


def _reset(scene: Scene) -> str:
    if scene.call.name == "accept":
        return "the client broke off while it waited in the queue"
    peer, stream = scene.peer_name, scene.out
    if stream is not None and stream.abandoned and stream.accepted > stream.read:
        lost = octets(stream.accepted - stream.read)
        return f"{peer} closed with {lost} unread, so its kernel sent a reset (RST)"
    process = scene.peer_process
    if process is not None and process.exited:
        return f"{peer} is gone, and its kernel answered with a reset (RST)"
    return f"{peer} broke off: it closed with bytes unread, died, or was sent to in vain"


def _broken_pipe(scene: Scene) -> str:
    view = scene.view
    if scene.kind in ("unbound", "bound", "listening"):
        return _not_connected(scene)
    if scene.has_shut_down:
        return "this end has shut down sending: nothing more can be sent"
    if scene.out is not None and scene.out.finished:
        return "this end has shut down sending: nothing more can be sent"
    if view is not None and view.family == "unix":
        return f"{scene.peer_name} has closed: nothing more can be sent"
    return f"{scene.peer_name} has closed, and its reset has come: nothing more can be sent"


def _not_connected(scene: Scene) -> str:
    if scene.kind == "listening":
        return "a listening socket has no peer: accept() gives the socket that has"
    if scene.kind in ("unbound", "bound"):
        return "it is not connected yet: connect() comes first"
    if scene.kind == "connecting":
        return "it is not connected yet: its handshake is under way"
    return f"it is not connected, or no longer: {scene.standing}"


def _is_connected(scene: Scene) -> str:
    if scene.kind == "listening":
        return "a listening socket never becomes connected: use another one"
    if scene.kind == "closed":
        return "its connection is over, but it cannot have another: use a new socket"
    return f"{scene.standing}: a new connection needs a new socket"


def _invalid(scene: Scene) -> str:
    name, kind = scene.call.name, scene.kind
    if name == "accept":
        if kind == "listening":
            return "the listening socket was shut down"
        return f"accept() works only after listen(): {scene.standing}"
    if name == "bind":
        return f"this socket has an address already ({scene.standing}): bind() works once"
    if name == "listen":
        return f"this socket cannot listen: {scene.standing}"
    if name in ("connect", "connect_ex") and kind == "listening":
        return "a listening socket never becomes connected: use another one"
    return "the kernel does not accept these arguments for this socket"


def _would_wait(scene: Scene) -> str:
    name = scene.call.name
    if name in RECEIVES:
        return "nothing has arrived yet, and this socket does not wait"
    if name in SENDS and scene.is_datagram and scene.view and scene.view.family == "unix":
        return "the receiver's queue is full of datagrams, and this socket does not wait"
    if name in SENDS:
        return "the send buffer is full, and this socket does not wait"
    if name == "accept":
        return "no client has connected yet, and this socket does not wait"
    return "it cannot be done at once, and this socket does not wait"


def _unsupported(scene: Scene) -> str:
    if scene.is_datagram and scene.call.name in ("listen", "accept"):
        return "datagram sockets have no connections: they never listen"
    return "this kind of socket cannot do that"


def _no_route(scene: Scene) -> str:
    return f"this machine knows no way to {scene.address_text}"


def _unknown_host(scene: Scene) -> str:
    address = scene.address
    name = address[0] if isinstance(address, tuple) else address
    return f"no address was found for the name {name}" if name else "the name was not found"


def _out_of_range(scene: Scene) -> str:
    port = scene.port
    if port is not None and not 0 <= port <= 65535:
        return "ports go from 0 to 65535: Python did not ask the kernel"
    return scene.call.message or "a number was too large"


def _refused_by_python(scene: Scene) -> str:
    message = scene.call.message
    return f"Python refused it before the kernel saw it: {message}" if message else "wrong use"


Cause = str | Callable[[Scene], str]

_ERRNOS: Mapping[str, Cause] = {
    "EACCES": _no_access,
    "EADDRINUSE": _address_in_use,
    "EADDRNOTAVAIL": _address_not_here,
    "EAFNOSUPPORT": "the address is of another family than the socket",
    "EAGAIN": _would_wait,
    "EALREADY": "an earlier connect() on this socket is still under way",
    "EBADF": "this socket is closed: its fd is no longer open",
    "ECONNABORTED": "the client broke off while it waited in the queue",
    "ECONNREFUSED": _refused,
    "ECONNRESET": _reset,
    "EDESTADDRREQ": "no destination: connect() or sendto() must name one",
    "EHOSTUNREACH": "nobody answers for that address on the way there",
    "EINPROGRESS": "the handshake has begun: the socket can be written to once it is done",
    "EINTR": "a signal came while it waited",
    "EINVAL": _invalid,
    "EISCONN": _is_connected,
    "EMFILE": "this process has as many files open as it may have (ulimit -n)",
    "EMSGSIZE": "too large for one datagram",
    "ENETUNREACH": _no_route,
    "ENFILE": "this machine has as many files open as it may have",
    "ENOBUFS": "the kernel is out of memory for buffers",
    "ENOENT": "there is no socket at that path",
    "ENOMEM": "the kernel is out of memory",
    "ENOPROTOOPT": "this kind of socket has no such option",
    "ENOTCONN": _not_connected,
    "ENOTSOCK": "this fd is not a socket",
    "EOPNOTSUPP": _unsupported,
    "EPERM": "a rule of this machine forbids it, a firewall's for example",
    "EPIPE": _broken_pipe,
    "EPROTONOSUPPORT": "this machine does not have that protocol",
    "EPROTOTYPE": "the socket at that path is of another type",
    "ETIMEDOUT": "no answer came, and after many tries the kernel gave up",
    "EWOULDBLOCK": _would_wait,
}

_EXCEPTIONS: Mapping[str, Cause] = {
    "KeyboardInterrupt": "interrupted from the keyboard (Ctrl+C)",
    "OverflowError": _out_of_range,
    "SSLWantReadError": "OpenSSL needs more from the peer first: again once the fd can be read",
    "SSLWantWriteError": "OpenSSL has to send first: again once the fd can be written",
    "TypeError": _refused_by_python,
    "ValueError": _refused_by_python,
    "gaierror": _unknown_host,
    "herror": _unknown_host,
}
