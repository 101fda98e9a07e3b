"""What a blocked call waits for, and what the one it waits for is doing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..names import BLOCKED, GATE
from ..waiting import awaited
from ..words import MAX_ARGS, call_text
from .scene import Scene


def wait_meaning(scene: Scene) -> str:
    """One sentence for a call that is blocked."""
    explain = _WAITS.get(scene.call.name)
    return explain(scene) if explain else "waits in the kernel"


def _peer_does(scene: Scene) -> str:
    """What the other end does meanwhile, as a clause; empty where it is not known."""
    process = scene.peer_process
    if process is None or process.name == scene.call.proc:
        return ""
    if process.exited:
        return "; it has exited"
    call = process.pending
    if call is None:
        return ""
    if call.phase == BLOCKED:
        return f"; it is blocked itself, in {call.name}()"
    return f"; it is at {call_text(call, 8)}" if call.phase == GATE else ""


def _for_client(scene: Scene) -> str:
    for process in scene.state.processes.values():
        call = process.pending
        if call is not None and call.phase == GATE and call.name in ("connect", "connect_ex"):
            return f"no client has connected yet; {process.name} is at connect()"
    return "no client has connected yet"


def _for_octets(scene: Scene) -> str:
    if scene.is_datagram:
        return "no datagram has arrived yet"
    if scene.kind == "connecting":
        return "not connected yet: waits for the handshake, and then for the peer to send"
    return f"nothing has arrived: waits until {scene.peer_name} sends{_peer_does(scene)}"


def _for_room(scene: Scene) -> str:
    peer = scene.peer_name
    if scene.kind == "connecting":
        return "not connected yet: waits for the handshake"
    if scene.is_datagram:
        return "the receiver's queue is full: it must take a datagram first"
    return f"the send buffer is full: {peer} does not read{_peer_does(scene)}"


def _for_handshake(scene: Scene) -> str:
    listener = scene.listener_at(scene.address)
    if listener is None:
        return "waits for the other end to answer the handshake"
    length, limit = listener.view.accept_length, listener.view.accept_limit
    # The queue takes one more than its limit: listen(n) lets n + 1 in (sk_acceptq_is_full).
    if length is not None and limit is not None and length > limit:
        return f"the queue is full: the handshake waits until {listener.end.proc} accepts"
    return f"the handshake waits for {listener.end.proc}'s kernel to answer"


def _for_goodbye(scene: Scene) -> str:
    return f"waits until {scene.peer_name} has the last bytes (SO_LINGER)"


def _for_any(scene: Scene) -> str:
    """Which fds a wait for any of several is for; the first of many."""
    args = scene.call.args
    fds = [str(fd) for fd, _ in awaited(args[0] if args else None)]
    if not fds:
        return "waits in the kernel"
    names = ", ".join(fds[:MAX_ARGS]) + (", …" if len(fds) > MAX_ARGS else "")
    return f"waits until fd {names} is ready" if len(fds) == 1 else f"waits for any of fd {names}"


_WAITS: Mapping[str, Callable[[Scene], str]] = {
    "accept": _for_client,
    "close": _for_goodbye,
    "connect": _for_handshake,
    "connect_ex": _for_handshake,
    "epoll_wait": _for_any,
    "poll": _for_any,
    "recv": _for_octets,
    "recv_into": _for_octets,
    "recvfrom": _for_octets,
    "recvfrom_into": _for_octets,
    "recvmsg": _for_octets,
    "recvmsg_into": _for_octets,
    "select": _for_any,
    "ssl.do_handshake": _for_octets,
    "ssl.read": _for_octets,
    "send": _for_room,
    "sendfile": _for_room,
    "sendmsg": _for_room,
    "sendto": _for_room,
}
