"""The base of the panels: what is drawn, and the scrollbar beside it."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.strip import Strip

from sockscope.tui.line_view import LineView

SIZE = (20, 10)
COUNTS = [3, 40, 12, 0, 10, 11, 1000, 9]


class Numbers(LineView):
    """Lines that hold their number, and a word that can change."""

    DEFAULT_CSS = "Numbers { overflow-y: scroll; scrollbar-size: 1 1; }"
    word = "line"

    def __init__(self) -> None:
        super().__init__()
        self.made = 0

    def line(self, y: int) -> Content:
        return Content(f"{self.word} {y}")

    def render_line(self, y: int) -> Strip:
        self.made += 1
        return super().render_line(y)


class Showing(App[None]):
    """One view that fills the screen, begun before the first layout as the stage is."""

    def __init__(self, count: int, top: int = 0) -> None:
        super().__init__()
        self.view = Numbers()
        self._begin = (count, top)

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        count, top = self._begin
        self.view.set_line_count(count)
        self.view.scroll_to(y=top, animate=False)


def text(view: Numbers) -> list[str]:
    return [strip.text.strip() for strip in view.render_lines(view.size.region)]


def bar(view: Numbers) -> list[Strip]:
    scrollbar = view.vertical_scrollbar
    return scrollbar.render_lines(scrollbar.size.region)


async def relaid(pilot: Pilot[None]) -> None:
    """Everything laid out and painted anew, as Textual itself does it."""
    pilot.app.refresh(layout=True)
    await pilot.pause()


@pytest.mark.parametrize("at_end", [False, True])
async def test_the_scrollbar_is_right_after_the_number_of_lines_changes(at_end: bool) -> None:
    app = Showing(25)
    async with app.run_test(size=SIZE) as pilot:
        view = app.view
        for count in COUNTS:
            view.set_line_count(count)
            if at_end:
                view.scroll_end(animate=False, immediate=True)
            await pilot.pause()
            height = SIZE[1]
            top = max(0, count - height) if at_end else 0
            assert text(view) == [
                f"line {top + y}" if top + y < count else "" for y in range(height)
            ]
            shown = bar(view)
            await relaid(pilot)
            assert bar(view) == shown
            fresh = Showing(count, top)
            async with fresh.run_test(size=SIZE) as other:
                await other.pause()
                assert bar(fresh.view) == shown


async def test_the_scrollbar_knows_what_was_scrolled_before_the_first_layout() -> None:
    app = Showing(100, 30)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.view.scroll_offset.y == 30
        assert app.view.vertical_scrollbar.position == 30
        assert text(app.view)[0] == "line 30"


async def test_fewer_lines_move_the_window_up() -> None:
    app = Showing(100, 90)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.view.set_line_count(20)
        await pilot.pause()
        assert text(app.view)[-1] == "line 19"
        assert app.view.vertical_scrollbar.position == 10


async def test_what_did_not_change_is_not_drawn_again() -> None:
    app = Showing(100)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.view.made = 0
        app.view.set_line_count(101)
        await pilot.pause()
        assert app.view.made == 0
        app.view.word = "row"
        app.view.set_line_count(101)
        await pilot.pause()
        assert text(app.view)[:2] == ["row 0", "row 1"]
