"""The home screen: everything is one key away, and says what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from test_contrast import poor
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widgets import DirectoryTree, OptionList

from running import DEADLINE
from sockscope.lessons.course import load_course
from sockscope.lessons.progress import FINISHED, Journal, Record
from sockscope.tui.home_app import ENTRIES, HomeApp
from sockscope.tui.program_picker import ProgramPicker
from sockscope.tui.recent import MOST, recent, remember
from sockscope.tui.themes import THEMES

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
Compare = Callable[..., bool]


async def settled(pilot: Pilot[list[str]]) -> None:
    """A tree of files loads for ever, so only the home screen's own work is waited for."""
    for worker in list(pilot.app.workers):
        if worker.node is pilot.app:
            await worker.wait()
    await pilot.pause()


async def words_after(*keys: str, app: HomeApp | None = None) -> list[str] | None:
    app = app or HomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
    return app.return_value


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["enter"], ["run"]),
        (["s"], ["run"]),
        (["c"], ["lesson"]),
        (["down", "down", "enter"], ["lesson"]),
        (["e"], ["explore"]),
        (["d", "down", "enter"], ["demo", "02-three-answers"]),
        (["d", "escape", "q"], None),
        (["o", "q"], None),
        (["q"], None),
    ],
)
async def test_keys_choose(keys: list[str], words: list[str] | None) -> None:
    assert await words_after(*keys) == words


async def test_the_mouse_chooses() -> None:
    app = HomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.click(OptionList, offset=(8, 8))
    assert app.return_value == ["explore"]


async def test_programs_are_picked_from_a_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "notes.txt", ".hidden.py"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    app = HomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, ProgramPicker)
        tree = app.screen.query_one(DirectoryTree)
        async with asyncio.timeout(DEADLINE):
            while not tree.root.children:
                await pilot.pause()
        assert [str(node.label) for node in tree.root.children] == ["a.py", "b.py"]
        await pilot.press("r")  # nothing is chosen yet
        assert isinstance(app.screen, ProgramPicker)
        for key in ("down", "down", "enter", "enter", "backspace", "up", "enter", "r"):
            await pilot.press(key)
            await settled(pilot)
    assert app.return_value == ["run", str(tmp_path / "b.py"), str(tmp_path / "a.py")]


async def test_a_recent_trace_is_opened(tmp_path: Path) -> None:
    for name in ("old.jsonl", "new [bold].jsonl"):
        (tmp_path / name).touch()
        remember(tmp_path / name)
    assert await words_after("o", "enter") == ["replay", str(tmp_path / "new [bold].jsonl")]


def test_recent_traces_are_few_and_still_there(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jsonl" for number in range(MOST + 5)]
    for path in paths:
        path.touch()
        remember(path)
    remember(paths[10])
    paths[-1].unlink()
    assert recent()[:2] == [paths[10], paths[-2]]
    assert len(recent()) == MOST - 1


async def test_it_says_how_far_the_course_has_come() -> None:
    first, second, *_ = load_course().lessons
    Journal("course").write(Record(event=FINISHED, lesson=first.name))
    app = HomeApp("server.py: no such file [bold]")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = str(app.query_one(OptionList).get_option("lesson").prompt)
        assert f"1 of 18 lessons done.  Next: {second.title}" in text
        assert "no such file [bold]" in str(app.query_one("#said").render())


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("keys", [[], ["d"], ["r"], ["o"]], ids=["home", "demos", "files", "note"])
async def test_all_that_is_drawn_has_contrast(
    keys: list[str], theme: Theme, size: tuple[int, int]
) -> None:
    app = HomeApp("a complaint", theme=theme.name)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        assert not poor(app)


@pytest.mark.parametrize("size", SIZES)
def test_home(snap_compare: Compare, size: str) -> None:
    async def ready(pilot: Pilot[list[str]]) -> None:
        await settled(pilot)

    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)
    assert snap_compare(HomeApp(), terminal_size=SIZES[size], run_before=ready)
