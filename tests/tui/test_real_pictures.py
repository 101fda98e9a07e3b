"""The stage as pictures of real programs on real sockets: ``screenshots/test_real_pictures/``.

What varies from run to run (ports, pids, durations, who of two wakes first) is mapped
where the trace is made; everything else is what the kernel said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from painted import painted
from textual.app import App
from textual.pilot import Pilot

from running import DEADLINE, free_port
from sockscope.trace.stable import Stable
from sockscope.trace.state import Process
from sockscope.tracer.programs import Program, bundled
from sockscope.tracer.session import Session
from sockscope.tui.app import StageApp
from sockscope.tui.themes import DARK, LIGHT

Compare = Callable[..., bool]
Programs = Callable[[int], Sequence[Program]]

HERE = Path(__file__).parent / "programs"
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "160x48": (160, 48)}
UNTIL_BLOCKED, UNTIL_PARTIAL, AT_MOST = 8, 9, 40


def mine(*names: str) -> Programs:
    """Programs from beside this test."""
    return lambda port: [Program(name, str(HERE / f"{name}.py"), (str(port),)) for name in names]


MOMENTS: dict[str, tuple[Programs, Sequence[str]]] = {
    "first-gate": (bundled, []),
    "blocked-recv": (bundled, ["space"] * UNTIL_BLOCKED),
    "partial-read": (bundled, ["space"] * UNTIL_PARTIAL),
    "full-send-buffer": (mine("full_server", "full_client"), ["r", "r"]),
    "error": (mine("refused"), ["space", "space"]),
    "end": (bundled, ["space"] * AT_MOST),
}


def app_of(programs: Programs, theme: str = DARK.name) -> StageApp:
    port = free_port()
    return StageApp(
        make_driver=lambda: Session(programs(port), mapper=Stable(ports={port: 1060})),
        title=" and ".join(program.name for program in programs(port)),
        theme=theme,
    )


def processes(app: App[None]) -> list[Process]:
    assert isinstance(app, StageApp)
    return list(app.history.latest.processes.values())


async def start(pilot: Pilot[None]) -> None:
    """Until every program waits before its first call."""
    async with asyncio.timeout(DEADLINE):
        while not processes(pilot.app) or not all(p.pending for p in processes(pilot.app)):
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()


def press(keys: Sequence[str]) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys, each once what the one before it began is over."""

    async def pressing(pilot: Pilot[None]) -> None:
        await start(pilot)
        for key in keys:
            if all(process.exited for process in processes(pilot.app)):
                break
            await pilot.press(key)
            await pilot.app.workers.wait_for_complete()
        assert isinstance(pilot.app, StageApp)
        await painted(pilot.app, pilot)

    return pressing


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_stage(snap_compare: Compare, moment: str, size: str) -> None:
    programs, keys = MOMENTS[moment]
    assert snap_compare(app_of(programs), terminal_size=SIZES[size], run_before=press(keys))


@pytest.mark.parametrize("size", SIZES)
def test_light(snap_compare: Compare, size: str) -> None:
    programs, keys = MOMENTS["partial-read"]
    app = app_of(programs, LIGHT.name)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=press(keys))


@pytest.mark.parametrize("size", SIZES)
def test_no_color(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    programs, keys = MOMENTS["partial-read"]
    app = app_of(programs)
    assert snap_compare(app, terminal_size=SIZES[size], run_before=press(keys))
