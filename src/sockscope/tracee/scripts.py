"""Scripts: their code, and the folder that their imports begin in.

Who runs one again and again learns it once; what was learned holds while its file is the same.
"""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any


class Script:
    """A script as it was read."""

    def __init__(self, path: str) -> None:
        """Raises OSError, SyntaxError or ValueError where it cannot be read or compiled."""
        self.stamp = _stamp(path)
        self.folder = folder_of(path)
        file = file_of(path)
        with open(file, "rb") as source:
            self.code = compiled(source.read(), file)


_known: dict[str, Script] = {}


def learn(path: str) -> None:
    """Read and compile a script, if that is not done, for those who run it later.

    What Python has to say of it, they shall say.
    """
    if known(path) is not None or is_package(path):
        return
    with suppress(OSError, SyntaxError, ValueError), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        script = Script(path)
        if not said:
            _known[path] = script


def known(path: str) -> Script | None:
    """What was learned of a script; None where that is nothing, or its file is another now."""
    script = _known.get(path)
    with suppress(OSError):
        return script if script is not None and script.stamp == _stamp(path) else None
    return None


def _stamp(path: str) -> tuple[Any, ...]:
    status = os.stat(path)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def is_package(path: str) -> bool:
    """Whether Python would run the ``__main__`` in it: a folder, or an archive (runpy)."""
    for hook in sys.path_hooks:
        with suppress(ImportError):
            hook(path)
            return True
    return False


def file_of(path: str) -> str:
    """The ``__file__`` of a script."""
    return os.path.join(os.getcwd(), path) if sys.version_info >= (3, 9) else path


def folder_of(path: str) -> str:
    """Where the imports of a script begin."""
    return os.path.dirname(os.path.realpath(path))


def compiled(text: bytes, file: str) -> CodeType:
    """The code of a script.  Raises SyntaxError or ValueError."""
    code: CodeType = compile(text, file, "exec", dont_inherit=True)
    return code
