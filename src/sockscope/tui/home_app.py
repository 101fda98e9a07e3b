"""The home screen: what sockscope can do, one key or click away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sockscope.demos.catalog import demos
from sockscope.lessons.course import load_course
from sockscope.lessons.lesson import LessonError
from sockscope.lessons.progress import DONE, UNTOUCHED, Journal

from .app import end_on_signals, next_theme
from .notices import NoticeApp
from .program_picker import ProgramPicker
from .prompts import Choice
from .recent import recent
from .text import data
from .themes import DARK, THEMES

WHAT: Final = "See what sockets do: every call and every byte, as the kernel has them."
FOOTER: Final = (("↑ ↓", "choose"), ("Enter", "open"), ("t", "dark/light"), ("q", "quit"))

Words = list[str]
"""A command and its arguments, as on the command line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do."""

    name: str
    key: str
    title: str
    detail: str


ENTRIES: Final = (
    Entry("see", "s", "See a conversation", "Step a small server and its client, call by call."),
    Entry("demo", "d", "Watch a demo", "Conversations that play themselves, with captions."),
    Entry("lesson", "c", "Take the course", "Guess what the kernel will do; it tells you."),
    Entry("explore", "e", "Explore", "Make any call on any socket, and see what comes of it."),
    Entry("run", "r", "Run your programs", "Choose Python files: they are stepped as they are."),
    Entry("open", "o", "Open a trace", "One that was saved or opened lately."),
)


class HomeApp(NoticeApp[Words]):
    """Ends with the words of the command that was chosen; with none when the user leaves.

    ``said`` is what went wrong with the command before, in one line; ``chosen`` is the entry
    that was chosen last.
    """

    CSS_PATH = "stage.tcss"
    TITLE = "sockscope"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(e.key, f"choose('{e.name}')", e.title, show=False) for e in ENTRIES),
        Binding("t", "theme", "dark/light", show=False),
        Binding("q,escape", "quit", "quit", show=False),
    ]

    def __init__(self, said: str = "", *, chosen: str = "see", theme: str = DARK.name) -> None:
        super().__init__()
        self._said = said
        self.chosen = chosen
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme

    def compose(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(Content.assemble(("sockscope", "bold $line-on"), "\n", WHAT), id="what")
            yield OptionList(*(Option(_text(entry), id=entry.name) for entry in ENTRIES))
            yield Static(Content.styled(self._said, "bold $error"), id="said", markup=False)
        hints = (
            part for key, label in FOOTER for part in ((f" {key}", "bold $line-on"), f" {label} ")
        )
        yield Static(Content.assemble(*hints), id="keys")

    async def on_mount(self) -> None:
        end_on_signals(self)
        entries = self.query_one(OptionList)
        entries.highlighted = entries.get_option_index(self.chosen)
        entries.focus()
        self.run_worker(self._tell_more())

    async def _tell_more(self) -> None:
        """What the user has done before stands beside what it goes on from."""
        details = await asyncio.to_thread(lambda: {"lesson": _course(), "open": _traces()})
        for entry in ENTRIES:
            if details.get(entry.name):
                text = _text(Entry(entry.name, entry.key, entry.title, details[entry.name]))
                self.query_one(OptionList).replace_option_prompt(entry.name, text)

    # -- choosing ------------------------------------------------------------------

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(event.option_id or "")

    def action_choose(self, name: str) -> None:
        """Do what an entry stands for, or ask for what is still missing."""
        if len(self.screen_stack) > 1:
            return
        self.chosen = name
        ask = {"demo": self._ask_demo, "open": self._ask_trace, "run": self._ask_programs}
        if name in ask:
            ask[name]()
        else:
            self.exit(["run"] if name == "see" else [name])

    def _ask_demo(self) -> None:
        found = [(demo.name, demo.title) for demo in demos().lessons]
        self.push_screen(Choice("watch which demo?", found), self._then("demo"))

    def _ask_trace(self) -> None:
        found = [(str(path), "") for path in recent()]
        if found:
            self.push_screen(Choice("open which trace?", found), self._then("replay"))
        else:
            self.notify("No trace was saved yet: on a stage, s saves one.", markup=False)

    def _ask_programs(self) -> None:
        def answered(words: Words | None) -> None:
            if words:
                self.exit(["run", *words])

        self.push_screen(ProgramPicker(), answered)

    def _then(self, command: str) -> Callable[[str | None], None]:
        return lambda answer: None if answer is None else self.exit([command, answer])

    def action_theme(self) -> None:
        """From dark to light and back."""
        self.theme = next_theme(self.theme)


def _text(entry: Entry) -> Content:
    return Content.assemble(
        (f" {entry.key}  ", "bold $line-on"), (entry.title, "bold"), "\n    ", data(entry.detail)
    )


def _course() -> str:
    """How far the user has come, or nothing."""
    try:
        course = load_course()
    except LessonError:
        return ""
    progress = Journal(course.key).progress()
    left = [one for one in course.lessons if progress.get(one.name, UNTOUCHED).status != DONE]
    if not progress or not left:
        return ""
    done = len(course.lessons) - len(left)
    return f"{done} of {len(course.lessons)} lessons done.  Next: {left[0].title}"


def _traces() -> str:
    """The newest trace, or nothing."""
    found = recent()
    return f"The last one: {found[0].name}" if found else ""
