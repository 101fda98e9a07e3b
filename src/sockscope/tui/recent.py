"""The traces that were saved or opened last: a list of paths in the user's state folder."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from sockscope.memory import state_folder

MOST: Final = 20
MAX_SIZE: Final = 100_000
"""Octets of the list that are read."""


def _list() -> Path:
    return state_folder() / "recent-traces"


def recent() -> list[Path]:
    """Those that are still there, the newest first; nothing where the list cannot be read."""
    try:
        with _list().open("rb") as file:
            lines = file.read(MAX_SIZE).split(b"\0")
    except OSError:
        return []
    return [path for path in (Path(os.fsdecode(line)) for line in lines if line) if path.is_file()]


def remember(path: Path) -> None:
    """Put a trace first.  Where the list cannot be written, it stays as it was."""
    path = path.resolve()
    paths = [path, *(known for known in recent() if known != path)][:MOST]
    with suppress(OSError):
        folder = _list().parent
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(b"\0".join(os.fsencode(path) for path in paths))
        os.replace(file.name, _list())
