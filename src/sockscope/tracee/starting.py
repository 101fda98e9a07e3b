"""What this process executes: a program in Python becomes a tracee, other programs do not.

All ways meet in a few functions: ``fork_exec`` beneath ``subprocess`` and ``multiprocessing``,
``posix_spawn``, and ``execv`` and ``execve``.  There the command is changed (``command_line``)
so that the same interpreter runs our ``__main__`` first.  The environment stays as it is.

Whoever starts a tracee waits until it is known, as after a fork (``family``).
"""

from __future__ import annotations

import _posixsubprocess
import json
import os
import sys
import threading
from contextlib import contextmanager

from .command_line import Command, first_runnable
from .frames import OURS
from .passage import look_like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

    from .family import Family, Links

MAIN = os.path.join(OURS, "__main__.py")

_USER_AT = 13 if sys.version_info >= (3, 11) else 12
"""Where the arguments of ``fork_exec``, from its folder on, begin to say as whom the child runs.

Python 3.8 cannot be told.
"""


class Starting:
    """Follows what this process executes, and says what it cannot follow."""

    def __init__(self, family: Family) -> None:
        self._family = family

    def install(self) -> None:
        """Take the place of all that executes programs."""
        subprocess: Any = sys.modules.get("subprocess")
        original = _posixsubprocess.fork_exec
        fork_exec = self._fork_exec(original)
        _posixsubprocess.fork_exec = fork_exec
        if getattr(subprocess, "_fork_exec", None) is original:
            subprocess._fork_exec = fork_exec
        for name in ("posix_spawn", "posix_spawnp"):
            _put(os, name, self._spawn)
        for name in ("execv", "execve"):
            _put(os, name, self._execute)

    # -- the three ways ----------------------------------------------------------

    def _fork_exec(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def fork_exec(args: Any, files: Any, close_fds: Any, keep: Any, *rest: Any) -> Any:
            folder, environment = rest[0], rest[1]
            with self._executing():
                user = "it runs as another user" if _changes_user(rest) else None
                command, links = self._command(files, args, _path(environment), folder, user)
                if command is None:
                    return original(args, files, close_fds, keep, *rest)
                with self._family.awaiting(links) as fds:
                    file = (os.fsencode(command.file),)
                    kept = tuple(sorted({*keep, *fds.values()}))
                    return original(self._words(command, fds), file, close_fds, kept, *rest)

        look_like(original, fork_exec)
        return fork_exec

    def _spawn(self, original: Callable[..., Any]) -> Callable[..., Any]:
        searches = original.__name__ == "posix_spawnp"

        def spawn(path: Any, argv: Any, env: Any, **kwargs: Any) -> Any:
            files = [path]
            if searches and not os.path.dirname(path):
                files = [os.path.join(os.fsencode(p), os.fsencode(path)) for p in _folders(env)]
            command, links = self._command(files, argv, _path(env))
            if command is None:
                return original(path, argv, env, **kwargs)
            with self._family.awaiting(links) as fds:
                actions = _keeping(kwargs.get("file_actions"), [*fds.values()])
                kwargs["file_actions"] = list(actions)
                return original(command.file, self._words(command, fds), env, **kwargs)

        return spawn

    def _execute(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def execute(path: Any, argv: Any, *env: Any) -> Any:
            if not self._family.is_seen or isinstance(path, int):
                return original(path, argv, *env)
            command, links = self._command([path], argv, _path(env[0] if env else None))
            try:
                self._family.tell_of_exec(is_seen=command is not None)
                if command is None:
                    return original(path, argv, *env)
                for fd in links.values():
                    os.set_inheritable(fd, True)
                return original(command.file, self._words(command, links), *env)
            finally:  # it has failed
                for fd in links.values():
                    os.set_inheritable(fd, False)
                self._family.tell_of_exec(is_seen=None)

        return execute

    # -- what they have in common ------------------------------------------------

    @contextmanager
    def _executing(self) -> Iterator[None]:
        """While a child may run code of ours that is about to execute something else."""
        thread = threading.get_ident()
        self._family.executing.add(thread)
        try:
            yield
        finally:
            self._family.executing.discard(thread)

    def _command(
        self, files: Any, args: Any, path: str, folder: Any = None, why_not: str | None = None
    ) -> tuple[Command | None, Links]:
        """How to start this as a tracee, and the fds that it needs for that.

        There is no command where that is not possible, which is said, as is ``why_not``.
        """
        if not self._family.is_seen:
            return None, {}
        self._family.shares()
        try:
            words = [os.fsdecode(arg) for arg in args]
            candidates = [os.path.join(os.fsdecode(folder or b""), os.fsdecode(f)) for f in files]
        except TypeError:  # whoever executes it shall say so
            return None, {}
        file = first_runnable(candidates)
        if file is None:
            return None, {}
        links = self._family.links
        try:
            if links is None or why_not is not None:
                raise ValueError(why_not or "there is no line for it to sockscope")
            return Command(file, words, path), links
        except ValueError as error:
            self._cannot(args, str(error))
            return None, {}

    def _cannot(self, args: Any, why: str) -> None:
        name = os.path.basename(os.fsdecode(args[0]))
        self._family.not_seen(f"what {name} does, which it starts: {why}")

    def _words(self, command: Command, links: Links) -> list[str]:
        setup = {**self._family.told, **links, "parent": os.getpid()}
        if command.as_given is not None:
            setup["as_given"] = command.as_given
        return [*command.before, MAIN, json.dumps(setup), *command.program]


def _put(module: Any, name: str, wrap: Callable[[Any], Any]) -> None:
    original = getattr(module, name)
    wrapped = wrap(original)
    look_like(original, wrapped)
    setattr(module, name, wrapped)
    if original in os.supports_fd:
        os.supports_fd.add(wrapped)


def _keeping(actions: Any, fds: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The file actions of ``posix_spawn`` that leave ``fds`` open.

    One that closes all from some fd on (Python 3.13) becomes one for each that is open.
    """
    for action in actions or ():
        if action[0] != getattr(os, "POSIX_SPAWN_CLOSEFROM", None):
            yield action
            continue
        for fd in map(int, os.listdir("/proc/self/fd")):
            if fd >= action[1] and fd not in fds:
                yield (os.POSIX_SPAWN_CLOSE, fd)
    for fd in fds:
        yield (os.POSIX_SPAWN_DUP2, fd, fd)  # so that it is not closed on exec


def _changes_user(rest: Sequence[Any]) -> bool:
    """Whether a child of ``fork_exec`` may not be able to read our files."""
    user = rest[_USER_AT : _USER_AT + 3]
    return len(user) == 3 and any(one is not None for one in user)


def _path(environment: Any) -> str:
    """Where commands are looked for, by the environment of a child."""
    return os.pathsep.join(_folders(environment))


def _folders(environment: Any) -> list[str]:
    if isinstance(environment, (list, tuple)):  # as fork_exec has it: b"NAME=value"
        environment = dict(os.fsdecode(one).partition("=")[::2] for one in environment)
    return os.get_exec_path(None if environment is None else environment)
