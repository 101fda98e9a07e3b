"""Whether two addresses are the same place."""

from __future__ import annotations

from typing import Any, Final

from .names import is_int

ANYWHERE: Final = ("", "0.0.0.0", "::")
"""Hosts that stand for every address of the machine."""


def covers(own: Any, address: Any) -> bool:
    """Whether a socket named ``own`` answers to ``address``."""
    if isinstance(own, str) or isinstance(address, str):
        return bool(own) and own == address
    if own is None or address is None or own[1] != address[1]:
        return False
    same = own[0] == address[0] or own[0] in ANYWHERE or address[0] in ANYWHERE
    return same or {own[0], address[0]} == {"localhost", "127.0.0.1"}


def is_address(value: Any) -> bool:
    """Whether an argument is ``(host, port)``, with more behind it for IPv6."""
    return (
        isinstance(value, (list, tuple))
        and len(value) >= 2
        and isinstance(value[0], str)
        and is_int(value[1])
    )
