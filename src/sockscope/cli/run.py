"""``sockscope run``: the user's own programs."""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING

from .errors import UserError
from .output import add_flags, check_flags, recorded, text_sink
from .parsing import seconds
from .screen import open_stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..trace.conditions import Breakpoint
    from ..tracer import headless
    from ..tracer.programs import Program
    from .parsing import Commands


def add(commands: Commands) -> None:
    run = commands.add_parser("run", help="step your own programs, unmodified")
    run.add_argument(
        "programs",
        nargs="*",
        metavar="PROGRAM",
        help='server.py, name=server.py, or "server.py 1060" with its arguments; '
        "none stands for the pair that comes with sockscope",
    )
    run.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="[NAME=]PATH",
        help="the interpreter of the program called NAME, or of all: Python 3.8 or newer",
    )
    run.add_argument(
        "--via",
        action="append",
        default=[],
        metavar="[NAME=]COMMAND",
        help="run the program called NAME, or all, behind a command such as 'ssh host', "
        "'docker exec -i box' or 'ip netns exec h1'",
    )
    run.add_argument("--trace", metavar="FILE", help="save the trace to FILE as it grows")
    run.add_argument("--timeout", type=seconds, metavar="SECONDS", help="with --headless")
    run.add_argument(
        "--break",
        dest="breaks",
        action="append",
        default=[],
        metavar="CONDITION",
        help='stop at the first call that meets it: "recv < 16", server.py:12, and what '
        "docs/breakpoints.md tells; may be given again",
    )
    run.add_argument(
        "--every-call",
        action="store_true",
        help="stop at every call, also at those that a library makes for one line",
    )
    add_flags(run)
    run.set_defaults(perform=perform)


def perform(options: argparse.Namespace) -> int:
    from ..tracer.hosts import placed
    from ..tracer.programs import ProgramError

    check_flags(options)
    if options.timeout and not options.headless:
        raise UserError("--timeout goes with --headless")
    if options.every_call and options.headless:
        raise UserError("--every-call is for stepping: --headless never stops between calls")
    with contextlib.ExitStack() as stack:
        try:
            programs = stack.enter_context(placed(_named(options), options.python, options.via))
        except ProgramError as error:
            raise UserError(str(error)) from None
        breakpoints = _breakpoints(options.breaks, programs)
        recording = stack.enter_context(recorded(options.trace))
        if not options.headless:
            return open_stage(programs, recording, breakpoints, every_call=options.every_call)
        import asyncio

        from ..tracer import headless

        sinks: list[headless.Sink] = [] if recording is None else [recording]
        sinks.append(text_sink(options))
        status = asyncio.run(
            headless.run(programs, sinks, seconds=options.timeout, breakpoints=breakpoints)
        )
        is_lost = recording is not None and recording.problem is not None
        return status or int(is_lost)


def _breakpoints(texts: Sequence[str], programs: Sequence[Program]) -> list[Breakpoint]:
    if not texts:
        return []
    from ..trace.conditions import ConditionError, read_breakpoint

    try:
        return [read_breakpoint(text, [program.name for program in programs]) for text in texts]
    except ConditionError as error:
        raise UserError(f"--break {error}") from None


def _named(options: argparse.Namespace) -> list[Program]:
    from ..tracer.programs import bundled, named

    if options.extra and not options.programs:
        raise UserError("what stands after -- goes to a program, and there is none before it")
    return named(options.programs, options.extra) if options.programs else bundled()
