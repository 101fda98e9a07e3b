"""The command line.  Slow imports stand where they are used, so that ``--version`` is quick."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .. import __version__
from . import check, demo, doctor, explore, home, lesson, replay, run, serve, watch
from .errors import BAD_ARGUMENTS, UserError, one_line, reason
from .parsing import Parser

COMMANDS = (run, replay, explore, lesson, check, demo, serve, watch, doctor)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """The ``sockscope`` command."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _command(words)
        sys.stdout.flush()
    except UserError as error:
        print(f"sockscope: {one_line(str(error))}", file=sys.stderr)
        status = BAD_ARGUMENTS
    except BrokenPipeError:
        _forget_output()
        status = 0
    except OSError as error:
        if not _is_of_output(error):
            raise
        _forget_output()
        print(f"sockscope: cannot write to standard output: {reason(error)}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _is_of_output(error: OSError) -> bool:
    """Whether it says that there is no room for what is written, and names no file of its own."""
    return error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT) and error.filename is None


def _forget_output() -> None:
    """Nobody takes our output any more: what is left of it goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _command(words: list[str]) -> int:
    words, extra = _split(words)
    options = make_parser().parse_args(words)
    if extra and options.perform is not run.perform:
        raise UserError("arguments after -- are for `run`, which gives them to the last program")
    options.extra = extra
    status: int = options.perform(options)
    return status


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before and after ``--``."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def make_parser() -> argparse.ArgumentParser:
    """Everything that the command line understands."""
    parser = Parser(
        prog="sockscope",
        description="Step real programs through their socket calls and see what the kernel holds.",
        epilog="Without a command, sockscope opens its home screen.",
    )
    parser.add_argument("--version", action="version", version=f"sockscope {__version__}")
    parser.set_defaults(perform=_home)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


def _home(options: argparse.Namespace) -> int:
    return home.perform(options, _command)
