"""What close() and shutdown() mean for the two ends of a connection."""

from __future__ import annotations

from .moves import octets
from .scene import Scene


def closed(scene: Scene) -> str:
    """What a close means; the one that Python makes for a forgotten socket says so."""
    sentence = _closed(scene)
    return f"forgotten, so Python closed it: {sentence}" if scene.call.via == "gc" else sentence


def _closed(scene: Scene) -> str:
    holder = next(scene.other_holders(), None)
    if holder is not None:
        return f"nothing ends yet: {holder.end.proc}'s fd {holder.end.fd} holds the same socket"
    view = scene.view
    if scene.call.fd < 0:
        return "it was closed already: Python makes no system call for it"
    if view is not None and view.kind == "closed":
        return "the connection is over already: only the fd is free again"
    if view is None or view.kind == "unbound":
        return "it was never connected: only the fd is free again"
    if view.kind == "listening":
        return _stopped_listening(view.accept_length)
    if view.kind == "bound" or scene.is_datagram:
        return "the fd and its address are free again"
    if view.kind == "connecting":
        return "gives up: the handshake was not finished"
    return _hung_up(scene, view.state)


def _stopped_listening(queued: int | None) -> str:
    if queued:
        clients = "client" if queued == 1 else "clients"
        return f"stops listening: the {queued} {clients} in its queue are reset"
    return "stops listening: new clients are refused, accepted sockets live on"


def _hung_up(scene: Scene, tcp_state: str | None) -> str:
    peer, unread = scene.peer_name, scene.into.waiting if scene.into else 0
    if unread:
        return f"{octets(unread)} were never read, so {peer} gets a reset (RST)"
    if scene.view is not None and scene.view.family == "unix":
        return f"{peer} will read b'' after the last byte"
    if tcp_state in ("FIN_WAIT1", "FIN_WAIT2"):
        return f"{peer} knew already that no more comes; now nothing is received either"
    if tcp_state == "CLOSE_WAIT" or (scene.into is not None and scene.into.finished):
        return f"{peer} had finished before: now both directions are over"
    return f"FIN: {peer} will read b'' after the last byte"


def shut(scene: Scene, how: str | None) -> str:
    """What a shutdown means; ``how`` is the name of its argument."""
    peer = scene.peer_name
    if scene.kind == "listening" and how == "SHUT_WR":
        return "nothing changes: it listens, and never sends"
    if scene.kind == "listening":
        return "stops listening: new clients are refused"
    if scene.kind == "connecting":
        return "gives up: the handshake was not finished"
    if scene.kind == "connected" and how == "SHUT_WR" and scene.has_shut_down:
        return "nothing changes: this end has shut down sending before"
    if how == "SHUT_WR" and scene.view is not None and scene.view.state == "CLOSE_WAIT":
        return f"FIN: {peer} had finished before: now both directions are over"
    if how == "SHUT_RD":
        return f"recv() gives b'' from now on; {peer} is not told"
    if how == "SHUT_WR":
        return f"FIN: {peer} will read b'' after the last byte; receiving still works"
    return f"FIN: {peer} will read b'' after the last byte; neither way is left here"
