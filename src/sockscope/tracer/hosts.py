"""What a command line says of single programs: ``NAME=VALUE`` for one, ``VALUE`` for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .programs import ProgramError

_NAMED = re.compile(r"([A-Za-z_][\w-]*)=")


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
