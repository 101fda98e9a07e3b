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

from .frames import is_ours, without_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator


def prepare(argv: list[str]) -> None:
    """Make the interpreter look as it does at the start of ``python argv[0] argv[1:]``."""
    path = argv[0]
    sys.argv = list(argv)
    if hasattr(sys, "orig_argv"):  # since Python 3.10
        sys.orig_argv = [sys.executable, *argv]
    sys.path[:1] = [] if _safe_path() else [os.path.dirname(os.path.realpath(path))]
    main = types.ModuleType("__main__")
    main.__file__ = os.path.join(os.getcwd(), path) if sys.version_info >= (3, 9) else path
    main.__builtins__ = builtins  # type: ignore[attr-defined]
    main.__loader__ = importlib.machinery.SourceFileLoader("__main__", main.__file__)
    main.__dict__.update(__cached__=None, __annotations__={})
    sys.modules["__main__"] = main


def _safe_path() -> bool:
    return bool(getattr(sys.flags, "safe_path", False))


def run() -> None:
    """Run what was prepared to its end; its exceptions leave as they would without us."""
    _hide_our_frames()
    if sys.version_info >= (3, 12):
        _hide_our_thread("fork")
        _hide_our_thread("forkpty")
    main = sys.modules["__main__"]
    path = str(main.__file__)
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = _without_ours_in_chain(error)
        sys.excepthook(type(error), error, trace)
        sys.excepthook = lambda *_: None
        raise


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
