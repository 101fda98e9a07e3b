"""``sockscope check``: whether programs read a stream, or only hope."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import one_plan
from .errors import UserError, reason
from .output import may_write_over
from .parsing import seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..check.report import Verdict
    from ..tracer.programs import Program
    from .parsing import Commands

STATUS = {"held": 0, "broken": 1, "not deterministic": 4}
INTERRUPTED = 130
BUDGET = 200
PORTS = ("{port}", "{other_port}")


def add(commands: Commands) -> None:
    check = commands.add_parser(
        "check", help="run programs under every way in which TCP may cut the same bytes"
    )
    check.add_argument(
        "programs",
        nargs="*",
        metavar="PROGRAM",
        help='server.py, or "server.py {port}" with its arguments; the server comes first, and '
        "{port} stands for a port that is free",
    )
    _add_plans(check.add_argument_group("what is tried"))
    _add_reports(check.add_argument_group("how it is told"))
    _add_exercises(check.add_argument_group("exercises"))
    check.set_defaults(perform=perform)


def _add_plans(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--budget",
        type=_count,
        default=BUDGET,
        metavar="N",
        help=f"plans to try, by default {BUDGET}",
    )
    group.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help="the most that a run may take; by default 20, and for runs with cuts "
        "ten times as long as one without, but at least 10",
    )
    group.add_argument(
        "--seed", type=int, default=0, metavar="N", help="the same plans again; by default 0"
    )
    group.add_argument(
        "--jobs", type=_count, default=1, metavar="N", help="runs at a time, by default 1"
    )
    group.add_argument("--ignore", type=_regex, metavar="REGEX", help="what may vary in outputs")
    one_plan.add_flags(group)
    group.add_argument(
        "--relay",
        action="store_true",
        help="the two programs are command lines of any kind, and a relay between them cuts",
    )


def _add_reports(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--trace", metavar="FILE", help="save the run that broke")
    group.add_argument("--test", metavar="FILE", help="write a regression test for pytest")
    group.add_argument("--json", action="store_true", help="the verdict as JSON")
    group.add_argument("--junit", metavar="FILE", help="the verdict as a JUnit report")
    group.add_argument("--github", action="store_true", help="as an annotation for GitHub")


def _add_exercises(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--zoo",
        nargs="?",
        const="",
        metavar="NAME",
        help="list receive loops as found in the wild, or check one of them",
    )
    group.add_argument("--copy", metavar="DIR", help="with --zoo NAME: a copy of it, to mend")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"should be a whole number from 1, is {text!r}")
    return int(text)


def _regex(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"is no regular expression: {error}") from None


def perform(options: argparse.Namespace) -> int:
    if options.copy and not options.zoo:
        raise UserError("--copy goes with --zoo NAME")
    if options.zoo == "" and options.programs:
        raise UserError("--zoo lists programs, or checks one of them: name no others")
    if options.zoo == "":
        return _list_zoo()
    if options.zoo is not None:
        options.programs = _animal(options)
    if not options.programs:
        raise UserError("name the programs: sockscope check server.py client.py")
    if options.copy:
        return _copy(options)
    return _check(options)


def _list_zoo() -> int:
    from ..check.zoo import animals

    width = max(len(animal.name) for animal in animals())
    for animal in animals():
        print(f"{animal.name:<{width}}  {animal.mistake}")
    return 0


def _animal(options: argparse.Namespace) -> list[str]:
    from ..check.zoo import animals

    if options.programs:
        raise UserError("--zoo NAME has programs of its own")
    for animal in animals():
        if animal.name == options.zoo:
            return list(animal.programs)
    raise UserError(f"no animal is called {options.zoo}: sockscope check --zoo lists them")


def _copy(options: argparse.Namespace) -> int:
    from ..check.zoo import RIGHT, copy, folder

    try:
        words = copy(options.zoo, Path(options.copy))
    except OSError as error:
        raise UserError(f"cannot write {error.filename}: {reason(error)}") from None
    print(f"mend it, then: sockscope check {shlex.join(words)}")
    print(f"one right form: {folder(options.zoo) / RIGHT}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from ..check import relayed
    from ..check.command import check
    from ..check.outcome import NothingToCutError
    from ..check.plans import FROM_OUTSIDE, WHOLE
    from ..tracer.programs import ProgramError, parse

    if options.relay and (options.trace or options.short or options.merge):
        raise UserError("--trace, --short and --merge need programs in Python, without --relay")
    how: dict[str, Any] = {"run": relayed.run, "kinds": FROM_OUTSIDE} if options.relay else {}
    try:
        programs = (relayed.parse if options.relay else parse)(options.programs)
    except ProgramError as error:
        raise UserError(str(error)) from None
    _check_arguments(programs)
    only = one_plan.named(options, [program.name for program in programs])
    _check_files(options)
    try:
        with _progress(options.budget) as progress:
            verdict = check(
                programs,
                budget=options.budget,
                seed=options.seed,
                ignore=options.ignore,
                jobs=options.jobs,
                only=only,
                timeout=options.timeout,
                progress=progress,
                **how,
            )
    except NothingToCutError as error:
        raise UserError("; ".join(filter(None, (str(error), _hint(programs))))) from None
    is_uncut = verdict.broken is not None and verdict.broken.plan.kind == WHOLE
    try:
        _tell(verdict, options, _hint(programs) if is_uncut else "")
    except BrokenPipeError:  # nobody reads it
        raise
    except OSError as error:
        raise UserError(f"cannot write {error.filename}: {reason(error)}") from None
    return INTERRUPTED if verdict.interrupted else STATUS[verdict.word]


def _check_arguments(programs: Sequence[Program]) -> None:
    """Refuse what looks like {port}, and is not."""
    for arg in (arg for program in programs for arg in program.args):
        is_name = arg not in PORTS and re.fullmatch(r"\{\w+\}", arg)
        if is_name and get_close_matches(arg.lower(), PORTS, 1, 0.7):
            raise UserError(f"{arg} stands for nothing: a free port is {{port}}")


def _hint(programs: Sequence[Program]) -> str:
    """What may be missing: a client, or a port for each."""
    if len(programs) == 1:
        return 'its client may come with it: sockscope check "server.py {port}" "client.py {port}"'
    if all(any(p in arg for arg in program.args for p in PORTS) for program in programs):
        return ""
    return 'a program gets a free port where {port} stands: "server.py {port}"'


def _check_files(options: argparse.Namespace) -> None:
    """Refuse to write where that cannot be, or over what is not of the same kind."""
    from ..check.report import TEST_BEGINS

    for flag, path, begins in (
        ("--trace", options.trace, "{"),
        ("--test", options.test, TEST_BEGINS),
        ("--junit", options.junit, "<?xml"),
    ):
        if path is None:
            continue
        if not Path(path).parent.is_dir():
            raise UserError(f"{flag} {path}: there is no folder {Path(path).parent}")
        if not may_write_over(Path(path), begins):
            raise UserError(f"{flag} {path}: that file exists, and sockscope did not write it")


@contextmanager
def _progress(budget: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal while it lasts; nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("ways to cut"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=budget)
        yield lambda tried: bar.update(task, completed=tried)


def _tell(verdict: Verdict, options: argparse.Namespace, hint: str) -> None:
    from ..check import report

    written = report.Written(
        _save_trace(verdict, options.trace), _save_test(verdict, options.test, options)
    )
    if options.junit:
        name = " ".join(options.programs)
        Path(options.junit).write_text(report.as_junit(verdict, name), encoding="utf-8")
    if options.json:
        print(report.as_json(verdict, written))
    else:
        print("\n".join(report.lines(verdict, written)))
        if hint:
            print(f"  {hint}")
        for path in filter(None, (options.trace, options.test)):
            if verdict.broken is None:
                print(f"  {path} is not written: nothing broke them")
        for name, path in _files_of(options.zoo):
            print(f"  {name}: {path}")
    if options.github and (annotation := report.as_github(verdict)):
        print(annotation)


def _files_of(zoo: str | None) -> Iterator[tuple[str, Path]]:
    """The wrong loop of an animal and its right form."""
    from ..check.zoo import RIGHT, WRONG, folder

    if zoo is not None:
        yield "the wrong loop", folder(zoo) / WRONG
        yield "its right form", folder(zoo) / RIGHT


def _save_trace(verdict: Verdict, path: str | None) -> str | None:
    if path is None or verdict.broken is None:
        return None
    from ..tracer.recording import Recording

    with Recording(path) as recording:
        for event in verdict.broken.ran.events:
            recording.write(event)
    return path


def _save_test(verdict: Verdict, path: str | None, options: argparse.Namespace) -> str | None:
    from ..check import report

    if path is None or verdict.broken is None:
        return None
    flags = ["--relay"] * options.relay
    if options.ignore is not None:
        flags += ["--ignore", options.ignore.pattern]
    if options.timeout is not None:
        flags += ["--timeout", f"{options.timeout:g}"]
    folder = os.path.relpath(os.curdir, os.path.dirname(os.path.abspath(path)))
    text = report.as_test(verdict.broken.plan, [*options.programs, *flags], folder)
    Path(path).write_text(text, encoding="utf-8")
    return path
