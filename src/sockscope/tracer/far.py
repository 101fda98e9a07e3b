"""A tracee behind a link: what comes from it is put into pipes, as if it were near."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import os
import signal
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from ..trace.events import SocketView
from ..tracee import porter

KILL_DEADLINE = 2.0
"""Seconds after which a link that does not tell of the end of a killed tracee is given up."""


class Way(Protocol):
    """What a far tracee needs of its link."""

    ahead: int

    def tell(self, kind: bytes, body: bytes) -> None: ...

    def read(self, file: str, take: Callable[[bytes], None]) -> None: ...

    def give_up(self) -> None: ...


class FarChild:
    """A ``Child`` on another host.  The link's own thread calls what stands first."""

    is_here = False

    def __init__(self, way: Way, pid: int, orders: int, reports: int) -> None:
        self.pid = pid
        self.ahead = way.ahead
        self.orders = orders
        self._way = way
        self.stdout, stdout = os.pipe()
        self.stderr, stderr = os.pipe()
        self.ended, self._ended = os.pipe()
        self._sinks = {porter.REPORTS: reports, porter.STDOUT: stdout, porter.STDERR: stderr}
        self._code: int | None = None
        self._has_ended = False
        self._figures: dict[str, Any] = {"waits": False, "rest": None, "children": []}
        self._heard: deque[str] = deque()

    # -- for the link ------------------------------------------------------------------

    def take(self, kind: bytes, body: bytes) -> None:
        """A frame has come from it, or about it."""
        if kind in self._sinks:
            self._pass_on(kind, body)
        elif kind == porter.FIGURES:
            self._figures = json.loads(body)
        elif kind == porter.EXIT:
            self.end(json.loads(body)["status"])

    def _pass_on(self, kind: bytes, body: bytes) -> None:
        view = memoryview(body)
        try:
            while view:
                view = view[os.write(self._sinks[kind], view) :]
        except OSError:  # nobody reads it any more
            body = b""
        if not body:
            os.close(self._sinks.pop(kind))

    def pass_orders(self) -> None:
        """Send on what it is ordered, unless the next one has just taken its place."""
        if self.orders < 0:
            return
        data = os.read(self.orders, porter.CHUNK)
        if data:
            self._way.tell(porter.ORDERS, data)
        else:
            os.close(self.orders)
            self.orders = -1

    def hear(self, what: str) -> None:
        """Something that its user should know was said on the way."""
        self._heard.append(what)

    def end(self, code: int | None) -> None:
        """It has ended, with a status or a negative signal, or in a way that nobody knows."""
        if not self._has_ended:
            self._has_ended = True
            self._code = code
            os.close(self._ended)

    def close(self) -> None:
        """Nothing more will come of it."""
        self.end(None)
        for kind in list(self._sinks):
            os.close(self._sinks.pop(kind))
        if self.orders >= 0:
            os.close(self.orders)
            self.orders = -1

    # -- for its tracer ----------------------------------------------------------------

    def wait(self) -> int | None:
        return self._code

    def kill(self, number: int, whole_group: bool) -> None:
        self._way.tell(porter.KILL, json.dumps([number, whole_group]).encode())
        if number == signal.SIGKILL and not self._has_ended:
            asyncio.get_running_loop().call_later(KILL_DEADLINE, self._give_up)

    def _give_up(self) -> None:
        if not self._has_ended:
            self._way.give_up()

    def waits_for_any(self) -> bool:
        return bool(self._figures["waits"])

    def rest(self) -> str | None:
        rest: str | None = self._figures["rest"]
        return rest

    def children(self) -> list[int]:
        return list(self._figures["children"])

    def held_by(self, _pid: int) -> list[SocketView]:
        return []  # its sockets are those of another network

    def read(self, file: str, take: Callable[[bytes], None]) -> None:
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def taken(text: bytes) -> None:
            with contextlib.suppress(RuntimeError):  # that loop is over
                loop.call_soon_threadsafe(take, text, context=context)

        self._way.read(file, taken)

    def heard(self) -> list[str]:
        return [self._heard.popleft() for _ in range(len(self._heard))]
