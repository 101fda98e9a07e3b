"""Watches running processes and tells what their sockets come to, as the events of a trace."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..trace import events as e
from .ensemble import first_of
from .process import event_of
from .publisher import Listener, nobody
from .watching import Watched, WatchError

INTERVAL = 0.1
"""Seconds between two looks; nobody tells when a socket changes, so it must be looked for."""


class Watcher:
    """Looks at ``processes`` until the last has ended, or it is closed.

    Nothing in it blocks the event loop.  A process that may not be looked into any longer is
    said to be not seen.
    """

    def __init__(self, processes: Sequence[Watched]) -> None:
        self.listener: Listener = nobody
        self._living = list(processes)
        self._n = 0
        self._began = time.monotonic_ns()
        self._seen: dict[str, Any] = {}
        self._looking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look for the first time, and from now on again and again."""
        for watched in self._living:
            name, pid, argv = watched.name, watched.pid, watched.argv
            self._publish(e.ProcessStarted, name, pid=pid, argv=argv, watched=True)
        await self.observe()
        self._task = asyncio.create_task(self._look_for_ever())

    async def finished(self) -> None:
        """Wait until every process has ended."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def observe(self) -> None:
        """Look at every socket now."""
        async with self._looking:
            for watched in list(self._living):
                await self._observe(watched)

    async def _look_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while self._living:
            ended = asyncio.Event()
            for watched in self._living:
                loop.add_reader(watched.fileno(), ended.set)
            try:
                await first_of(INTERVAL, ended.wait())
            finally:
                for watched in self._living:
                    loop.remove_reader(watched.fileno())
            await self.observe()

    async def _observe(self, watched: Watched) -> None:
        has_ended = watched.has_ended()
        try:
            self._tell(watched, await asyncio.to_thread(watched.views))
        except WatchError as error:
            self._publish(e.NotSeen, watched.name, what=str(error))
            self._living.remove(watched)
            return
        if has_ended:
            self._publish(e.ProcessExited, watched.name)
            self._living.remove(watched)

    def _tell(self, watched: Watched, views: Sequence[dict[str, Any]]) -> None:
        if self._seen.get(watched.name) == views:
            return
        self._seen[watched.name] = views
        report = {"event": "sockets_observed", "sockets": [_in_json(view) for view in views]}
        self._take(event_of(self._n + 1, self._now(), watched.name, report))

    def _publish(self, kind: type[e.Event], proc: str, **fields: Any) -> None:
        self._take(kind(n=self._n + 1, t=self._now(), proc=proc, **fields))

    def _take(self, event: e.Event) -> None:
        self._n += 1
        self.listener(event)

    def _now(self) -> int:
        return time.monotonic_ns() - self._began


async def tell(
    processes: Sequence[Watched], sinks: Sequence[Callable[[e.Event], None]], *, once: bool
) -> None:
    """Tell all ``sinks`` of what is seen, until every process has ended; or of one look."""

    def take(event: e.Event) -> None:
        for sink in sinks:
            sink(event)

    watcher = Watcher(processes)
    watcher.listener = take
    try:
        await watcher.start()
        if not once:
            await watcher.finished()
    finally:
        await watcher.close()


def _in_json(view: Mapping[str, Any]) -> dict[str, Any]:
    """A view as it stands in the trace's file: its octets in base64."""
    queue = view["recv_queue"]
    if not queue:
        return dict(view)
    return {**view, "recv_queue": {**queue, "peek": base64.b64encode(queue["peek"]).decode()}}
