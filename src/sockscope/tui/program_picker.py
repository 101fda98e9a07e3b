"""Choosing the programs to run, from a tree of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DirectoryTree, Static

from .text import data


class PythonTree(DirectoryTree):
    """Folders and Python files; nothing hidden.  Its marks are there on every terminal."""

    ICON_NODE_EXPANDED = "▼ "
    ICON_NODE = "► "
    ICON_FILE = "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What is worth showing."""
        return [path for path in paths if not path.name.startswith((".", "__")) and _is_shown(path)]


def _is_shown(path: Path) -> bool:
    try:
        return path.suffix == ".py" or path.is_dir()
    except OSError:
        return False


class ProgramPicker(ModalScreen[list[str] | None]):
    """Gives the words of ``sockscope run``: the chosen files, in the order of choosing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Cancel", show=False),
        Binding("r", "run", "Run", show=False),
        Binding("backspace", "leave_out", "Leave out", show=False),
        Binding("u", "up", "Up", show=False),
    ]

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = (folder or Path.cwd()).resolve()
        self._chosen: list[Path] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog picker") as dialog:
            dialog.border_title = "run which programs?"
            dialog.border_subtitle = (
                "Enter adds · ⌫ leaves out · u folder up · r runs · Esc cancels"
            )
            yield PythonTree(self._folder)
            yield Static(id="chosen", markup=False)

    def on_mount(self) -> None:
        self._tell()

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        event.stop()
        self._chosen.append(event.path)
        self._tell()

    def action_leave_out(self) -> None:
        """Take the last one off again."""
        del self._chosen[-1:]
        self._tell()

    def action_up(self) -> None:
        """Show the folder above."""
        self._folder = self._folder.parent
        self.query_one(PythonTree).path = self._folder

    def action_run(self) -> None:
        """Run what was chosen."""
        if self._chosen:
            self.dismiss([str(path) for path in self._chosen])
        else:
            self.app.notify("Choose a program first: Enter adds it.", markup=False)

    def _tell(self) -> None:
        names = "  ".join(path.name for path in self._chosen) or "none yet: the server first"
        line = Content.assemble(("to run: ", "bold"), data(names))
        self.query_one("#chosen", Static).update(line)
