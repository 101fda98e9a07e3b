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

from .frame import set_titles
from .line_view import BLANK, LineView
from .scene import NOTHING, Scene
from .source_text import code_lines, doing, output_tail, shown_call, shown_file, title
from .text import at_most, data, printable
from .themes import tracee_style
from .thread_list import ThreadList
from .threads_text import awaited_lines, thread_lines

LOCALS_SHOWN = 12
OUTPUT_NAMES = {"stdout": "out", "stderr": "err"}

FEW_THREADS = 3
"""Threads that are shown also where there is little room."""

MARKED_ROWS = 4
"""Rows that the marked line may take; a longer one ends in an ellipsis."""


class CodeView(LineView):
    """The text of a program; the marked line is folded into rows, the others are cut."""

    def __init__(self) -> None:
        super().__init__()
        self._code: Sequence[Content] = ()
        self._marked: int | None = None
        self._mark = ""
        self._rows: Sequence[Content] = ()

    def show(self, code: Sequence[Content], marked: int | None, mark: str) -> None:
        """Show a program; keeps the marked line in sight when it moves."""
        moved = (code is not self._code) or marked != self._marked
        self._code, self._mark = code, mark
        self._marked = marked if marked is not None and 1 <= marked <= len(code) else None
        self._fold()
        if moved and (marked is not None or not code):
            self.centre()

    def _fold(self) -> None:
        self._rows = ()
        if self._marked is not None:
            room = self.line_width - len(self._gutter(self._marked))
            self._rows = folded(self._code[self._marked - 1], room)
        self.set_line_count(len(self._code) + max(0, len(self._rows) - 1))

    def centre(self) -> None:
        """Bring the marked line into the middle, if it can scroll there."""
        height = self.scrollable_content_region.height
        middle = max(0, (self._marked or 1) - 1 - height // 2)
        self.scroll_to(y=min(middle, self.max_scroll_y), animate=False, force=True)

    def on_resize(self) -> None:
        self._fold()
        self.centre()

    def line(self, y: int) -> Content:
        if self._marked is None or y < self._marked - 1:
            return self._plain(y)
        row = y - (self._marked - 1)
        if row < len(self._rows):
            return self._marked_row(self._marked, row)
        return self._plain(y - len(self._rows) + 1)

    def _plain(self, index: int) -> Content:
        return Content.assemble((self._gutter(index + 1), "$quiet"), self._code[index])

    def _marked_row(self, number: int, row: int) -> Content:
        gutter = self._gutter(number, self._mark)
        head = Content.styled(gutter if row == 0 else " " * len(gutter), "bold $line-on")
        whole = head + self._rows[row].stylize("bold")
        return whole.truncate(self.line_width, ellipsis=True, pad=True).stylize_before("on $here")

    def _gutter(self, number: int, mark: str = " ") -> str:
        return f"{mark}{number:>{len(str(len(self._code)))}} "


def folded(line: Content, room: int) -> list[Content]:
    """A line of code in as many rows of ``room`` columns as it takes, each set in alike."""
    indent = len(line.plain) - len(line.plain.lstrip())
    narrow = room - indent
    if line.cell_length <= room or narrow < room // 3:
        return [line]
    looked_at = line[indent : indent + narrow * (MARKED_ROWS + 1)]
    fewer = min(looked_at.wrap(narrow), looked_at.fold(narrow), key=len)  # words, if it can be
    rows = at_most(MARKED_ROWS, fewer, narrow)
    return [row.pad_left(indent) for row in rows]


class SourcePanel(Vertical):
    """A frame around a program, with its variables and output below."""

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    proc: reactive[str | None] = reactive(None, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts_shown = BLANK

    def compose(self) -> ComposeResult:
        yield CodeView()
        yield ThreadList()
        yield Static(classes="facts known", markup=False)

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
            code = self.query_one(CodeView)
        except NoMatches:
            return
        process = self.process
        if process is None:
            self._show_absent(code)
            return
        file = shown_file(process, self.scene.state)
        style = tracee_style(process.order)
        what = doing(process, self.scene.state, self.size.width - 4)
        set_titles(self, Content.styled(title(process, file), style), Content.styled(what, "bold"))
        code.show(*self.text_of(process), _mark(process))
        rows = max(2, self.size.height // 3)
        threads = thread_lines(process, self.size.width, max(FEW_THREADS, rows))
        self.query_one(ThreadList).show(process.name, threads)
        self._show_facts(self._facts(process, max(1, rows - len(threads))))

    def text_of(self, process: Process) -> tuple[Sequence[Content], int | None]:
        """The lines to show, and the number of the marked one, from 1.

        A panel of another kind, whose tracee runs no file, gives other lines.  The same
        object for the same lines keeps them where they are scrolled to.
        """
        call = shown_call(process)
        file = shown_file(process, self.scene.state)
        text = self.scene.state.sources.get(file or "", "")
        return code_lines(text), call.line if call and call.file == file else None

    def _show_absent(self, code: CodeView) -> None:
        set_titles(self, data(self.proc or "program"), Content("starting"))
        code.show((), None, " ")
        self.query_one(ThreadList).show("", [])
        self._show_facts([])

    def _show_facts(self, lines: Sequence[Content]) -> None:
        """The whole screen is laid out anew, which is slow, only where the height changes."""
        facts = Content("\n").join(lines)
        if not facts.is_same(self._facts_shown):
            self._facts_shown = facts
            shown = self.query_one(".known", Static)
            shown.styles.height = len(lines)
            shown.update(facts, layout=False)

    def _facts(self, process: Process, rows: int) -> list[Content]:
        lines = [
            Content.styled(f"not seen: {printable(what)}", "$warning")
            for what in process.not_seen[-1:]
        ]
        call = process.pending
        if call is not None:
            lines += awaited_lines(call, self.scene.state, self.size.width, max(1, rows - 1))
        lines += _locals(process, self.size.width, max(1, rows - 2))
        lines += _output(process, max(1, rows - len(lines)))
        return lines


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
