"""How a tracee's process is started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .child import Child, NearChild

TRACEE = Path(__file__).resolve().parent.parent / "tracee" / "__main__.py"
"""Its file, not its folder: Python starts a folder more slowly."""


Spawn = Callable[[Mapping[str, Any], Sequence[str], Sequence[int]], Child]
"""Starts a tracee with a set-up, its arguments, the three pipes that the set-up names, and the
line on which its children become known, which the set-up names where it can be inherited."""


def spawn(
    setup: Mapping[str, Any],
    argv: Sequence[str],
    pipes: Sequence[int],
    python: str = sys.executable,
) -> Child:
    """Start a tracee in a new interpreter, of our own kind or another."""
    setup = {**setup, "births": pipes[-1]}
    process = subprocess.Popen(
        [python, str(TRACEE), json.dumps(setup), *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=tuple(pipes),
        start_new_session=True,
    )
    ends = []
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        ends.append(os.dup(pipe.fileno()))
        pipe.close()
    return NearChild(process.pid, ends[0], ends[1], process.wait)
