"""Where each program runs, and in which interpreter."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence

from . import interpreters
from .link import Link
from .programs import Program, ProgramError, check

FAR_PYTHON = "python3"
"""The interpreter on another host, where none is named."""

_NAMED = re.compile(r"([A-Za-z_][\w-]*)=")


@contextlib.contextmanager
def placed(
    programs: Sequence[Program], pythons: Sequence[str], commands: Sequence[str]
) -> Iterator[list[Program]]:
    """``programs``, each checked where it will run, by what will run it.

    ``pythons`` and ``commands`` are what ``--python`` and ``--via`` were given: ``NAME=VALUE``
    for one program, ``VALUE`` for all.  Raises ProgramError where one cannot be run.
    """
    names = [program.name for program in programs]
    python = assigned("--python", pythons, names)
    command = assigned("--via", commands, names)
    with contextlib.ExitStack() as stack:
        yield [_placed(p, python.get(p.name), command.get(p.name), stack) for p in programs]


def _placed(
    program: Program, python: str | None, command: str | None, stack: contextlib.ExitStack
) -> Program:
    if command is not None:
        link = Link(command, python or FAR_PYTHON)
        stack.callback(link.close)
        far = link.check(program)
        link.open()
        return far
    if python is not None:
        return interpreters.placed(program, python)
    check(program)
    return program


def assigned(option: str, words: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The value of ``option`` for each of the programs ``names`` that has one.

    What is said of one program goes before what is said of all, and of two that say the
    same the last one holds.  Raises ProgramError for a name that no program has.
    """
    for_all: dict[str, str] = {}
    for_one: dict[str, str] = {}
    for word in words:
        name = _name(option, word, names)
        if name is None:
            for_all = dict.fromkeys(names, word)
        else:
            for_one[name] = word.removeprefix(f"{name}=")
    return for_all | for_one


def _name(option: str, word: str, names: Sequence[str]) -> str | None:
    for name in names:
        if word.startswith(f"{name}="):
            return name
    match = _NAMED.match(word)
    if match is None:
        return None
    known = ", ".join(names)
    raise ProgramError(f"{option} {word}: no program is called {match[1]!r}: there are {known}")
