"""The stage over a real session: real processes, real sockets."""

from __future__ import annotations

from sockscope.tracer.programs import bundled
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp

TURNS = 60


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
