"""Keys, mouse and commands: what reaches the driver, and what is shown for it."""

from __future__ import annotations

import os
from pathlib import Path

import conversation
import pytest
from painted import painted
from scripted import ScriptedDriver
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._toast import Toast, ToastHolder

from sockscope.trace.codec import decode
from sockscope.trace.history import History
from sockscope.tui.actions import ACTIONS, Situation, hints
from sockscope.tui.app import StageApp
from sockscope.tui.commands import Commands
from sockscope.tui.help_screen import HelpScreen, action_line
from sockscope.tui.inspect_screen import InspectScreen
from sockscope.tui.prompts import Prompt
from sockscope.tui.status import StatusLine
from sockscope.tui.timeline import Timeline
from sockscope.tui.views import KERNEL, STREAM, TIMELINE

WIDE, NARROW = (120, 40), (80, 24)
HELP_ROOM = 69
"""Columns inside the help on a narrow stage, without the scrollbar."""


def live() -> tuple[StageApp, ScriptedDriver]:
    driver = ScriptedDriver()
    return StageApp(make_driver=lambda: driver), driver


def replay() -> StageApp:
    return StageApp(History(conversation.end().events))


async def settle(app: StageApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def press(app: StageApp, pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(app, pilot)


def boxes(app: StageApp) -> list[str]:
    """What the boxes in the corner say, those that are empty among them."""
    return [
        "".join(str(toast.render()) for toast in box.query(Toast))
        for box in app.screen.query(ToastHolder)
    ]


# -- the table of actions ------------------------------------------------------------


def test_every_action_has_a_command() -> None:
    for action in ACTIONS:
        assert callable(getattr(Commands, f"do_{action.name}")), action.name


def test_the_help_of_an_action_fits_in_a_line_of_80_columns() -> None:
    assert all(action_line(action).cell_length <= HELP_ROOM for action in ACTIONS)


def test_no_key_means_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("width", [20, 60, 80, 120, 200])
def test_the_footer_fits(width: int) -> None:
    now = Situation(tracees=("server", "client"), can_back=True, streams=2, sockets=3)
    assert sum(hint.width for hint in hints(now, width)) <= width


def test_the_footer_offers_no_step_in_a_deadlock() -> None:
    both = ("server", "client")
    names = {hint.name for hint in hints(Situation(tracees=both, deadlock=frozenset(both)), 200)}
    assert not names & {"step", "next", "run", "fragment"}
    one = [
        hint.label
        for hint in hints(Situation(tracees=both, deadlock=frozenset(("server",))), 200)
        if hint.name == "step"
    ]
    assert one == ["client"]


def test_the_footer_shows_only_what_does_something() -> None:
    names = {hint.name for hint in hints(Situation(replay=True, past=True, can_forward=True), 200)}
    assert names.isdisjoint({"step", "next", "run", "fragment", "restart", "back"})
    assert "forward" in names


# -- driving --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("1", ("step", "server", None)),
        ("2", ("step", "client", None)),
        ("space", ("step_next", None)),
        ("r", ("run", "server")),
        ("R", ("run_all",)),
        ("p", ("pause",)),
    ],
)
async def test_a_key_reaches_the_driver(key: str, asked: tuple[object, ...]) -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, key)
        assert driver.asked == [asked]


async def test_a_step_is_seen() -> None:
    app, _ = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "1", "1", "1")
        assert [call.name for call in app.stage.scene.state.calls] == ["socket", "bind", "listen"]
        assert app.stage.scene.live


async def test_run_acts_on_the_chosen_panel() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "tab", "tab", "tab", "r")
        assert driver.asked == [("run", "client")]


async def test_a_fragment_limits_the_next_call() -> None:
    driver = ScriptedDriver(conversation.partial())
    app = StageApp(make_driver=lambda: driver)
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "R", "f")
        driver.asked.clear()
        app.screen.query_one(Input).value = "none"
        await press(app, pilot, "enter")
        assert isinstance(app.screen, Prompt)
        assert driver.asked == []
        app.screen.query_one(Input).value = "4"
        await press(app, pilot, "enter")
        assert driver.asked == [("step", "server", 4)]


async def test_a_call_that_moves_no_bytes_has_no_fragments() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "f")
        assert app.screen is app.stage
        messages = [notice.message for notice in app._notifications]
        assert messages == ["server's next call, socket(), moves no bytes."]
        assert driver.asked == []


async def test_kill_asks_for_the_signal() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "k", "down", "enter")
        assert driver.asked == [("kill", "server", "SIGKILL")]


async def test_what_cannot_be_done_is_told_as_plain_text() -> None:
    app, _ = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "R")
        app.drive(lambda driver: driver.step("server"))
        await settle(app, pilot)
        messages = [notice.message for notice in app._notifications]
        assert messages == ["[red]every program[/red] has ended"]


async def test_one_notice_is_enough() -> None:
    app = replay()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await press(app, pilot, "right", "right", "right")
        assert boxes(app) == ["This is the newest position."]
        await press(app, pilot, "home", "left", "left")
        assert boxes(app) == ["This is the beginning."]
        await press(app, pilot, "question_mark")
        assert boxes(app) == ["This is the beginning."]


async def test_keys_that_are_held_down_leave_one_notice() -> None:
    app = replay()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        for _ in range(6):
            app.simulate_key("right")
        await settle(app, pilot)
        assert boxes(app) == ["This is the newest position."]


async def test_restart_begins_an_empty_trace_with_a_new_driver() -> None:
    drivers: list[ScriptedDriver] = []

    def make() -> ScriptedDriver:
        drivers.append(ScriptedDriver())
        return drivers[-1]

    app = StageApp(make_driver=make)
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "1", "1", "ctrl+r")
        assert len(drivers) == 2
        assert drivers[0].closed
        assert len(app.history) == len(conversation.first_gate().events)
        assert len(app.stage.scene.state.calls) == 0


async def test_quitting_closes_the_driver() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await pilot.press("q")
    assert driver.closed


async def test_what_happens_while_the_stage_is_taken_down_is_kept() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        app.screen.remove_children()
        await driver.run_all()
    assert app.history.events == conversation.end().events


# -- time ------------------------------------------------------------------------------


async def test_back_and_forward_through_the_past() -> None:
    app, driver = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "1", "1", "left")
        scene = app.stage.scene
        assert scene.past
        assert [call.name for call in scene.state.calls] == ["socket"]
        assert len(scene.latest.calls) == 2
        await press(app, pilot, "1")
        assert len(driver.asked) == 2
        await press(app, pilot, "end", "1")
        assert len(driver.asked) == 3
        assert not app.stage.scene.past


async def test_the_whole_trace_back_and_forth() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        stops = app.stage.scene.stops
        for expected in range(stops - 1, 0, -1):
            await press(app, pilot, "left")
            assert app.stage.scene.stop == expected
        for expected in range(2, stops + 1):
            await press(app, pilot, "right")
            assert app.stage.scene.stop == expected
        assert not app.stage.scene.past


async def test_home_end_and_go_to() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "home")
        assert app.stage.scene.stop == 1
        await press(app, pilot, "g")
        app.screen.query_one(Input).value = "5"
        await press(app, pilot, "enter")
        assert app.stage.scene.stop == 5
        await press(app, pilot, "end")
        assert app.stage.scene.state is app.history.latest


async def test_a_replay_opens_at_a_position() -> None:
    app = replay()
    app.go_to(5)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        assert app.stage.scene.stop == 5
        assert "REPLAY · PAST 5 of" in str(app.stage.query_one(StatusLine).render())
        keys = str(app.stage.keys.render())
        assert "back" in keys
        assert "forward" in keys
        await press(app, pilot, "left")
        assert app.stage.scene.stop == 4


async def test_a_click_on_a_call_goes_there() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        timeline = app.stage.query_one("#timeline")
        await pilot.click(timeline, offset=(10, 2))
        await settle(app, pilot)
        row = 1 + timeline.scroll_offset.y
        assert len(app.stage.scene.state.calls) == row + 1


async def test_enter_in_the_timeline_goes_to_the_call_under_the_cursor() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        app.stage.show_view(TIMELINE)
        await press(app, pilot, "up", "up", "enter")
        assert len(app.stage.scene.state.calls) == len(app.history.latest.calls) - 2


async def test_a_replay_drives_nothing() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "1", "space", "r", "R", "f", "k", "ctrl+r")
        assert app.screen is app.stage
        assert app.stage.scene.replay


# -- panels -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_tab_visits_every_panel(size: tuple[int, int]) -> None:
    app = replay()
    async with app.run_test(size=size) as pilot:
        seen = []
        for _ in range(5):
            await press(app, pilot, "tab")
            seen.append(app.stage.chosen)
            assert app.focused is not None
            assert app.focused.display
        assert set(seen) == {"server", "client", KERNEL, STREAM, TIMELINE}


async def test_narrow_shows_one_panel_and_the_bytes() -> None:
    app = replay()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        for view in app.stage.views:
            app.stage.show_view(view)
            await pilot.pause()
            assert app.stage.stream.region.height == 8
            assert app.stage.caption.region.bottom == 23


async def test_resizing_keeps_the_chosen_panel() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        app.stage.show_view(KERNEL)
        for size in (NARROW, (40, 10), (160, 48), (1, 1), (109, 30), NARROW):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.stage.kernel.display
        assert not app.stage.left.display
        assert app.stage.kernel.region.height > 3


async def test_a_click_on_a_tab_and_on_a_hint() -> None:
    app = replay()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        await pilot.click("#tabs", offset=(12, 0))
        await pilot.pause()
        assert app.stage.chosen == KERNEL
        await pilot.click("#keys", offset=(3, 0))
        await pilot.pause()
        assert app.stage.scene.past


async def test_streams_and_octets_are_chosen_by_key() -> None:
    app = replay()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        first = app.stage.stream.key
        await press(app, pilot, "right_square_bracket")
        assert app.stage.stream.key != first
        await press(app, pilot, "left_square_bracket", "x")
        assert app.stage.stream.key == first
        assert app.stage.stream.mode.value == "text"


async def test_help_and_inspection_open_and_close() -> None:
    app = StageApp(History(conversation.partial().events))
    async with app.run_test(size=NARROW) as pilot:
        await press(app, pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await press(app, pilot, "escape", "i")
        assert isinstance(app.screen, InspectScreen)
        await press(app, pilot, "right", "left", "escape")
        assert app.screen is app.stage


async def test_the_theme_can_be_switched() -> None:
    app = replay()
    async with app.run_test(size=NARROW) as pilot:
        await press(app, pilot, "t")
        assert not app.current_theme.dark


async def test_the_command_palette_holds_every_action() -> None:
    app, _ = live()
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        titles = {command.title for command in app.get_system_commands(app.stage)}
        expected = {action.label for action in ACTIONS if not action.per_tracee}
        assert titles == expected | {"step server", "step client"}


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_timeline_keeps_its_scrollbar_right(size: tuple[int, int]) -> None:
    app, _ = live()
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        app.stage.show_view(TIMELINE)
        await pilot.pause()
        timeline = app.focused
        assert isinstance(timeline, Timeline)
        for key in ["1"] * 16 + ["home", "right", "end", "left", "ctrl+r"]:
            await press(app, pilot, key)
            await painted(app, pilot)
            bar, height = timeline.vertical_scrollbar, timeline.size.height
            assert (bar.window_size, bar.window_virtual_size) == (height, timeline.row_count)
            assert bar.position == timeline.scroll_offset.y
            assert bar.position <= max(0, timeline.row_count - height)


async def test_a_step_lays_nothing_out_anew() -> None:
    app = StageApp(History(conversation.partial().events))
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "left")
        layouts: list[object] = []
        app.stage.screen_layout_refresh_signal.subscribe(app.stage, layouts.append)
        await press(app, pilot, "left", "right")
        assert not layouts


# -- saving -----------------------------------------------------------------------------


async def test_save_writes_the_trace_and_never_overwrites_silently(tmp_path: Path) -> None:
    target = tmp_path / "talk.jsonl"
    app = StageApp(History(conversation.end().events), save_path=target)
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "s", "enter")
        assert app.screen is app.stage
        assert list(decode(target.read_bytes().splitlines(keepends=True))) == app.history.events
        target.write_text("mine")
        await press(app, pilot, "s", "enter")
        assert isinstance(app.screen, Prompt)
        assert target.read_text() == "mine"
        await press(app, pilot, "enter")
        assert target.read_text() != "mine"
        assert os.listdir(tmp_path) == ["talk.jsonl"]


async def test_a_trace_that_cannot_be_saved_is_said_in_one_line(tmp_path: Path) -> None:
    app = StageApp(History(conversation.end().events), save_path=tmp_path / "no" / "where")
    async with app.run_test(size=WIDE) as pilot:
        await press(app, pilot, "s", "enter")
        assert isinstance(app.screen, Prompt)
        assert "No such file" in str(app.screen.query_one("#note").render())
