"""The sockets that any process holds, whoever it is: proc(5), ``fd`` and ``net/tcp``."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

from ..trace.events import SocketView

_SOCKET = re.compile(r"socket:\[(\d+)\]")
_FAMILIES = (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6))


def held_by(pid: int) -> list[SocketView]:
    """What is known of a process's sockets from outside; empty where it may not be seen."""
    inodes = set(_inodes(pid))
    ends = {inode: pair for inode, *pair in _connections(pid) if inode in inodes}
    return [
        SocketView(fd=None, kind="connected", inode=inode, local=local, peer=peer)
        for inode in sorted(inodes)
        for local, peer in [ends.get(inode, (None, None))]
    ]


def _inodes(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            match = _SOCKET.fullmatch(str(path.readlink()))
        except OSError:
            continue
        if match:
            yield int(match[1])


def _connections(pid: int) -> Iterator[tuple[int, tuple[str, int], tuple[str, int]]]:
    for name, family in _FAMILIES:
        try:
            lines = Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            yield int(fields[9]), _address(fields[1], family), _address(fields[2], family)


def _address(text: str, family: int) -> tuple[str, int]:
    """An address as the kernel writes it: each 32 bits of it in the machine's own order."""
    octets, port = text.split(":")
    words = [int(octets[i : i + 8], 16).to_bytes(4, "little") for i in range(0, len(octets), 8)]
    return socket.inet_ntop(family, b"".join(words)), int(port, 16)
