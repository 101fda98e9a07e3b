"""A signal that asks the app to end ends it cleanly, and its programs with it."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from running import DEADLINE
from sockscope.tracer.programs import bundled
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_the_app_leaves_nothing_behind(number: signal.Signals) -> None:
    session = Session(bundled())
    app = StageApp(make_driver=lambda: session)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        os.kill(os.getpid(), number)
        async with asyncio.timeout(DEADLINE):
            while app.return_code is None:
                await pilot.pause()
    assert app.return_code == 128 + number
    assert all(tracee.exited.is_set() for tracee in session.tracees.values())
