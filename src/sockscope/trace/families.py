"""How the children of a program are called: after it, and numbered from the second on."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CHILDREN = re.compile(r"(-child(-\d+)?)+")


def child_name(parent: str, number: int) -> str:
    """``server-child``, ``server-child-2``, and so on."""
    return f"{parent}-child" + (f"-{number}" if number > 1 else "")


def may_come_of(name: str, programs: Iterable[str]) -> bool:
    """Whether a process of this name is one of ``programs``, or may be a descendant of one."""
    return any(
        name == program
        or (name.startswith(program) and _CHILDREN.fullmatch(name, len(program)) is not None)
        for program in programs
    )
