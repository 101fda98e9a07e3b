"""What the stage costs: a step by key, a position back, and an event's memory."""

import asyncio
import gc
import resource
import statistics
import time
from collections.abc import Iterator

from textual.pilot import Pilot

from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.tracer.programs import bundled
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp

SIZE = (120, 40)
STEPS = 12
BACK = 200
LENGTHS = (10_000, 50_000, 100_000)


def conversation(events: int) -> Iterator[e.Event]:
    """A long trace: one connection, 16 octets sent and received again and again."""
    ends = (("127.0.0.1", 50_001), ("127.0.0.1", 1060))
    yield e.ProcessStarted(n=1, t=1, proc="client", pid=1, argv=("client.py",))
    yield e.ProcessStarted(n=2, t=2, proc="server", pid=2, argv=("server.py",))
    for n, proc, (local, peer) in ((3, "client", ends), (4, "server", ends[::-1])):
        view = e.SocketView(fd=3, kind="connected", local=local, peer=peer, inode=n)
        yield e.SocketsObserved(n=n, t=n, proc=proc, sockets=(view,))
    for n in range(5, events, 4):
        for call, proc, name in ((n, "client", "send"), (n + 2, "server", "recv")):
            args = ({"bytes": 16, "peek": "MDEyMzQ1Njc4OWFiY2RlZg=="},) if name == "send" else (16,)
            yield e.CallEntered(n=call, t=call, proc=proc, call=call, fd=3, name=name, args=args)
            yield e.CallReturned(
                n=call + 1, t=call + 1, proc=proc, call=call, value=16, data=b"0123456789abcdef"
            )


async def timed_keys(app: StageApp, key: str, times: int) -> float:
    """Median milliseconds from a key to the repaint of the next stop."""
    taken = []
    for _ in range(times):
        stop, painted = app.stage.scene.stop, asyncio.Event()
        started = time.perf_counter()
        app.simulate_key(key)
        while app.stage.scene.stop == stop:  # noqa: ASYNC110
            await asyncio.sleep(0)
        app.call_after_refresh(painted.set)
        await painted.wait()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


async def begun(pilot: Pilot[None], app: StageApp) -> None:
    while not all(process.pending for process in app.history.latest.processes.values()) or not (
        app.history.latest.processes
    ):
        await app.workers.wait_for_complete()
        await pilot.pause()


async def step_by_key() -> tuple[float, float, History]:
    """Real steps, and the same pictures out of a finished history, key for key."""
    programs = bundled()
    live = StageApp(make_driver=lambda: Session(programs))
    async with live.run_test(size=SIZE) as pilot:
        await begun(pilot, live)
        stepped = await timed_keys(live, "space", STEPS)
    canned = StageApp(History(live.history.events))
    async with canned.run_test(size=SIZE) as pilot:
        await pilot.press("home")
        await pilot.pause()
        shown = await timed_keys(canned, "right", STEPS)
    return stepped, shown, live.history


async def back(history: History) -> float:
    app = StageApp(history)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        return await timed_keys(app, "left", BACK)


def memory(events: int) -> float:
    """Octets that the history grows by with each event."""
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    history = History(conversation(events))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return grown * 1024 / len(history)


def main() -> None:
    kept = [f"{length}: {in_child(memory, length):.0f}" for length in LENGTHS]
    print(f"octets of memory an event, by length of the trace: {', '.join(kept)}")
    stepped, shown, _ = asyncio.run(step_by_key())
    print(f"a key to the finished repaint: {stepped:.1f} ms when it steps,", end=" ")
    print(f"{shown:.1f} ms when it shows a canned state: {stepped / shown:.2f} x")
    history = History(conversation(LENGTHS[-1]))
    print(f"back through {len(history)} events: {asyncio.run(back(history)):.1f} ms a position")


def in_child(work: object, argument: int) -> float:
    """The result of ``work`` in a process of its own, whose memory is its alone."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    assert callable(work)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return float(pool.submit(work, argument).result())


if __name__ == "__main__":
    main()
