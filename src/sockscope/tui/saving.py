"""Writing a trace to a file, all of it or nothing; and programs to a folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sockscope.trace.codec import encode, header
from sockscope.trace.events import Event


def save(path: Path, events: Sequence[Event], *, overwrite: bool) -> None:
    """Write ``events`` to ``path``.

    Raises FileExistsError where the file exists and must not be overwritten, and OSError
    where it cannot be written; what was there before is then still there.
    """
    if not overwrite and path.exists():
        raise FileExistsError(f"{path} exists")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(header())
            file.writelines(map(encode, events))
        Path(name).chmod(0o644)
        _put_in_place(name, path, overwrite)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _put_in_place(name: str, path: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(name, path)
    else:
        os.link(name, path)


def save_programs(folder: Path, files: Mapping[str, str], *, overwrite: bool) -> None:
    """Write Python programs, by file name, to ``folder``, which is made where it is missing.

    Raises FileExistsError where one of them exists and must not be overwritten, before
    anything is written, and OSError where one cannot be written.
    """
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        raise FileExistsError(f"{folder / there[0]} exists")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
