"""Our ends of a tracee's three pipes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import struct
from dataclasses import dataclass, replace
from typing import Any

REPORTS_SIZE = 1 << 18
"""Octets that a tracee may be ahead of us with its reports before it has to wait."""

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Ends:
    """Orders are written to the first, reports read from the second; the third is held.

    A child has its parent's lifeline.
    """

    orders: int
    reports: int
    lifeline: int | None = None

    def __post_init__(self) -> None:
        os.set_blocking(self.orders, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self.reports, fcntl.F_SETPIPE_SZ, REPORTS_SIZE)

    def order(self, do: str, **fields: Any) -> None:
        """Send one order; a tracee that is gone takes none."""
        body = json.dumps({"do": do, **fields}).encode()
        with contextlib.suppress(OSError):
            os.write(self.orders, _LENGTH.pack(len(body)) + body)

    def renewed(self, ends: Ends) -> Ends:
        """New pipes in the place of these, which are closed; the lifeline stays."""
        os.close(self.orders)
        return replace(ends, lifeline=self.lifeline)

    def close(self) -> None:
        """Let go of what the tracee writes to and is held by; its reports have a reader."""
        os.close(self.orders)
        if self.lifeline is not None:
            os.close(self.lifeline)

    def give_up(self) -> None:
        """Let go of all three: the tracee is none."""
        self.close()
        os.close(self.reports)
