"""Pipes read in the event loop, without ever blocking it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

CHUNK = 1 << 18


class PipeReader:
    """Hands what arrives at the read end of a pipe to ``receive``, until its end."""

    def __init__(
        self,
        fd: int,
        receive: Callable[[bytes], None],
        at_end: Callable[[], None] | None = None,
    ) -> None:
        os.set_blocking(fd, False)
        self._fd = fd
        self._receive = receive
        self._at_end = at_end
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._read)

    def _read(self) -> bool:
        try:
            data = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.close()
            if self._at_end is not None:
                self._at_end()
            return False
        self._receive(data)
        return True

    def drain(self) -> None:
        """Take everything that is there already."""
        while self._fd >= 0 and self._read():
            pass

    def hold(self, held: bool) -> None:
        """Leave what arrives in the pipe for now, or go on: a full one holds its writer up."""
        if self._fd < 0:
            return
        if held:
            self._loop.remove_reader(self._fd)
        else:
            self._loop.add_reader(self._fd, self._read)

    def close(self) -> None:
        """Stop reading."""
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
