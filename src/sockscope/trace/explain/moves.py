"""What it means that a send or a receive moved so many octets: the three answers of each.

A receive gives all that was asked for, less (a partial read), or nothing more for ever.
A send takes everything, less (the buffer is full), or raises.
"""

from __future__ import annotations

from ..names import MSG_WAITALL, is_int
from .scene import Scene

LOOK_BACK = 256
"""Calls that are searched for an earlier one, so that explaining costs the same anywhere."""


def octets(n: int) -> str:
    """``1 byte``, ``16 bytes``."""
    return "1 byte" if n == 1 else f"{n} bytes"


# -- receiving -------------------------------------------------------------------


def received(scene: Scene) -> str:
    """What a receive that returned means."""
    call, n = scene.call, scene.moved
    if n is None:
        return "what had arrived was handed over"
    asked = call.asked
    if call.peeks:
        return f"looked at {octets(n)} and took none: they stay in the receive buffer"
    if scene.is_datagram:
        return _datagram(scene, n)
    if n == 0:
        return _nothing(scene, asked)
    if asked is None:
        return f"{octets(n)} had arrived"
    if n >= asked:
        return _all(scene, n)
    if call.limit is not None and n == call.limit:
        return f"sockscope let it take at most {n} of the {asked}: TCP may always answer so"
    return _partial(scene, n, asked)


def _datagram(scene: Scene, n: int) -> str:
    size = scene.first_datagram()
    if size is not None and size > n == scene.call.asked:
        return f"only {n} of a datagram's {size} bytes: the other {size - n} are lost for good"
    return f"one datagram of {octets(n)}: each recv() gives a whole one"


def _nothing(scene: Scene, asked: int | None) -> str:
    if asked == 0:
        return "nothing was asked for, so nothing came"
    process = scene.state.processes.get(scene.call.proc)
    last = process.last if process else None
    if last and last.errno == "ECONNRESET" and last.fd == scene.call.fd:
        return "b'' after a reset: not a clean end, the connection was broken off"
    if _shut_by_itself(scene):
        return "b'': this end has shut down receiving"
    return f"b'': {scene.peer_name} has finished sending"


def _shut_by_itself(scene: Scene) -> bool:
    """Whether b'' is this end's own doing: shutdown(SHUT_RD), not long ago."""
    if scene.into is None or scene.into.finished:
        return False
    place = (scene.call.proc, scene.call.fd)
    return any(
        call.name == "shutdown" and (call.proc, call.fd) == place and call.args[:1] in ((0,), (2,))
        for call in scene.state.calls[-LOOK_BACK:]
    )


def _all(scene: Scene, n: int) -> str:
    rest = _waiting_after(scene, n)
    if rest:
        return f"plenty waits: all {n} asked for, {rest} stay in the receive buffer"
    how = "MSG_WAITALL waited for all" if _waits_for_all(scene) else "all"
    return f"{how} {octets(n)} asked for" if n != 1 else "the 1 byte asked for"


def _waits_for_all(scene: Scene) -> bool:
    return any(is_int(arg) and arg & MSG_WAITALL for arg in scene.call.args[1:])


def _partial(scene: Scene, n: int, asked: int) -> str:
    coming = _still_unread(scene, n) + scene.offered_by_peer()
    head = f"{n} of the {asked} bytes asked for: a partial read"
    if coming >= asked - n:
        return f"{head}, {asked - n} still to come"
    if coming:
        return f"{head}; at least {octets(coming)} more will come"
    if scene.into is not None and scene.into.finished:
        return f"{head}, and the last: {scene.peer_name} has finished sending"
    return f"{head}; loop if all {asked} are needed"


def _waiting_after(scene: Scene, n: int) -> int:
    return max(0, scene.into.waiting - n) if scene.into is not None else 0


def _still_unread(scene: Scene, n: int) -> int:
    """Octets that the sender's kernel is known to have taken and this program not to have."""
    stream = scene.into
    return max(0, stream.accepted - stream.read - n) if stream is not None else 0


# -- sending ---------------------------------------------------------------------


def sent(scene: Scene) -> str:
    """What a send that returned means."""
    n, asked = scene.moved, scene.call.asked
    if n is None:
        return "the kernel took it"
    if scene.is_datagram:
        if scene.view is not None and scene.view.family == "unix":
            return f"one datagram of {octets(n)}: it waits in the receiver's queue"
        return f"one datagram of {octets(n)} left: nobody promises that it arrives"
    if asked is not None and n < asked:
        return _short(scene, n, asked)
    if n == 0:
        return "nothing was given, so nothing was sent"
    taken = f"all {octets(n)} were taken" if n != 1 else "the 1 byte was taken"
    out = scene.out
    if out is not None and out.read >= out.handed_over + n:
        return f"{taken}, and {scene.peer_name} has read them already"
    if out is not None and out.abandoned:
        return f"{taken}, but {scene.peer_name} has closed: a reset will answer"
    return f"{taken} by the kernel: {scene.peer_name} has not read them yet"


def _short(scene: Scene, n: int, asked: int) -> str:
    if scene.call.limit is not None and n == scene.call.limit:
        return f"sockscope let it send at most {n} of the {asked}: TCP may always answer so"
    room = f"the send buffer had room for only {n} of {asked}"
    if scene.call.via == "sendall":
        return f"{room}: sendall() goes on with the rest"
    return f"{room}: the rest must be sent again"
