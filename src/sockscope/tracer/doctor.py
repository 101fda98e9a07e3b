"""What this machine can show: each ability is tried on real sockets, not looked up."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import unheld

_SIOCOUTQ, _SIOCOUTQNSD, _FIONREAD, _F_SETSIG = 0x5411, 0x894B, 0x541B, 10
_ASLEEP_DEADLINE = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One ability of this machine, and what is lost where it is missing."""

    ability: str
    source: str
    works: bool
    cost: str
    essential: bool = False


def examine() -> Iterator[Finding]:
    """Try everything that sockscope relies on."""
    for ability, source, cost, essential, attempt in _ABILITIES:
        yield Finding(ability, source, _works(attempt), cost, essential)


def _works(attempt: Callable[[], bool]) -> bool:
    try:
        return attempt()
    except (OSError, AttributeError, struct.error, subprocess.SubprocessError):
        return False


@contextlib.contextmanager
def _connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A sender with five octets on their way, and the receiver where they wait."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as sender:
        sender.connect(listener.getsockname())
        receiver, _ = listener.accept()
        with receiver:
            sender.sendall(b"hello")
            yield sender, receiver


def _count(sock: socket.socket, request: int) -> int:
    return int(struct.unpack("i", fcntl.ioctl(sock, request, bytes(4)))[0])


def _connects() -> bool:
    with _connection() as (_, receiver):
        return receiver.recv(5) == b"hello"


def _counts_unread() -> bool:
    with _connection() as (_, receiver):
        return _count(receiver, _FIONREAD) == 5 and receiver.recv(5, socket.MSG_PEEK) == b"hello"


def _counts_unsent() -> bool:
    with _connection() as (sender, _):
        return _count(sender, _SIOCOUTQ) >= _count(sender, _SIOCOUTQNSD) == 0


def _tells_state() -> bool:
    with _connection() as (sender, _):
        info = sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return info[0] == 1 and struct.unpack_from("Q", info, 200)[0] == 5


def _finds_unheld() -> bool:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.connect(listener.getsockname())
        waiting = (client.getpeername(), client.getsockname())
        return [view.state for view in unheld.read([waiting])] == ["ESTABLISHED"]


def _tells_where_asleep() -> bool:
    """Whether ``wchan`` names the function in which a blocked thread sleeps."""
    with _connection() as (sender, receiver):
        receiver.recv(5)
        reader = threading.Thread(target=receiver.recv, args=(1,))
        reader.start()
        path = Path(f"/proc/self/task/{reader.native_id}/wchan")
        answer = _first_answer(path)
        sender.sendall(b"x")
        reader.join()
        return answer is not None


def _first_answer(path: Path) -> str | None:
    deadline = threading.Event()
    timer = threading.Timer(_ASLEEP_DEADLINE, deadline.set)
    timer.start()
    try:
        while not deadline.is_set():
            answer = path.read_text()
            if answer not in ("", "0"):
                return answer
    finally:
        timer.cancel()
    return None


def _holds_lifeline() -> bool:
    """Whether the kernel signals a child when a pipe's other end closes."""
    read_end, write_end = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-c", _LIFELINE_CHILD, str(read_end)],
        pass_fds=(read_end,),
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(read_end)
    assert child.stdout is not None
    with child.stdout as ready:
        ready.readline()
        os.close(write_end)
        try:
            return child.wait(timeout=2.0) == -signal.SIGKILL
        finally:
            child.kill()
            child.wait()


_LIFELINE_CHILD = f"""
import fcntl, os, signal, sys
fd = int(sys.argv[1])
fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpgrp())
fcntl.fcntl(fd, {_F_SETSIG}, signal.SIGKILL)
fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
print(flush=True)
signal.pause()
"""

_ABILITIES: tuple[tuple[str, str, str, bool, Callable[[], bool]], ...] = (
    ("connections over loopback", "socket(7)", "nothing can be shown", True, _connects),
    (
        "unread bytes, counted and seen",
        "FIONREAD, MSG_PEEK",
        "receive buffers stay dark",
        True,
        _counts_unread,
    ),
    (
        "unsent and unacknowledged bytes",
        "SIOCOUTQNSD, SIOCOUTQ",
        "send buffers stay dark",
        True,
        _counts_unsent,
    ),
    (
        "socket states and totals",
        "TCP_INFO",
        "states and accept queues stay dark",
        True,
        _tells_state,
    ),
    (
        "sockets that no process holds",
        "sock_diag(7)",
        "TIME_WAIT and waiting connections are not listed",
        False,
        _finds_unheld,
    ),
    (
        "where a blocked call sleeps",
        "/proc wchan",
        "a call counts as blocked when poll(2) finds it not ready",
        False,
        _tells_where_asleep,
    ),
    (
        "no program outlives sockscope",
        "fcntl(2) F_SETSIG",
        "programs may go on after sockscope was killed",
        True,
        _holds_lifeline,
    ),
)
