"""The commands.  Slow imports stand where they are used, so that ``--version`` is quick."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import __version__

if TYPE_CHECKING:
    from .export.command import Request
    from .trace.events import Event
    from .tracer import headless
    from .tracer.programs import Program
    from .tracer.recording import Recording
    from .tui.app import StageApp

BAD_ARGUMENTS = 2


class UserError(Exception):
    """Something the user can put right; the message is one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(message)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """The ``sockscope`` command."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _command(words)
    except UserError as error:
        print(f"sockscope: {_one_line(str(error))}", file=sys.stderr)
        status = BAD_ARGUMENTS
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _one_line(text: str) -> str:
    """A file may be called anything: nothing of its name is obeyed, and no line is broken."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _command(words: list[str]) -> int:
    words, extra = _split(words)
    options = _parser().parse_args(words)
    if options.command == "run":
        return _run(options, extra)
    if extra:
        raise UserError("arguments after -- are for `run`, which gives them to the last program")
    if options.command == "replay":
        return _replay(options)
    if options.command == "explore":
        return _explore(options)
    if options.command == "doctor":
        return _doctor()
    if options.command == "lesson":
        return _lesson(options)
    return _bundled()


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before and after ``--``."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sockscope",
        description="Step real programs through their socket calls and see what the kernel holds.",
        epilog="Without a command, sockscope steps a small server and client of its own.",
    )
    parser.add_argument("--version", action="version", version=f"sockscope {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", help="step your own programs, unmodified")
    run.add_argument(
        "programs",
        nargs="+",
        metavar="PROGRAM",
        help='server.py, name=server.py, or "server.py 1060" with its arguments',
    )
    run.add_argument("--trace", metavar="FILE", help="save the trace to FILE as it grows")
    run.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="with --headless")
    replay = commands.add_parser("replay", help="open a saved trace")
    replay.add_argument("trace", metavar="TRACE")
    _add_exports(replay)
    explore = commands.add_parser("explore", help="make any call on any socket, and see")
    explore.add_argument(
        "orders",
        nargs="?",
        metavar="ORDERS",
        help="with --headless: a file of orders, one a line ('server 3 listen 1'), or -",
    )
    explore.add_argument("--trace", metavar="FILE", help="save the trace to FILE as it grows")
    explore.add_argument("--again", metavar="TRACE", help="first run a saved session again")
    explore.add_argument(
        "--upto", type=int, metavar="N", help="with --again: only to position N of the trace"
    )
    explore.add_argument(
        "--export", metavar="FOLDER", help="with --headless: write the calls as Python programs"
    )
    for command in (run, replay, explore):
        command.add_argument("--headless", action="store_true", help="no screen: the call ladder")
        command.add_argument("--json", action="store_true", help="with --headless: the trace")
        command.add_argument(
            "--explain", action="store_true", help="with --headless: what each call means"
        )
    commands.add_parser("doctor", help="what this machine can show")
    _add_lesson(commands.add_parser("lesson", help="guided lessons that the kernel grades"))
    return parser


def _add_lesson(lesson: argparse.ArgumentParser) -> None:
    lesson.add_argument("name", nargs="?", metavar="NAME", help="its name, or its number")
    lesson.add_argument("--course", metavar="DIR", help="a course of your own")
    does = lesson.add_mutually_exclusive_group()
    does.add_argument("--list", action="store_true", help="the lessons, and what is done")
    does.add_argument("--verify", action="store_true", help="play NAME or all without a screen")
    does.add_argument("--report", action="store_true", help="each prediction and what happened")
    does.add_argument("--reset", action="store_true", help="forget the progress of NAME or all")


def _add_exports(command: argparse.ArgumentParser) -> None:
    from .export.command import FORMS, THEMES

    exports = command.add_argument_group("write FILE (- is standard output) instead of a screen")
    for form, purpose in FORMS.items():
        exports.add_argument(f"--{form}", metavar="FILE", help=purpose)
    exports.add_argument("--at", type=int, metavar="N", help="the position that a picture shows")
    exports.add_argument("--size", type=_size, metavar="COLUMNSxLINES", help="of a picture")
    exports.add_argument("--theme", choices=THEMES, help="of a picture")


def _size(text: str) -> tuple[int, int]:
    columns, _, lines = text.partition("x")
    if not (columns.isdecimal() and lines.isdecimal()):
        raise argparse.ArgumentTypeError(f"should be as in 120x40, is {text!r}")
    if not (40 <= int(columns) <= 400 and 12 <= int(lines) <= 200):
        raise argparse.ArgumentTypeError(f"should be from 40x12 to 400x200, is {text!r}")
    return int(columns), int(lines)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"should be a number of seconds above 0, is {text!r}")
    return seconds


def _run(options: argparse.Namespace, extra: Sequence[str]) -> int:
    from .tracer.programs import ProgramError, parse

    _check_flags(options)
    if options.timeout and not options.headless:
        raise UserError("--timeout goes with --headless")
    try:
        programs = parse(options.programs, extra)
    except ProgramError as error:
        raise UserError(str(error)) from None
    with _recording(options.trace) as recording:
        if not options.headless:
            return _open_stage(programs, recording)
        import asyncio

        from .tracer import headless

        sinks: list[headless.Sink] = [] if recording is None else [recording.write]
        sinks.append(_text_sink(options))
        return asyncio.run(headless.run(programs, sinks, seconds=options.timeout))


def _explore(options: argparse.Namespace) -> int:
    _check_flags(options)
    if not options.headless and (options.orders or options.export):
        raise UserError("a file of orders and --export go with --headless")
    if options.upto is not None and not options.again:
        raise UserError("--upto goes with --again")
    events = read_trace(options.again) if options.again else None
    with _recording(options.trace) as recording:
        if not options.headless:
            return _open_explorer(events, options.upto, recording)
        return _explore_headless(options, events, recording)


def _explore_headless(
    options: argparse.Namespace, events: list[Event] | None, recording: Recording | None
) -> int:
    from .tracer import exploring

    lines = _order_lines(options.orders)
    sinks: list[headless.Sink] = [] if recording is None else [recording.write]
    sinks.append(_text_sink(options))
    try:
        exploring.run(lines, sinks, events, options.upto, options.export)
    except exploring.StoppedError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write to {options.export}: {_reason(error)}") from None
    return 0


def _order_lines(path: str | None) -> list[str]:
    """The lines of orders; none where no file is named."""
    if path is None:
        return []
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot read {path}: {_reason(error)}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not text: an order is a line such as server socket") from None
    return text.splitlines()


def _check_flags(options: argparse.Namespace) -> None:
    for name in ("json", "explain"):
        if getattr(options, name) and not options.headless:
            raise UserError(f"--{name} goes with --headless")


@contextlib.contextmanager
def _recording(path: str | None) -> Iterator[Recording | None]:
    if path is None:
        yield None
        return
    from .tracer.recording import Recording

    try:
        recording = Recording(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {_reason(error)}") from None
    with recording:
        yield recording
    if recording.problem is not None:
        print(f"sockscope: {recording.problem}", file=sys.stderr)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _bundled() -> int:
    from .tracer.programs import bundled

    return _open_stage(bundled(), None)


def _replay(options: argparse.Namespace) -> int:
    _check_flags(options)
    request = _request(options)
    events = read_trace(options.trace)
    if request is not None:
        return _write(events, request)
    if not options.headless:
        return _show_stage(events, options.trace)
    from .tracer import headless

    headless.replay(events, _text_sink(options))
    return 0


def _request(options: argparse.Namespace) -> Request | None:
    """What is to be written instead of shown.  Raises UserError where flags do not go together."""
    from .export.command import FORMS, ON_STAGE, Request

    paths = {form: getattr(options, form) for form in FORMS if getattr(options, form) is not None}
    given = {name: getattr(options, name) for name in ("at", "size", "theme")}
    looks = {name: value for name, value in given.items() if value is not None}
    if looks and not ON_STAGE & paths.keys():
        raise UserError(f"--{next(iter(looks))} goes with --svg, --png or --cast")
    if paths and options.headless:
        raise UserError(f"--{next(iter(paths))} shows no screen by itself: leave --headless out")
    if list(paths.values()).count("-") > 1:
        raise UserError("only one thing can be written to standard output")
    return Request(paths, title=Path(options.trace).name, **looks) if paths else None


def _write(events: Sequence[Event], request: Request) -> int:
    from .export.command import ExportError, write

    try:
        write(events, request)
    except ExportError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write {error.filename or 'a file'}: {_reason(error)}") from None
    return 0


def _text_sink(options: argparse.Namespace) -> headless.Sink:
    from .tracer import headless

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A trace is UTF-8 wherever it is written; a terminal may know fewer characters.
        if options.json:
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.reconfigure(errors="backslashreplace")
    if options.json:
        return headless.write_json(sys.stdout)
    foreign = options.command == "replay"
    return headless.Plain(sys.stdout, sys.stderr, options.explain, foreign)


def read_trace(path: str) -> list[Event]:
    """The events of a trace file.  Raises UserError where it cannot be read."""
    from .trace.codec import MAX_LINE, TraceError, decode

    try:
        with Path(path).open("rb") as file:
            return list(decode(iter(lambda: file.readline(MAX_LINE + 1), b"")))
    except OSError as error:
        raise UserError(f"cannot read {path}: {_reason(error)}") from None
    except TraceError as error:
        raise UserError(f"{path}: {error}") from None


def _doctor() -> int:
    from .tracer.doctor import examine

    status = 0
    for finding in examine():
        mark = "yes" if finding.works else "NO "
        print(f"{mark}  {finding.ability} ({finding.source})")
        if not finding.works:
            print(f"     without it: {finding.cost}")
            status = 1 if finding.essential else status
    return status


def _lesson(options: argparse.Namespace) -> int:
    from .lessons import command
    from .lessons.lesson import LessonError

    try:
        if options.verify:
            return command.verify(options.course, options.name)
        if options.report:
            return command.report(options.course)
        if options.reset:
            return command.reset(options.course, options.name)
        return command.list_all(options.course)
    except LessonError as error:
        raise UserError(str(error)) from None


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("this is no terminal: add --headless for plain text")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UserError("TERM is 'dumb', which cannot show a screen: add --headless for plain text")


def _open_stage(programs: Sequence[Program], recording: Recording | None) -> int:
    _need_terminal()
    from .tracer.session import Session
    from .tui.app import StageApp

    return _show(
        StageApp(
            make_driver=lambda: Session(programs),
            title=" and ".join(program.name for program in programs),
            record=recording.write if recording else None,
        )
    )


def _open_explorer(
    events: Sequence[Event] | None, upto: int | None, recording: Recording | None
) -> int:
    _need_terminal()
    from .tracer.rerun import Rerun
    from .tui.explore_app import ExploreApp

    earlier = None if events is None else Rerun(events, upto)
    return _show(ExploreApp(earlier=earlier, record=recording.write if recording else None))


def _show_stage(events: Sequence[Event], path: str) -> int:
    _need_terminal()
    from .tui.replaying import app_for

    return _show(app_for(events, title=path))


def _show(app: StageApp) -> int:
    app.run()
    return app.return_code or 0
