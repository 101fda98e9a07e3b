"""Command lines that start Python, and how they become those of tracees.

``python -u -W error app.py x`` becomes ``python -u -W error TRACEE SETUP app.py x``: the
interpreter keeps its options, and the tracee runs what follows (``program``).
"""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Tuple

    Split = Tuple[List[str], str, List[str]]

SCRIPT, MODULE, CODE = "script", "-m", "-c"
"""What Python is told to run."""

_TAKES_ARGUMENT = "WX"
_ENDS_OPTIONS = "mc"
_NOT_FOLLOWED = "hViv?x"
"""Options that tell of the interpreter, ask for a person, or speak of the script's own text."""

_PYTHON = re.compile(r"python3\.(\d+)[dt]?")
_OLDEST = 8
_SHEBANG = 256
"""Octets of a script's first line that the kernel reads (execve(2))."""


class Command:
    """A command that starts a program in Python.

    ``file`` is executed, with ``before`` up to Python's options, and then what it runs:
    ``program`` is its ``kind``, its name and its arguments.  ``as_given`` are the arguments
    as they were, where they are not just these.
    """

    def __init__(self, file: str, args: Sequence[str], path: str) -> None:
        """``path`` is where ``env`` would look for an interpreter.

        Raises ValueError where ``file`` is no Python that we can enter, or runs no program:
        the message says which.
        """
        head, rest = _followed(file, list(args), path)
        options, kind, program = split(rest)
        self.file = head[0]
        self.before = [*head[1:], *options]
        self.program = [kind, *program]
        plain = program if kind == SCRIPT else self.program
        self.as_given = None if rest == [*options, *plain] else [*head[1:], *rest]


def _followed(file: str, args: list[str], path: str) -> tuple[list[str], list[str]]:
    """The file to execute with its first arguments, and those that are for Python."""
    if _is_python(file):
        return [file, *args[:1]], args[1:]
    line = _first_line(file)
    if line.startswith("#!"):
        interpreter, _, option = line[2:].strip().partition(" ")
        options = [option.strip()] if option.strip() else []
        script = [file, *args[1:]]
        if _is_python(interpreter):
            return [interpreter, interpreter], [*options, *script]
        found = _in_path(options[0], path) if options else None
        if os.path.basename(interpreter) == "env" and found and _is_python(found):
            return [interpreter, interpreter, *options], script
    raise ValueError("it is no Python that can be entered")


def _in_path(name: str, path: str) -> str | None:
    return first_runnable([os.path.join(folder, name) for folder in path.split(os.pathsep)])


def first_runnable(files: Sequence[str]) -> str | None:
    """The first of some files that execve(2) would not refuse."""
    return next((f for f in files if os.path.isfile(f) and os.access(f, os.X_OK)), None)


def _is_python(file: str) -> bool:
    real = os.path.realpath(file)
    if real == os.path.realpath(sys.executable):
        return True
    match = _PYTHON.fullmatch(os.path.basename(real))
    is_new = match is not None and int(match[1]) >= _OLDEST
    return is_new and _first_line(real).startswith("\x7fELF")


def _first_line(file: str) -> str:
    try:
        with open(file, "rb") as opened:
            return opened.read(_SHEBANG).partition(b"\n")[0].decode("latin-1")
    except OSError:
        return ""


def split(args: Sequence[str]) -> Split:
    """Python's options, the kind of program that follows them, and its name and arguments.

    Raises ValueError where no program follows.
    """
    options: list[str] = []
    rest = list(args)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0)
        if option == "--":
            break
        if option.startswith("--"):
            if option != "--check-hash-based-pycs":
                raise ValueError(f"python {option} runs no program")
            options += [option, *rest[:1]]
            del rest[:1]
            continue
        letters, last, value = _cluster(option[1:])
        if set(letters + last) & set(_NOT_FOLLOWED) or (last == "X" and "importtime" in value):
            raise ValueError(f"python {option} is not followed")
        given = [value] if value else rest[:1]
        if last and not value:
            del rest[:1]
        if last in _ENDS_OPTIONS and last:
            if not given:
                raise ValueError(f"python {option} runs no program")
            return [*options, *([f"-{letters}"] if letters else [])], f"-{last}", [*given, *rest]
        options += [option, *(given if last and not value else [])]
    if not rest or rest[0] == "-":
        raise ValueError("python reads its program from standard input")
    return options, SCRIPT, rest


def _cluster(letters: str) -> tuple[str, str, str]:
    """Options that stand together: those without a value, the one that has one, and that."""
    for index, letter in enumerate(letters):
        if letter in _TAKES_ARGUMENT + _ENDS_OPTIONS:
            return letters[:index], letter, letters[index + 1 :]
    return letters, "", ""
