"""How a tracee begins: we start it, or another tracee does."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from .births import Birth
from .child import Child, Grandchild
from .ends import Ends
from .programs import Program
from .spawning import Spawn

CALLS_PER_TRACEE = 1 << 32
"""Call ids are counted in the tracee, and yet one trace has none twice."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A process that has become a tracee; ``parent`` names the tracee that has started it.

    It has done nothing before ``began``, in nanoseconds of the monotonic clock.
    """

    name: str
    argv: tuple[str, ...]
    child: Child
    ends: Ends
    began: int
    parent: str | None = None


def first_call(number: int) -> int:
    """The id of the first call of the tracee that is the ``number``th of its trace, from 0."""
    return number * CALLS_PER_TRACEE + 1


def start(program: Program, number: int, mode: str, births: int, spawn: Spawn) -> Beginning:
    """Start a program; ``births`` is the line that its children will use."""
    orders, orders_end = os.pipe()
    reports_end, reports = os.pipe()
    lifeline, lifeline_end = os.pipe()
    pipes = {"read": orders, "write": reports, "lifeline": lifeline}
    setup = {**pipes, "mode": mode, "first_call": first_call(number), **program.setup}
    argv = (program.path, *program.args) if program.path else ()
    began = time.monotonic_ns()
    try:
        child = spawn(setup, argv, (*pipes.values(), births))
    finally:
        for fd in pipes.values():
            os.close(fd)
    ends = Ends(orders_end, reports_end, lifeline_end)
    return Beginning(program.name, argv, child, ends, began)


def adopt(birth: Birth, name: str, parent: str) -> Beginning | None:
    """Take on a child that a tracee has started; None where it has ended already."""
    try:
        child = Grandchild(birth.pid)
    except OSError:
        return None
    return Beginning(name, birth.argv, child, birth.ends, time.monotonic_ns(), parent)
