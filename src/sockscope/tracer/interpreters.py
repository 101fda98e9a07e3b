"""Interpreters that are not our own: any Python from 3.8 on can run a program."""

from __future__ import annotations

import functools
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from dataclasses import replace

from ..tracee import reading
from .programs import Program, ProgramError
from .spawning import spawn

OLDEST = (3, 8)
WANTED = "give the path of Python 3.8 or newer"

DEADLINE = 10.0
"""Seconds that an interpreter may take to check a program."""

LONGEST = 1 << 16
"""Octets that it may say meanwhile."""

_ASK = """
import sys
print("Python %d.%d" % sys.version_info[:2])
if sys.version_info >= (3, 8):
    import runpy
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Reads as Python 2, too: an old interpreter should say that it is old."""


def placed(program: Program, python: str) -> Program:
    """``program``, to be run by the interpreter ``python``.

    Raises ProgramError where there is no such interpreter, it is too old, or it refuses
    the program.
    """
    path = shutil.which(python)
    if path is None:
        raise ProgramError(f"{python!r} is no interpreter that can be run: {WANTED}")
    _check(program, path)
    return replace(program, spawn=functools.partial(spawn, python=path))


def _check(program: Program, python: str) -> None:
    status, told = _ask(python, program.path)
    match = re.fullmatch(r"Python (\d+)\.(\d+)\n(.*)", told, re.DOTALL)
    if match is None:
        raise ProgramError(f"{python} is no Python: {WANTED}")
    version = int(match[1]), int(match[2])
    if version < OLDEST:
        raise ProgramError(f"{python} is Python {match[1]}.{match[2]}: {WANTED}")
    if status < 0:
        name = signal.Signals(-status).name
        raise ProgramError(f"{program.path}: {python} ends with {name} when it compiles it")
    mistake = json.loads(match[3])
    if mistake is not None:
        raise ProgramError(f"{mistake} (Python {match[1]}.{match[2]})")


def _ask(python: str, program: str) -> tuple[int, str]:
    """The exit status of an interpreter that checks ``program``, and what it says."""
    try:
        process = subprocess.Popen(
            [python, "-E", "-s", "-S", "-c", _ASK, reading.__file__, program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return 0, ""
    with process:
        assert process.stdout is not None
        told, is_whole = _read_all(process.stdout.fileno())
        if not is_whole:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, told.decode("utf-8", "replace")


def _read_all(fd: int) -> tuple[bytes, bool]:
    """What comes from a pipe, and whether it came to its end in time."""
    told, deadline = b"", time.monotonic() + DEADLINE
    while len(told) < LONGEST and select.select([fd], [], [], deadline - time.monotonic())[0]:
        data = os.read(fd, LONGEST)
        if not data:
            return told, True
        told += data
    return told, False
