"""What strace saw of a program's own sockets, and what our trace says, in the same words.

One ``Seen`` is one call: its name as the kernel has it, its result (a number, the name of
an errno, or None where the call never came back), and the octets that it moved.
"""

from __future__ import annotations

import binascii
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sockscope.trace import events as e

SYSTEM_CALLS = {
    "accept": "accept",
    "send": "send",
    "recv": "recv",
    "recv_into": "recv",
    "connect_ex": "connect",
    **{name: name for name in ("socket", "bind", "listen", "connect", "setsockopt")},
    **{name: name for name in ("shutdown", "close")},
}
STRACE_CALLS = {"accept4": "accept", "sendto": "send", "recvfrom": "recv"}
QUESTIONS = {"getsockname", "getpeername", "getsockopt"}
BIRTHS = {"clone", "clone3", "fork", "vfork"}
KEPT = 4096
"""Octets of one call that strace was told to write."""


@dataclass(frozen=True)
class Seen:
    """One call on one socket."""

    name: str
    result: int | str | None
    data: bytes = b""


INHERITED = Seen("inherited", 0)
SOCKETS_ONLY = {"getsockname", "getpeername", "getsockopt", "recv", "send", "accept"}

Life = tuple[Seen, ...]
"""What happened to one socket, from its birth to its close."""


# -- strace ----------------------------------------------------------------------

_UNFINISHED = re.compile(r"^(\d+)\s+(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$")
_CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+|\?)(?: (\w+))?.*$")
_BYTES = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def joined(lines: Iterable[str]) -> Iterator[str]:
    """With the two parts of a call that another thread interrupted put together."""
    begun: dict[str, str] = {}
    for line in lines:
        if match := _UNFINISHED.match(line):
            begun[match[1]] = match[2]
        elif match := _RESUMED.match(line):
            yield f"{match[1]} {begun.pop(match[1])}{match[3]}"
        else:
            yield line
    yield from (f"{thread} {head}) = ?" for thread, head in begun.items())


class Tables:
    """Who has which socket at which fd: a forked child begins with what its parent has.

    A life in a forked child begins with ``inherited``.
    """

    def __init__(self) -> None:
        self.lives: list[list[Seen]] = []
        self._tables: dict[str, dict[int, list[Seen]]] = {}
        self._doubtful: dict[str, set[int]] = {}
        self._owners: dict[int, str] = {}

    def of(self, process: str) -> dict[int, list[Seen]]:
        return self._tables.setdefault(process, {})

    def share(self, child: str, parent: str) -> None:
        self._tables[child] = self.of(parent)

    def fork(self, child: str, parent: str) -> None:
        for fd in self.of(parent):
            self.born(child, fd, INHERITED)

    def born(self, process: str, fd: int, *first: Seen) -> None:
        life = list(first)
        self._owners[id(life)] = process
        self.of(process)[fd] = life
        self.lives.append(life)

    def execute(self, process: str) -> None:
        """What it held is closed, or inherited: a call of a socket will show which.

        What it did before, between a fork and this, is C's and no call of the program.
        """
        table = self.of(process)
        for life in self.lives:
            if life[:1] == [INHERITED] and self._owners[id(life)] == process:
                del life[1:]
        self._doubtful[process] = set(table)
        table.clear()

    def confirm(self, process: str, name: str, fd: int) -> None:
        """A call is about to be noted that tells of a doubtful fd."""
        doubtful = self._doubtful.get(process, set())
        if fd in doubtful:
            doubtful.remove(fd)
            if name in SOCKETS_ONLY:
                self.born(process, fd, INHERITED)

    def told(self) -> list[Life]:
        lives = (_plain(life) for life in self.lives)
        return [life for life in lives if life != (INHERITED,)]


def of_strace(lines: Sequence[str]) -> list[Life]:
    """The lives of a program's TCP sockets, and of its children's, in the order of their birth."""
    whole = list(joined(lines))
    tables = Tables()
    parents = dict(_births(whole))
    for line in whole:
        match = _CALL.match(line)
        if match is None:
            continue
        process, name, args, number, errno = match.groups()
        if process in parents:
            parent, is_thread = parents.pop(process)
            (tables.share if is_thread else tables.fork)(process, parent)
        name = STRACE_CALLS.get(name, name)
        if name in BIRTHS and number in parents:
            _, is_thread = parents.pop(number)
            (tables.share if is_thread else tables.fork)(number, process)
        elif name == "execve":
            tables.execute(process)
        else:
            _take_strace(tables, process, name, args, number, errno)
    return tables.told()


def _births(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Each process or thread that was made, with who made it and whether it is a thread."""
    for line in lines:
        match = _CALL.match(line)
        if match and match[2] in BIRTHS and match[4].isdigit():
            yield match[4], (match[1], "CLONE_FILES" in match[3])


def _take_strace(
    tables: Tables, process: str, name: str, args: str, number: str, errno: str | None
) -> None:
    alive = tables.of(process)
    result: int | str | None = None if number == "?" else int(number)
    if errno and result == -1:
        result = errno
    fd = int(args.partition(",")[0]) if args.partition(",")[0].isdigit() else -1
    if errno != "ENOTSOCK":
        tables.confirm(process, name, fd)
    if name == "socket" and "AF_INET" in args and "SOCK_STREAM" in args:
        assert isinstance(result, int)
        tables.born(process, result, Seen(name, result))
        return
    if fd not in alive or name in QUESTIONS:
        if fd in alive and name == "getsockopt" and "SO_ERROR" in args:
            _settle_connect(alive[fd], args)
        return
    seen = Seen(name, result)
    if name in ("send", "recv") and isinstance(result, int):
        octets = _BYTES.search(args)
        seen = replace(seen, data=_unhex(octets[1])[:result] if octets else b"")
    alive[fd].append(seen)
    if name == "accept" and isinstance(result, int):
        tables.born(process, result)
    if name == "close":
        del alive[fd]


def _settle_connect(life: list[Seen], args: str) -> None:
    """A connect() with a timeout begins, sleeps in poll(), and asks how it went."""
    if life[-1] == Seen("connect", "EINPROGRESS"):
        error = re.search(r"SO_ERROR, \[(\w+)\]", args)
        assert error is not None
        life[-1] = Seen("connect", 0 if error[1] == "0" else error[1])


def _unhex(text: str) -> bytes:
    return binascii.unhexlify(text.replace("\\x", ""))


# -- our trace -------------------------------------------------------------------


def of_trace(events: Iterable[e.Event]) -> list[Life]:
    """The same from the events of one program and its children."""
    tables = Tables()
    entered: dict[int, e.CallEntered] = {}
    heirs: dict[str, str] = {}
    for event in events:
        proc = event.proc or ""
        if isinstance(event, e.ProcessStarted) and event.parent is not None:
            heirs[proc] = event.parent
        elif isinstance(event, e.SocketsObserved) and proc in heirs:
            held = {view.fd for view in event.sockets}
            for fd in tables.of(heirs.pop(proc)).keys() & held:
                tables.born(proc, fd, INHERITED)
        elif isinstance(event, e.CallEntered):
            entered[event.call] = event
        elif isinstance(event, (e.CallReturned, e.CallRaised)):
            _take(entered.pop(event.call), event, tables)
    for call in entered.values():
        alive = tables.of(call.proc or "")
        if call.fd in alive and call.name in SYSTEM_CALLS:
            alive[call.fd].append(Seen(SYSTEM_CALLS[call.name], None))
    return tables.told()


def _take(call: e.CallEntered, end: e.CallReturned | e.CallRaised, tables: Tables) -> None:
    name, proc = SYSTEM_CALLS.get(call.name), call.proc or ""
    alive = tables.of(proc)
    is_born = name == "socket" and call.args[:1] != (socket.AF_UNIX,)
    if name is None or not (call.fd in alive or is_born):  # a Unix socket
        return
    if isinstance(end, e.CallRaised):
        if end.errno is not None:  # a timeout is Python's own: the kernel was not asked
            alive[call.fd].append(Seen(name, end.errno))
        return
    if name == "socket":
        tables.born(proc, end.value, Seen(name, end.value))
        return
    result = {"accept": lambda: end.value[0], "send": lambda: end.value}.get(name)
    if name == "recv":
        seen = Seen(name, len(end.data or b""), (end.data or b"")[:KEPT])
    elif name == "send":
        seen = Seen(name, end.value, (end.data or b"")[:KEPT])
    else:
        seen = Seen(name, result() if result else 0)
    alive[call.fd].append(seen)
    if name == "accept":
        tables.born(proc, end.value[0])
    if name == "close":
        del alive[call.fd]


# -- both ------------------------------------------------------------------------


def _plain(life: Iterable[Seen]) -> Life:
    """Without what a timeout makes of a call: a try that came too early."""
    return tuple(seen for seen in life if seen.result not in ("EAGAIN", "ERESTARTSYS"))


def without_pieces(life: Life) -> Life:
    """With neighbouring receives as one: where TCP cuts its stream is a matter of time."""
    whole: list[Seen] = []
    for seen in life:
        last = whole[-1] if whole else None
        if (
            last is not None
            and seen.name == last.name == "recv"
            and isinstance(seen.result, int)
            and isinstance(last.result, int)
            and seen.result > 0
        ):
            data = last.data + seen.data
            whole[-1] = Seen("recv", last.result + seen.result, data[:KEPT])
        else:
            whole.append(seen)
    return tuple(whole)


def without_numbers(life: Life) -> Life:
    """Without fds: which number is free depends on what other threads have closed."""
    return tuple(replace(s, result=-1) if s.name in ("socket", "accept") else s for s in life)
