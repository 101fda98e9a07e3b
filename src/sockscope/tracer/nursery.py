"""Starts tracees by forking a warm interpreter, for those who start hundreds."""

from __future__ import annotations

import array
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .child import Child, NearChild
from .spawning import TRACEE

DEADLINE = 10.0
"""Seconds that the nursery may take to answer."""


class Nursery:
    """One warm interpreter.  Its ``spawn`` is for an ``Ensemble``; close it after the last run."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        setup = json.dumps({"nursery": theirs.fileno()})
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(TRACEE), setup],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._orders = ours
        self._orders.settimeout(DEADLINE)

    def own_network(self) -> bool:
        """Give the children to come a network of their own; whether that is allowed."""
        return bool(self._ask({"do": "network"})["own"])

    def spawn(self, setup: Mapping[str, Any], argv: Sequence[str], pipes: Sequence[int]) -> Child:
        """Fork one tracee."""
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            order = {"do": "fork", "setup": dict(setup), "argv": list(argv)}
            pid = int(self._ask(order, (nothing, out_end, err_end, *pipes))["pid"])
        finally:
            for fd in (nothing, out_end, err_end):
                os.close(fd)
        return NearChild(pid, out, err, partial(self._reap, pid))

    def _reap(self, pid: int) -> int:
        return int(self._ask({"do": "reap", "pid": pid})["status"])

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._process.wait()

    def _ask(self, order: Mapping[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self._orders.sendmsg([json.dumps(order).encode()], rights)
        answer: dict[str, Any] = json.loads(self._orders.recv(1024))
        return answer
