"""What an ordered call costs at the explorer: among many connections, and after many bytes."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from sockscope.trace.history import History
from sockscope.trace.menu import menu
from sockscope.trace.orders import order
from sockscope.trace.script import Scripts
from sockscope.tracer.explorer import Explorer

FEW, MANY = 5, 500
TIMES = 60
CHUNK, CHUNKS = "1M", 100


class Bench:
    """An explorer with a history, a menu and a script, as a screen keeps them."""

    def __init__(self) -> None:
        self.explorer = Explorer()
        self.history = History()
        self.scripts = Scripts()
        self.explorer.listener = self._take

    def _take(self, event: object) -> None:
        self.history.append(event)  # type: ignore[arg-type]
        self.scripts.take(event)  # type: ignore[arg-type]

    async def call(self, proc: str, fd: int | None, name: str, **typed: str) -> None:
        await self.explorer.call(order(proc, fd, name, typed))
        menu(self.history.latest, proc, fd)

    async def listen(self) -> None:
        await self.explorer.start()
        await self.call("server", None, "socket")
        await self.call("server", 3, "bind", address="127.0.0.1:0")
        await self.call("server", 3, "listen", backlog="100")

    async def connect(self) -> None:
        """One more connection: fd n of the client, and n + 1 of the server."""
        host, port = self.history.latest.sockets["server", 3].view.local or ("", 0)
        await self.call("client", None, "socket")
        await self.call("client", self.last("client"), "connect", address=f"{host}:{port}")
        await self.call("server", 3, "accept")

    def last(self, proc: str) -> int:
        return max(fd for name, fd in self.history.latest.sockets if name == proc)


async def median(times: int, make: Callable[[], Awaitable[None]]) -> float:
    """Median milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        await make()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


async def step(bench: Bench) -> None:
    """A send and the recv of the same bytes, on the first connection."""
    await bench.call("client", 3, "send", data="Hi there, server")
    await bench.call("server", 4, "recv", size="16")


async def connections(count: int) -> tuple[float, float]:
    """A step, and one more connection, among ``count`` connections."""
    bench = Bench()
    try:
        await bench.listen()
        for _ in range(count):
            await bench.connect()
        return await median(TIMES, lambda: step(bench)), await median(10, bench.connect)
    finally:
        await bench.explorer.close()


async def transfer() -> tuple[float, float]:
    """A step before and after 100 MB have gone through the same connection."""
    bench = Bench()
    try:
        await bench.listen()
        await bench.connect()
        before = await median(TIMES, lambda: step(bench))
        for _ in range(CHUNKS):
            await bench.call("client", 3, "send", data=CHUNK)
            await bench.call("server", 4, "recv", size=CHUNK, flags="MSG_WAITALL")
        return before, await median(TIMES, lambda: step(bench))
    finally:
        await bench.explorer.close()


def ratio(what: str, small: float, large: float) -> None:
    print(f"{what}: {small:.2f} ms, then {large:.2f} ms: {large / small:.2f} times")


def main() -> None:
    few, many = asyncio.run(connections(FEW)), asyncio.run(connections(MANY))
    ratio(f"a send and a recv among {FEW} and {MANY} connections", few[0], many[0])
    ratio(f"one more connection to {FEW} and {MANY}", few[1], many[1])
    ratio("a send and a recv before and after 100 MB", *asyncio.run(transfer()))


if __name__ == "__main__":
    main()
