"""The stage over a real session: real processes, real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from painted import painted
from textual.pilot import Pilot

from running import DEADLINE
from sockscope.trace.names import GATE
from sockscope.tracer.programs import Program, bundled
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp
from sockscope.tui.kernel_panel import KernelPanel

TURNS = 60
FORKING = """
import os, socket
sock = socket.socket()
for status in (1, 2):
    if os.fork() == 0:
        sock.listen()
        os._exit(status)
sock.listen()
"""


async def test_the_bundled_pair_is_stepped_to_its_end() -> None:
    programs = bundled()
    app = StageApp(make_driver=lambda: Session(programs))
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        for _ in range(TURNS):
            await pilot.press("space")
            await app.workers.wait_for_complete()
            await pilot.pause()
            if all(process.exited for process in app.stage.scene.tracees):
                break
        state = app.history.latest
        assert [process.status for process in state.processes.values()] == [0, 0]
        assert [stream.read for stream in state.streams.values()] == [16, 16]
        await pilot.press("home")
        await pilot.pause()
        assert app.stage.scene.stop == 1
        assert len(app.stage.scene.state.calls) == 0


async def test_restart_runs_the_programs_again() -> None:
    programs = bundled()
    app = StageApp(make_driver=lambda: Session(programs))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("1")
        await app.workers.wait_for_complete()
        first = {process.pid for process in app.history.latest.processes.values()}
        await pilot.press("ctrl+r")
        await app.workers.wait_for_complete()
        second = {process.pid for process in app.history.latest.processes.values()}
        assert len(second) == 2
        assert first.isdisjoint(second)
        assert len(app.history.latest.calls) == 0


async def test_children_are_stepped_by_their_keys_and_leave_the_stage(tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text(FORKING)
    app = StageApp(make_driver=lambda: Session([Program("server", str(path))]))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_until(app, pilot, lambda: at_gate(app, "server"))
        await painted(app, pilot)
        await pilot.press("1")
        for name in ("server-child", "server-child-2", "server"):
            await wait_until(app, pilot, partial(at_gate, app, name))
        text = panel_text(app.stage.kernel)
        assert "also server-child, server-child-2" in text
        for key in "32":
            await app.workers.wait_for_complete()
            await pilot.press(key)
        await wait_until(app, pilot, lambda: app.stage.scene.names == ("server",))
        ends = [process.status for process in app.history.latest.processes.values()]
        assert ends[1:] == [1, 2]


async def wait_until(app: StageApp, pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        await app.workers.wait_for_complete()
        await pilot.pause(0.01)


def at_gate(app: StageApp, name: str) -> bool:
    process = app.history.latest.processes.get(name)
    return process is not None and any(call.phase == GATE for call in process.open)


def panel_text(panel: KernelPanel) -> str:
    return "\n".join(line.content.plain for line in panel._lines)
