"""Runs a program as ``python program.py`` would, so that it cannot tell the difference."""

from __future__ import annotations

import builtins
import functools
import importlib.machinery
import os
import sys
import threading
import traceback
import types
import warnings

from . import scripts
from .command_line import CODE, MODULE, SCRIPT
from .frames import is_ours, note_script, without_ours
from .scripts import compiled, file_of, folder_of, is_package

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from .scripts import Script


def prepare(
    argv: list[str], kind: str = SCRIPT, as_given: list[str] | None = None
) -> Callable[[], None]:
    """Make the interpreter look as it does at the start of ``python argv[0] argv[1:]``.

    Of another ``kind`` it is ``python -m`` or ``python -c``.  ``as_given`` are the arguments of
    the interpreter, where they cannot be told from ``argv``.  Gives what runs the program.
    """
    if hasattr(sys, "orig_argv"):  # since Python 3.10
        sys.orig_argv = as_given or _arguments(argv, kind)
    sys.argv = list(argv) if kind == SCRIPT else [kind, *argv[1:]]
    folder = "" if kind == CODE else os.getcwd()
    main = types.ModuleType("__main__")
    main.__loader__ = importlib.machinery.BuiltinImporter
    if kind == SCRIPT:
        folder = _as_script(main, argv[0], scripts.known(argv[0]))
    if _has_folder():
        sys.path[0] = folder
    elif kind == SCRIPT and is_package(argv[0]):
        sys.path.insert(0, folder)
    main.__builtins__ = builtins  # type: ignore[attr-defined]
    main.__dict__.update(__annotations__={})
    sys.modules["__main__"] = main
    return functools.partial(run, kind, argv[0])


def _arguments(argv: list[str], kind: str) -> list[str]:
    """What the interpreter was given, without what starts a tracee."""
    words = argv if kind == SCRIPT else [kind, *argv]
    ours = len(sys.argv) + (sys.argv[0] == CODE)  # without the code
    return [*sys.orig_argv[:-ours], *words]


def _as_script(main: types.ModuleType, path: str, known: Script | None) -> str:
    """Let a module look like a script; gives the folder that its imports begin in."""
    if known is None and is_package(path):
        return os.path.abspath(path) if sys.version_info >= (3, 9) else path
    main.__file__ = file_of(path)
    note_script(main.__file__)
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", main.__file__)
    main.__dict__.update(__cached__=None)
    return folder_of(path) if known is None else known.folder


def _has_folder() -> bool:
    """Whether ``sys.path`` begins with the folder of the program: here it is ours."""
    isolated = sys.flags.isolated if sys.version_info < (3, 11) else sys.flags.safe_path
    return not isolated


def run(kind: str, name: str) -> None:
    """Run what was prepared to its end; its exceptions leave as they would without us."""
    _hide_our_frames()
    if sys.version_info >= (3, 12):
        _hide_our_thread("fork")
        _hide_our_thread("forkpty")
    try:
        _run_main(kind, name)
    except SystemExit:
        raise
    except BaseException as error:
        trace = _without_ours_in_chain(error)
        sys.excepthook(type(error), error, trace)
        sys.excepthook = lambda *_: None
        raise


def _run_main(kind: str, name: str) -> None:
    main = sys.modules["__main__"]
    if kind == MODULE or (kind == SCRIPT and not hasattr(main, "__file__")):
        import runpy

        is_module = kind == MODULE
        runpy._run_module_as_main(  # type: ignore[attr-defined]
            name if is_module else "__main__", alter_argv=is_module
        )
        return
    if kind == CODE:
        code = compile(name, "<string>", "exec", dont_inherit=True)
        _remember_source(name)
    else:
        known, path = scripts.known(name), str(main.__file__)
        code = compiled(_read(path), path) if known is None else known.code
    exec(code, main.__dict__)


def _read(path: str) -> bytes:
    """The text of a script; ends as Python does where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        python = getattr(sys, "orig_argv", [sys.executable])[0]
        sys.stderr.write(
            f"{python}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}\n"
        )
        sys.exit(2)


def _remember_source(text: str) -> None:
    """Have tracebacks show the lines of ``python -c``, as they do since Python 3.13."""
    if sys.version_info >= (3, 13):
        import linecache

        lines = [f"{line}\n" for line in text.splitlines()]
        linecache.cache["<string>"] = len(text), None, lines, "<string>"


def _without_ours_in_chain(error: BaseException) -> types.TracebackType | None:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None or link in seen:
            continue
        seen.append(link)
        link.__traceback__ = without_ours(link.__traceback__)
        waiting += [link.__cause__, link.__context__, *getattr(link, "exceptions", ())]
    return error.__traceback__


def _hide_our_frames() -> None:
    """Leave our frames out of every traceback that the program or its threads print."""
    for name in ("walk_tb", "_walk_tb_with_full_positions"):
        walk = getattr(traceback, name, None)
        if walk is not None:
            setattr(traceback, name, _skipping(walk))
    walk_stack: Any = _inside(traceback.walk_stack)
    traceback.walk_stack = walk_stack
    original, unraisable = threading.excepthook, sys.unraisablehook

    def unraisablehook(args: Any) -> None:
        if args.exc_value is not None:
            _without_ours_in_chain(args.exc_value)
        unraisable(args)

    sys.unraisablehook = unraisablehook

    def excepthook(args: Any) -> None:
        if args.exc_value is not None:
            trace = _without_ours_in_chain(args.exc_value)
            args = threading.ExceptHookArgs((args.exc_type, args.exc_value, trace, args.thread))
        original(args)

    threading.excepthook = excepthook


def _hide_our_thread(name: str) -> None:
    """Leave our thread out of what Python 3.12 and later say of forks and threads."""
    original = getattr(os, name)

    @functools.wraps(original)
    def fork() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            result = original()
        if len(os.listdir("/proc/self/task")) > 2:
            text = (
                f"This process (pid={os.getpid()}) is multi-threaded,"
                f" use of {name}() may lead to deadlocks in the child."
            )
            warnings.warn(text, DeprecationWarning, stacklevel=2)
        return result

    setattr(os, name, fork)


def _skipping(walk: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def walk_without_ours(trace: Any) -> Iterator[Any]:
        return (item for item in walk(trace) if not is_ours(item[0]))

    return walk_without_ours


def _inside(walk: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    def walk_inside(frame: Any) -> Iterator[Any]:
        items = walk(frame)
        if frame is None:  # then the walk counts from its own caller, which we are
            next(items)
        for item in items:
            if item[0].f_code is run.__code__:
                return
            if not is_ours(item[0]):
                yield item

    return walk_inside
