"""Sockets that no ``socket.socket`` stands for, so that nothing done with them is seen.

C code makes some, and some are there before the program begins, until a socket object takes
them over.
"""

from __future__ import annotations

import os

from . import probe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Iterator

    Views = Dict[int, Dict[str, Any]]

MADE = "fd {}: a socket that no Python socket stands for: what is done with it is not seen"
FOUND = "fd {}: a socket from before the program that no Python socket took over"


class Strangers:
    """Knows the sockets that socket objects were made for, and those from before the program."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}  # the inode by fd; a closed one's stays until the next
        self._before = {inode for _, inode in _inodes(probe.socket_fds())}
        self._told: set[int] = set()

    def meet(self, fd: int) -> None:
        """A socket object is made for this fd."""
        self._known.update(_inodes([fd]))

    def among(self, views: Views) -> Iterator[str]:
        """What there is to say of these sockets, each once."""
        for fd, view in views.items():
            inode = view["inode"]
            if self._known.get(fd) != inode and inode not in self._before:
                yield from self._once(inode, MADE.format(fd))

    def left(self) -> Iterator[str]:
        """What there is to say of those that are there at the end."""
        for fd, inode in _inodes(probe.socket_fds()):
            if self._known.get(fd) != inode:
                words = FOUND if inode in self._before else MADE
                yield from self._once(inode, words.format(fd))

    def _once(self, inode: int, words: str) -> Iterator[str]:
        if inode not in self._told:
            self._told.add(inode)
            yield words


def _inodes(fds: Iterable[int]) -> Iterator[tuple[int, int]]:
    for fd in fds:
        try:
            yield fd, os.fstat(fd).st_ino
        except OSError:
            continue
