"""``sockscope run``: the user's own programs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError
from .output import add_flags, check_flags, recorded, text_sink
from .parsing import seconds
from .screen import open_stage

if TYPE_CHECKING:
    from ..tracer import headless
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
    run.add_argument("--trace", metavar="FILE", help="save the trace to FILE as it grows")
    run.add_argument("--timeout", type=seconds, metavar="SECONDS", help="with --headless")
    add_flags(run)
    run.set_defaults(perform=perform)


def perform(options: argparse.Namespace) -> int:
    from ..tracer.programs import ProgramError, bundled, parse

    check_flags(options)
    if options.timeout and not options.headless:
        raise UserError("--timeout goes with --headless")
    try:
        given = options.programs
        programs = parse(given, options.extra) if given or options.extra else bundled()
    except ProgramError as error:
        raise UserError(str(error)) from None
    with recorded(options.trace) as recording:
        if not options.headless:
            return open_stage(programs, recording)
        import asyncio

        from ..tracer import headless

        sinks: list[headless.Sink] = [] if recording is None else [recording.write]
        sinks.append(text_sink(options))
        return asyncio.run(headless.run(programs, sinks, seconds=options.timeout))
