"""One tracee: its program with the current line, its variables, and what it printed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.widgets import Static

from sockscope.trace.names import BLOCKED
from sockscope.trace.state import Process

from .line_view import LineView
from .scene import NOTHING, Scene
from .source_text import code_lines, doing, output_tail, shown_call, shown_file, title
from .text import data, printable
from .themes import tracee_style

LOCALS_SHOWN = 12
OUTPUT_NAMES = {"stdout": "out", "stderr": "err"}


class CodeView(LineView):
    """The text of a program, with a mark at one line."""

    def __init__(self) -> None:
        super().__init__()
        self._code: Sequence[Content] = ()
        self._marked: int | None = None
        self._mark = ""

    def show(self, code: Sequence[Content], marked: int | None, mark: str) -> None:
        """Show a program; keeps the marked line in sight when it moves."""
        moved = (code is not self._code) or marked != self._marked
        self._code, self._marked, self._mark = code, marked, mark
        self.set_line_count(len(code))
        if moved and (marked is not None or not code):
            self.centre()

    def centre(self) -> None:
        """Bring the marked line into the middle, if it can scroll there."""
        height = self.scrollable_content_region.height
        middle = max(0, (self._marked or 1) - 1 - height // 2)
        self.scroll_to(y=min(middle, max(0, len(self._code) - height)), animate=False, force=True)

    def on_resize(self) -> None:
        self.centre()

    def line(self, y: int) -> Content:
        number = y + 1
        digits = len(str(len(self._code)))
        if number != self._marked:
            return Content.assemble((f" {number:>{digits}} ", "$quiet"), self._code[y])
        head = Content.styled(f"{self._mark}{number:>{digits}} ", "bold $line-on")
        whole = head + self._code[y].stylize("bold")
        return whole.truncate(self.line_width, ellipsis=True, pad=True).stylize_before("on $here")


class SourcePanel(Vertical):
    """A frame around a program, with its variables and output below."""

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    proc: reactive[str | None] = reactive(None, repaint=False)

    def compose(self) -> ComposeResult:
        yield CodeView()
        yield Static(classes="facts", markup=False)

    def watch_scene(self) -> None:
        self._redraw()

    def watch_proc(self) -> None:
        self._redraw()

    def on_resize(self) -> None:
        self._redraw()

    @property
    def process(self) -> Process | None:
        """The tracee as it is at the shown position."""
        return self.scene.state.processes.get(self.proc or "")

    def _redraw(self) -> None:
        try:
            code, facts = self.query_one(CodeView), self.query_one(".facts", Static)
        except NoMatches:
            return
        process = self.process
        if process is None:
            self._show_absent(code, facts)
            return
        call = shown_call(process)
        file = shown_file(process, self.scene.state)
        style = tracee_style(process.order)
        self.border_title = Content.styled(title(process, file), style)
        self.border_subtitle = Content.styled(
            doing(process, self.scene.state, self.size.width - 4), "bold"
        )
        text = self.scene.state.sources.get(file or "", "")
        line = call.line if call and call.file == file else None
        code.show(code_lines(text), line, _mark(process))
        facts.update(self._facts(process))

    def _show_absent(self, code: CodeView, facts: Static) -> None:
        self.border_title = data(self.proc or "program")
        self.border_subtitle = "starting"
        code.show((), None, " ")
        facts.update(Content(""))

    def _facts(self, process: Process) -> Content:
        rows = max(2, self.size.height // 3)
        lines = [
            Content.styled(f"not seen: {printable(what)}", "$warning")
            for what in process.not_seen[-1:]
        ]
        lines += _locals(process, self.size.width, max(1, rows - 2))
        lines += _output(process, max(1, rows - len(lines)))
        return Content("\n").join(lines)


def _mark(process: Process) -> str:
    call = process.pending
    if call is None:
        return "·"
    return "‖" if call.phase == BLOCKED else "▶"


def _locals(process: Process, width: int, count: int) -> list[Content]:
    """The variables, packed into at most ``count`` lines."""
    call = shown_call(process)
    if call is None or process.exited:
        return []
    lines: list[Content] = []
    for name, value in list(call.locals.items())[:LOCALS_SHOWN]:
        part = Content.assemble((printable(name), "$code-keyword"), " = ", printable(value))
        if lines and lines[-1].cell_length + 3 + part.cell_length < width:
            lines[-1] = Content.assemble(lines[-1], "   ", part)
        else:
            lines.append(Content.assemble(" ", part))
    return lines[:count]


def _output(process: Process, count: int) -> list[Content]:
    return [
        Content.assemble(
            (f" {OUTPUT_NAMES.get(stream, '?')}│ ", "$quiet"),
            (line, "$error" if stream == "stderr" else ""),
        )
        for stream, line in output_tail(process, count)
    ]
