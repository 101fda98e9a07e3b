"""A network for one test: the well-known port that a picture shows is nobody else's."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNET = 0x40000000  # unshare(2)
_SIOCSIFFLAGS = 0x8914  # netdevice(7)
_IFF_UP, _IFF_RUNNING = 0x1, 0x40

_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def own_network(port: int) -> Iterator[None]:
    """A network namespace with a loopback of its own; without the right to one, a turn at ``port``.

    Holds for the calling thread and for the processes that it starts.
    """
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if _libc.unshare(_CLONE_NEWNET) != 0:
            with _turn(port):
                yield
            return
        try:
            _raise_loopback()
            yield
        finally:
            assert _libc.setns(before, _CLONE_NEWNET) == 0
    finally:
        os.close(before)


def _raise_loopback() -> None:
    request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


@contextmanager
def _turn(port: int) -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / f"sockscope-test-port-{port}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
