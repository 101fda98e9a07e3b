"""Which programs to run: read from the command line and checked before anything starts."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..tracee.reading import mistake
from .spawning import Spawn

USUAL_PORT = 1060
"""Where the bundled pair talks, when that port is free."""


class ProgramError(ValueError):
    """A program that cannot be run; the message is one line and names it."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program to trace: its name on the stage, its file and its arguments.

    Without a file it is a console, which makes the calls that it is told to.  ``setup`` is
    what its tracee is told besides (``cuts``, ``tick``).  ``spawn`` starts it where that is
    not left to whoever runs it; ``file`` is the whole name of its file, where not on this host.
    """

    name: str
    path: str = ""
    args: tuple[str, ...] = ()
    setup: Mapping[str, Any] = field(default_factory=dict, compare=False)
    spawn: Spawn | None = field(default=None, compare=False)
    file: str = field(default="", compare=False)


def parse(words: Sequence[str], extra: Sequence[str] = ()) -> list[Program]:
    """The programs that command-line words name, as ``named`` reads them, each checked.

    Raises ProgramError where a word names no runnable program.
    """
    programs = named(words, extra)
    for program in programs:
        check(program)
    return programs


def named(words: Sequence[str], extra: Sequence[str] = ()) -> list[Program]:
    """The programs that command-line words name; ``extra`` arguments reach the last one.

    A word is a path, ``name=path``, or either with arguments in one quoted string.
    Raises ProgramError where a word names nothing.
    """
    programs = [_parse_one(word) for word in words]
    if programs and extra:
        last = programs[-1]
        programs[-1] = replace(last, args=(*last.args, *extra))
    return _with_distinct_names(programs)


def _parse_one(word: str) -> Program:
    if _is_there(word):
        return Program(Path(word).stem, word)
    match = re.fullmatch(r"([A-Za-z_][\w-]*)=(.*)", word, re.DOTALL)
    name, rest = match.groups() if match else (None, word)
    if _is_there(rest):
        return Program(name or Path(rest).stem, rest)
    try:
        parts = shlex.split(rest)
    except ValueError as error:
        raise ProgramError(f"{word!r}: {error}") from None
    if not parts or not parts[0]:
        raise ProgramError(f"{word!r} names no program: give a Python file")
    return Program(name or Path(parts[0]).stem, parts[0], tuple(parts[1:]))


def _is_there(path: str) -> bool:
    """Whether there is a file of this name: no name may be too long to ask for."""
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):
        return False


def _with_distinct_names(programs: Sequence[Program]) -> list[Program]:
    named: list[Program] = []
    for program in programs:
        taken = {other.name for other in named}
        name, number = program.name, 2
        while name in taken:
            name, number = f"{program.name}-{number}", number + 1
        named.append(replace(program, name=name))
    return named


def check(program: Program) -> None:
    """Raise ProgramError where ``program`` cannot be read, or is not Python as ours is."""
    wrong = mistake(program.path)
    if wrong is not None:
        raise ProgramError(wrong)


def bundled(port: int | None = None) -> list[Program]:
    """The pair of programs that comes with sockscope, at a port that is free."""
    folder = Path(__file__).resolve().parent.parent / "programs"
    number = str(port if port is not None else free_port(USUAL_PORT))
    return [Program(name, str(folder / f"{name}.py"), (number,)) for name in ("server", "client")]


def with_free_ports(programs: Sequence[Program]) -> list[Program]:
    """The programs with ports that are free now for ``{port}`` and ``{other_port}``.

    The same ones for all, wherever in an argument they stand.  Raises ProgramError.
    """
    port, other = str(free_port()), str(free_port())
    return [
        replace(
            program,
            args=tuple(
                arg.replace("{port}", port).replace("{other_port}", other) for arg in program.args
            ),
        )
        for program in programs
    ]


def free_port(*preferred: int) -> int:
    """A port that is free on 127.0.0.1 now: the first of ``preferred`` that is, or any.

    Raises ProgramError where none is.
    """
    for port in (*preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProgramError("no port is free on 127.0.0.1")
