"""Receive loops as they are found in the wild: each wrong one beside its right form.

Each animal is a folder: ``wrong.py`` and ``right.py`` are servers, ``peer.py`` their client.
"""

from __future__ import annotations

import ast
import shutil
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
WRONG, RIGHT, PEER = "wrong.py", "right.py", "peer.py"


@dataclass(frozen=True, slots=True)
class Animal:
    """One wrong receive loop, and in one line what is wrong with it."""

    name: str
    mistake: str

    @property
    def programs(self) -> tuple[str, str]:
        """As ``sockscope check`` takes them."""
        return _words(FOLDER / self.name, WRONG)

    @property
    def right_programs(self) -> tuple[str, str]:
        """The same with the right form."""
        return _words(FOLDER / self.name, RIGHT)


def _words(folder: Path, server: str) -> tuple[str, str]:
    return (f"server='{folder / server}' {{port}}", f"client='{folder / PEER}' {{port}}")


def animals() -> list[Animal]:
    """All of them, by name."""
    folders = sorted(path.parent for path in FOLDER.glob(f"*/{WRONG}"))
    return [Animal(folder.name, _mistake(folder / WRONG)) for folder in folders]


def _mistake(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def folder(name: str) -> Path:
    """Where an animal is."""
    return FOLDER / name


def copy(name: str, to: Path) -> tuple[str, str]:
    """Copy an animal for somebody to mend; gives the programs to check then.

    Raises FileExistsError where a file is in the way, and OSError where none can be written.
    """
    to.mkdir(parents=True, exist_ok=True)
    for source in (WRONG, PEER):
        target = to / ("server.py" if source == WRONG else source)
        if target.exists():
            raise FileExistsError(17, "that file exists already", str(target))
    shutil.copy(folder(name) / WRONG, to / "server.py")
    shutil.copy(folder(name) / PEER, to / PEER)
    return (f"{to / 'server.py'} {{port}}", f"{to / PEER} {{port}}")
