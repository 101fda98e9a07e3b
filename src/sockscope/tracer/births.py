"""The line on which children make themselves known: see ``tracee.family``."""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from .ends import Ends

MAX_MESSAGE = 1 << 16
"""Octets of what a child tells of itself."""

FDS = 2


@dataclass(frozen=True, slots=True)
class Birth:
    """A process that has come to be a tracee, and our ends of its pipes."""

    pid: int
    parent: int
    argv: tuple[str, ...]
    ends: Ends


class Births:
    """Hands each birth to ``born``.  ``fd`` is for every tracee to inherit."""

    def __init__(self, born: Callable[[Birth], None]) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        self._born = born
        self.fd = self._theirs.fileno()
        asyncio.get_running_loop().add_reader(self._ours, self._receive)

    def close(self) -> None:
        """Hear of no more births."""
        asyncio.get_running_loop().remove_reader(self._ours)
        self._ours.close()
        self._theirs.close()

    def _receive(self) -> None:
        fds = array.array("i")
        try:
            text, ancillary, _, _ = self._ours.recvmsg(
                MAX_MESSAGE, socket.CMSG_LEN(FDS * fds.itemsize), socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return
        for _, _, octets in ancillary:
            fds.frombytes(octets[: len(octets) - len(octets) % fds.itemsize])
        birth = _read(text, fds.tolist())
        if birth is not None:
            self._born(birth)


def _read(text: bytes, fds: list[int]) -> Birth | None:
    """What a message says; None, and its fds closed, where it makes no sense."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        told = json.loads(text)
        orders, reports = fds
        argv = tuple(map(str, told["argv"]))
        return Birth(int(told["pid"]), int(told["parent"]), argv, Ends(orders, reports))
    for fd in fds:
        os.close(fd)
    return None
