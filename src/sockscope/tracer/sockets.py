"""Every socket that some processes hold, found by its holder, by its other end, or by who listens.

Kept up to date socket by socket, so that a question costs the same among five and five hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..trace.events import Address, SocketView
from ..trace.places import covers

Key = tuple[str, int | None, int | None]
"""The holder's name, the fd, and the inode."""

Name = int | tuple[Address, Address]
"""What names one end of a connection: its inode, or its own address and its peer's."""


class Sockets:
    """The sockets of some processes as they were last seen."""

    def __init__(self) -> None:
        self._views: dict[tuple[str, int | None], SocketView] = {}
        self._named: dict[Name, dict[Key, SocketView]] = {}
        self._listening: dict[Key, SocketView] = {}

    def __iter__(self) -> Iterator[SocketView]:
        return iter(self._views.values())

    def view(self, proc: str, fd: int) -> SocketView | None:
        """The socket at ``fd`` of ``proc``."""
        return self._views.get((proc, fd))

    def put(self, proc: str, view: SocketView) -> None:
        """``proc`` holds this socket, which was not there or is dropped already."""
        key = (proc, view.fd, view.inode)
        self._views[proc, view.fd] = view
        if view.kind == "listening":
            self._listening[key] = view
        for name in _names(view):
            self._named.setdefault(name, {})[key] = view

    def drop(self, proc: str, view: SocketView) -> None:
        """``proc`` holds this socket no longer, or it looks otherwise now."""
        key = (proc, view.fd, view.inode)
        self._views.pop((proc, view.fd), None)
        self._listening.pop(key, None)
        for name in _names(view):
            held = self._named.get(name, {})
            held.pop(key, None)
            if not held:
                self._named.pop(name, None)

    def others(self, view: SocketView) -> Iterator[tuple[str, SocketView]]:
        """The processes that hold the other end of a connection, each with that end."""
        other: Name | None = view.peer_inode
        if other is None and view.local and view.peer:
            other = (view.peer, view.local)
        held = self._named.get(other, {}) if other is not None else {}
        return ((proc, end) for (proc, _, _), end in held.items())

    def listeners(self, address: Any) -> Iterator[tuple[str, SocketView]]:
        """The processes that listen where a connection to ``address`` goes."""
        for (proc, _, _), view in self._listening.items():
            if covers(view.local, address):
                yield proc, view


def _names(view: SocketView) -> Iterator[Name]:
    """What names a socket; most Unix sockets have no address."""
    if view.inode is not None:
        yield view.inode
    if view.local and view.peer:
        yield view.local, view.peer
