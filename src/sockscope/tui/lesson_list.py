"""The list of lessons: what is done, what is next, and what each is about."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sockscope.lessons.course import CONTENT, Course
from sockscope.lessons.lesson import Lesson
from sockscope.lessons.progress import BEGUN, DONE, RESET, UNTOUCHED, Journal, Progress, Record
from sockscope.trace.words import plain_text

from .actions import Action, Situation, bindings
from .keybar import KeyBar
from .prompts import Choice
from .themes import DARK, LIGHT, THEMES

MARKS = {DONE: ("✔ done", "$place-read"), BEGUN: ("… begun", "$place-waiting")}

OWN_COURSE = "The programs of this course run as you, like any others."

ACTIONS = (
    Action("start", ("enter",), "Enter", "start", "Open the chosen lesson.", hint=1),
    Action("reset", ("r",), "r", "forget one", "Begin the chosen lesson anew.", hint=2),
    Action("reset_all", ("R",), "R", "forget all", "Begin the whole course anew.", hint=3),
    Action("theme", ("ctrl+t",), "^T", "dark/light", "Switch between the themes.", hint=4),
    Action("quit", ("q", "escape"), "q", "quit", "Leave.", hint=5),
)

YES = "forget"


class LessonList(App[str]):
    """Gives the name of the lesson that was chosen."""

    CSS_PATH = "stage.tcss"
    TITLE = "sockscope"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])

    def __init__(self, course: Course, journal: Journal, theme: str = DARK.name) -> None:
        super().__init__()
        self._course = course
        self._journal = journal
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme

    def compose(self) -> ComposeResult:
        yield OptionList(id="lessons", markup=False)
        yield Static(id="about", markup=False)
        yield KeyBar(ACTIONS, id="keys")

    def on_mount(self) -> None:
        self.query_one(KeyBar).situation = Situation()
        self._fill()

    def _fill(self) -> None:
        progress = self._journal.progress()
        following = next_lesson(self._course, progress)
        listed = self.query_one(OptionList)
        listed.border_title = self._title(progress)
        listed.clear_options()
        listed.add_options(
            Option(self._line(lesson, progress, lesson is following), id=lesson.name)
            for lesson in self._course.lessons
        )
        listed.highlighted = self._course.lessons.index(following) if following else None
        listed.focus()
        self._tell_about(following)

    def _title(self, progress: Progress) -> Content:
        done = sum(p.status == DONE for p in progress.values())
        return Content(f"lessons · {done} of {len(self._course.lessons)} done")

    def _line(self, lesson: Lesson, progress: Progress, is_next: bool) -> Content:
        status = progress.get(lesson.name, UNTOUCHED).status
        mark, style = ("▸ next", "bold $line-on") if is_next else MARKS.get(status, ("", ""))
        number, title = lesson.name.partition("-")[0], plain_text(lesson.title, 60)
        return Content.assemble(
            (f"{mark:<9}", style), (f"{number:>3}  ", ""), (f"{title:<44}", "bold"),
            (f"{lesson.minutes:>3} min", ""),
        )  # fmt: skip

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._tell_about(self._lesson(event.option.id))

    def _tell_about(self, lesson: Lesson | None) -> None:
        lines = [plain_text(lesson.summary, 300)] if lesson else []
        lines += [f"cannot be used: {plain_text(line, 200)}" for line in self._course.problems]
        if self._course.folder != CONTENT:
            lines.append(OWN_COURSE)
        if self._journal.problem:
            lines.append(plain_text(self._journal.problem, 200))
        self.query_one("#about", Static).update(Content("\n".join(lines)))

    def _lesson(self, name: str | None) -> Lesson | None:
        return next((lesson for lesson in self._course.lessons if lesson.name == name), None)

    @property
    def _chosen(self) -> Lesson | None:
        index = self.query_one(OptionList).highlighted
        return None if index is None else self._course.lessons[index]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.exit(event.option.id)

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        self.action_do(event.hint.name)

    def action_do(self, name: str, _: int | None = None) -> None:
        """Do one thing of the table of actions."""
        getattr(self, f"_do_{name}")()

    def _do_start(self) -> None:
        if self._chosen is not None:
            self.exit(self._chosen.name)

    def _do_reset(self) -> None:
        if self._chosen is not None:
            self._forget(self._chosen.name, f"the progress of {self._chosen.title}")

    def _do_reset_all(self) -> None:
        self._forget("", "the progress of all lessons")

    def _forget(self, name: str, what: str) -> None:
        def answered(answer: str | None) -> None:
            if answer == YES:
                self._journal.write(Record(event=RESET, lesson=name))
                self._fill()

        choices = ((YES, plain_text(what)), ("keep", "change nothing"))
        self.push_screen(Choice("forget it for good?", choices), answered)

    def _do_theme(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def _do_quit(self) -> None:
        self.exit()


def next_lesson(course: Course, progress: Progress) -> Lesson | None:
    """The first that is begun, else the first that is new; None where all are done."""
    for wanted in (BEGUN, UNTOUCHED.status):
        for lesson in course.lessons:
            if progress.get(lesson.name, UNTOUCHED).status == wanted:
                return lesson
    return None
