"""Whether a call sleeps in the kernel: from evidence, not from a guess by time."""

from __future__ import annotations

import select

READS = frozenset(
    ("accept", "recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into")
)
WRITES = frozenset(("send", "sendto", "sendmsg", "sendfile"))


def would_block(name: str, fd: int) -> bool | None:
    """What poll(2) says of a call before it is made; None where it cannot tell."""
    events = select.POLLIN if name in READS else select.POLLOUT if name in WRITES else 0
    if not events or fd < 0:
        return None
    poll = select.poll()
    poll.register(fd, events)
    return not poll.poll(0)


def evidence(name: str, fd: int, thread_id: int) -> str | None:
    """What shows that a thread sleeps inside a call; None where it does not, or not for good.

    Two readings must agree: /proc/self/task/TID (its state and ``wchan``, proc(5)) says
    that it sleeps in the kernel, and poll(2) that there is nothing for it to wake up to.
    """
    try:
        task = f"/proc/self/task/{thread_id}/"
        with open(task + "stat") as stat_file:
            sleeps = stat_file.read().rpartition(")")[2].split()[0] == "S"
        with open(task + "wchan") as wchan_file:
            channel = wchan_file.read().strip()
    except OSError:
        return None
    if not sleeps or channel.startswith("futex") or would_block(name, fd) is False:
        return None
    if channel in ("", "0"):
        return None if would_block(name, fd) is None else "poll(2): not ready; thread asleep"
    return f"asleep in {channel} (/proc wchan)"
