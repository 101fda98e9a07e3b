"""A warm interpreter that forks one tracee after another: starting Python is most of a run.

It forks before anything of a tracee is made.  Each child is a session of its own, returns
from here as if it had just been started, and ends as any interpreter would.
"""

from __future__ import annotations

import array
import atexit
import codecs
import ctypes
import fcntl
import gc
import json
import os
import socket
import struct
import sys
import threading

from . import scripts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

MAX_ORDER = 1 << 16
"""Octets of an order: the set-up and the arguments of one program."""

FDS = 7
"""Standard input, output and error, then the tracee's three pipes and its line for children."""

_libc = ctypes.CDLL(None)
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # unshare(2)
_SIOCSIFFLAGS = 0x8914  # netdevice(7)
_IFF_UP, _IFF_RUNNING = 0x1, 0x40


def next_life(fd: int) -> tuple[dict[str, Any], list[str]]:
    """Take orders until one asks for a child; gives, in the child, its set-up and its arguments.

    Ends the process once the other end of socket ``fd`` is closed.
    """
    orders = socket.socket(fileno=fd)
    codecs.lookup("idna")  # socket imports that with the first name of a host
    gc.collect()
    gc.freeze()  # what a collection touches in a child is copied first
    try:
        return _take_orders(orders)
    except ConnectionError:
        sys.exit()


def _take_orders(orders: socket.socket) -> tuple[dict[str, Any], list[str]]:
    while True:
        text, fds = _receive(orders)
        if not text:
            sys.exit()
        order = json.loads(text)
        if order["do"] == "network":
            orders.send(json.dumps({"own": own_network()}).encode())
        elif order["do"] == "reap":
            _, status = os.waitpid(order["pid"], 0)
            orders.send(json.dumps({"status": os.waitstatus_to_exitcode(status)}).encode())
        else:
            if order["argv"]:
                scripts.learn(order["argv"][0])
            pid = os.fork()
            if pid == 0:
                orders.close()
                return _begin(order, fds)
            for one in fds:
                os.close(one)
            orders.send(json.dumps({"pid": pid}).encode())


def _receive(orders: socket.socket) -> tuple[bytes, list[int]]:
    fds = array.array("i")
    text, ancillary, _, _ = orders.recvmsg(MAX_ORDER, socket.CMSG_LEN(FDS * fds.itemsize))
    for _, _, octets in ancillary:
        fds.frombytes(octets[: len(octets) - len(octets) % fds.itemsize])
    return text, list(fds)


def _begin(order: dict[str, Any], fds: list[int]) -> tuple[dict[str, Any], list[str]]:
    os.setsid()
    for number, fd in enumerate(fds[:3]):
        os.dup2(fd, number)
        os.close(fd)
    ends = dict(zip(("read", "write", "lifeline", "births"), fds[3:]))
    return {**order["setup"], **ends}, order["argv"]


def live(run: Callable[[], None]) -> NoReturn:
    """Run the program and end, but leave the interpreter's memory to the kernel.

    To take an interpreter apart is to copy every page that it shares with its siblings.
    What the program itself has left is taken apart: files are written, sockets closed.
    """
    status = 0
    try:
        run()
    except SystemExit as end:
        status = _status(end.code)
    except Exception:  # the program's run() has shown it
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.modules.pop("__main__", None)
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    os._exit(status)


def _status(code: object) -> int:
    """The exit status that sys.exit(code) asks for."""
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    print(code, file=sys.stderr)
    return 1


def own_network() -> bool:
    """Enter a new network namespace, so that no earlier run's port is still taken.

    Gives whether there is the right to one.
    """
    unshare = _libc.unshare
    if unshare(_CLONE_NEWNET) != 0 and unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)
    return True
