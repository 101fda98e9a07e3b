"""What a key press costs at the explorer: among many connections, after many octets, and late.

CPU time, of the explorer and its consoles: other work on the machine adds nothing to it.
Each case is measured twice, without a screen and with one, and given as ratios to the small
case; the exit status says whether each is at most LIMIT.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot

from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.trace.menu import menu
from sockscope.trace.orders import CALLS, order
from sockscope.trace.script import Scripts
from sockscope.tracer.explorer import Explorer
from sockscope.tui.explore_app import ExploreApp

FEW, MANY = 20, 500
"""Connections; the few are already more than the panel has rows for."""

TIMES = 30
CHUNK, CHUNKS = "1M", 100
LATE = 100_000
SIZE = (120, 40)
LIMIT = 1.5

Cost = tuple[float, float]
"""Milliseconds of CPU time, and repaints, of one key press."""

Costs = dict[str, Cost]


class Bench:
    """An explorer without a screen, with what the screen keeps of it."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.repaints = 0
        self._history = History()
        self._scripts = Scripts()

    def take(self, event: e.Event) -> None:
        self._history.append(event)
        self._scripts.take(event)

    @property
    def history(self) -> History:
        return self._history

    async def order(self, proc: str, fd: int | None, name: str, **typed: str) -> None:
        await self.explorer.call(order(proc, fd, name, typed))

    async def listen(self) -> None:
        await self.order("server", None, "socket")
        await self.order("server", 3, "bind", address="127.0.0.1:0")
        await self.order("server", 3, "listen", backlog="100")

    async def connect(self) -> None:
        """One more connection; the first one has fd 3 and 4."""
        host, port = self.history.latest.sockets["server", 3].view.local or ("", 0)
        await self.order("client", None, "socket")
        made = self.history.latest.processes["client"].last
        assert made is not None
        await self.order("client", made.value, "connect", address=f"{host}:{port}")
        await self.order("server", 3, "accept")

    async def transfer(self) -> None:
        """100 MB through the first connection."""
        for _ in range(CHUNKS):
            await self.order("client", 3, "send", data=CHUNK)
            await self.order("server", 4, "recv", size=CHUNK, flags="MSG_WAITALL")

    async def grow_late(self) -> None:
        """The events of one send and recv, which were real, again and again."""
        begin = len(self.history)
        await self.send()
        await self.recv()
        step = self.history.events[begin:]
        calls = 10_000_000
        while len(self.history) < LATE:
            calls += len(step)
            for event in step:
                changes: dict[str, Any] = {"n": len(self.history) + 1}
                if hasattr(event, "call"):
                    changes["call"] = event.call + calls
                self.take(replace(event, **changes))
        self.explorer._n = len(self.history)

    async def send(self) -> None:
        await self.order("client", 3, "send", data="Hi there, server")
        menu(self.history.latest, "client", 3)

    async def recv(self) -> None:
        await self.order("server", 4, "recv", size="16")
        menu(self.history.latest, "server", 4)

    async def send_and_recv(self) -> None:
        await self.send()
        await self.recv()

    async def settle(self) -> None:
        """Until all that was done has its effect."""

    async def costs(self) -> Costs:
        return {"a send and a recv": await self.cost(self.send_and_recv)}

    async def cost(self, make: Callable[[], Awaitable[None]]) -> Cost:
        """The medians of what something costs."""
        await self.settle()
        spent, repaints = [], []
        for _ in range(TIMES):
            begun, painted = self._cpu(), self.repaints
            await make()
            spent.append((self._cpu() - begun) * 1000)
            repaints.append(self.repaints - painted)
        return statistics.median(spent), statistics.median(repaints)

    def _cpu(self) -> float:
        """Seconds of CPU time of this process and the consoles: clock_getcpuclockid(3)."""
        processes = self.history.latest.processes.values()
        return time.process_time() + sum(time.clock_gettime(~p.pid << 3 | 2) for p in processes)


class ScreenBench(Bench):
    """The explorer's app, with somebody at its keys."""

    def __init__(self, app: ExploreApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.driver, Explorer)
        super().__init__(app.driver)
        self._app = app
        self._pilot = pilot
        display = app._display

        def counted(*args: Any) -> None:
            self.repaints += 1
            display(*args)

        app._display = counted  # type: ignore[method-assign]

    def take(self, event: e.Event) -> None:
        self._app.take(event)

    @property
    def history(self) -> History:
        return self._app.history

    async def _choose(self) -> None:
        """Choose the client's first socket; after each call it is still the chosen one."""
        stage = self._app.stage
        stage.actor, stage.fd = "client", 3  # type: ignore[attr-defined]
        await self._press(CALLS["send"].key)

    async def _press(self, key: str) -> None:
        """Press a key, until what it does is done and shown."""
        self._app.simulate_key(key)
        await self._pilot._wait_for_screen()
        await self.settle()

    async def settle(self) -> None:
        await self._app.workers.wait_for_complete()
        while self._app._pending:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        shown = asyncio.Event()
        self._app.stage.call_after_refresh(shown.set)
        await shown.wait()

    async def costs(self) -> Costs:
        await self._choose()
        costs: Costs = {}
        for what, key in (
            ("a send by key", CALLS["send"].key),
            ("another socket", "full_stop"),
            ("one call back", "left"),
            ("one call forward", "right"),
        ):
            costs[what] = await self.cost(lambda key=key: self._press(key))  # type: ignore[misc]
        return costs


Prepare = Callable[[Bench], Awaitable[None]]


async def alone(prepare: Prepare) -> Costs:
    bench = Bench(Explorer())
    bench.explorer.listener = bench.take
    try:
        await bench.explorer.start()
        await prepare(bench)
        return await bench.costs()
    finally:
        await bench.explorer.close()


async def on_screen(prepare: Prepare) -> Costs:
    app = ExploreApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        bench = ScreenBench(app, pilot)
        await prepare(bench)
        return await bench.costs()


async def few(bench: Bench) -> None:
    await connected(bench, FEW)


async def many(bench: Bench) -> None:
    await connected(bench, MANY)


async def connected(bench: Bench, count: int) -> None:
    await bench.listen()
    for _ in range(count):
        await bench.connect()
    for _ in range(TIMES):
        await bench.send_and_recv()


async def much(bench: Bench) -> None:
    await few(bench)
    await bench.transfer()


async def late(bench: Bench) -> None:
    await few(bench)
    await bench.grow_late()


CASES = {
    f"among {MANY} connections instead of {FEW}": many,
    "after 100 MB": much,
    f"after {LATE} events": late,
}


def main() -> int:
    """Print the ratios; 1 where one is too large."""
    worst = 0.0
    for measure in (alone, on_screen):
        small = asyncio.run(measure(few))
        for title, prepare in CASES.items():
            for what, (large, repaints) in asyncio.run(measure(prepare)).items():
                before, painted = small[what]
                worst = max(worst, large / before)
                print(f"{what} {title}: {large / before:.2f} times the {before:.2f} ms;", end=" ")
                print(f"repaints: {repaints:g}, {painted:g} in the small case", flush=True)
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
