"""The exit status of a process that is no child of ours, as the kernel tells it.

While nobody has waited for it, it stands in its stat file (proc(5), exit_code); from then on
Linux 6.15 and later keep it for who holds a pidfd (PIDFD_GET_INFO, linux/pidfd.h).
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

_INFO = struct.Struct("=Q52xi")  # struct pidfd_info: mask first, exit_code last
_PIDFD_GET_INFO = 3 << 30 | _INFO.size << 16 | 0xFF << 8 | 11
_PIDFD_INFO_EXIT = 1 << 3
_EXIT_CODE = 49
"""Where exit_code stands in the stat file, counted from the state."""


def status_of(pid: int, pidfd: int) -> int | None:
    """The status of a process that has ended, negative for a signal; None where it is not told.

    Asked twice, for between the two questions somebody may have waited for it.
    """
    told = _told_by_pidfd(pidfd)
    if told is None:
        told = _told_by_stat(pid)
    if told is None:
        told = _told_by_pidfd(pidfd)
    return None if told is None else os.waitstatus_to_exitcode(told)


def _told_by_pidfd(pidfd: int) -> int | None:
    info = bytearray(_INFO.pack(_PIDFD_INFO_EXIT, 0))
    try:
        fcntl.ioctl(pidfd, _PIDFD_GET_INFO, info)
    except OSError:
        return None
    mask, code = _INFO.unpack(info)
    return int(code) if mask & _PIDFD_INFO_EXIT else None


def _told_by_stat(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None
    return int(fields[_EXIT_CODE]) if fields[0] == "Z" else None
