"""What a run came to, as far as anybody outside could tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..trace import events as e
from ..trace.names import RECEIVES, SENDS


@dataclass(frozen=True, slots=True)
class Ended:
    """One program's end: its exit status (negative for a signal), and what it wrote and sent.

    ``status`` is None where it was stopped because nothing was left to do.
    """

    name: str
    status: int | None
    out: str
    err: str
    sent: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run.  ``hang`` says in words who waited for what, where it had to be ended."""

    programs: tuple[Ended, ...]
    hang: str = ""


def outcome(names: Sequence[str], events: Sequence[e.Event], hang: str) -> Outcome:
    """The outcome that the events of a run show."""
    return Outcome(tuple(_ended(name, events) for name in names), hang)


def _ended(name: str, events: Sequence[e.Event]) -> Ended:
    own = [event for event in events if event.proc == name]
    texts: dict[str, list[str]] = defaultdict(list)
    status = None
    for event in own:
        if isinstance(event, e.Output):
            texts[event.stream].append(event.text)
        elif isinstance(event, e.ProcessExited):
            status = event.status if event.signal is None else -1
    return Ended(
        name, status, "".join(texts["stdout"]), "".join(texts["stderr"]), moved(own, SENDS)
    )


def moved(events: Sequence[e.Event], names: frozenset[str]) -> tuple[bytes, ...]:
    """The octets of each conversation of one program, by the order in which they began."""
    streams: dict[int, bytearray] = {}
    all_of_them: list[bytearray] = []
    entered: dict[int, e.CallEntered] = {}
    for event in events:
        if isinstance(event, e.CallEntered):
            entered[event.call] = event
        elif isinstance(event, e.CallReturned) and (call := entered.pop(event.call, None)):
            if call.name == "close":
                streams.pop(call.fd, None)
            elif call.name in names and event.data and not _peeks(call):
                if call.fd not in streams:
                    streams[call.fd] = bytearray()
                    all_of_them.append(streams[call.fd])
                streams[call.fd] += event.data
    return tuple(map(bytes, all_of_them))


def _peeks(call: e.CallEntered) -> bool:
    flags = call.args[-1] if len(call.args) > 1 else 0
    return call.name in RECEIVES and isinstance(flags, int) and bool(flags & 2)  # MSG_PEEK


@dataclass(frozen=True, slots=True)
class ShortCall:
    """A call that moved fewer octets than it might, and ``end``, how far into its stream."""

    proc: str
    name: str
    file: str | None
    line: int | None
    asked: int
    moved: int
    end: int


def short_calls(events: Sequence[e.Event], names: frozenset[str]) -> list[ShortCall]:
    """Every receive that got, or send that took, less than was asked for, in order."""
    entered: dict[int, e.CallEntered] = {}
    ends: dict[tuple[str, int], int] = {}
    found = []
    for event in events:
        if isinstance(event, e.CallEntered):
            entered[event.call] = event
        elif isinstance(event, e.CallReturned) and (call := entered.pop(event.call, None)):
            key = (call.proc or "", call.fd)
            if call.name == "close":
                ends.pop(key, None)
            elif call.name in names and not _peeks(call):
                ends[key] = ends.get(key, 0) + len(event.data or b"")
                found += _short(call, len(event.data or b""), ends[key])
    return found


def _short(call: e.CallEntered, moved: int, end: int) -> list[ShortCall]:
    asked = _asked(call.args[0]) if call.args else 0
    if not 0 < moved < asked:
        return []
    return [ShortCall(call.proc or "", call.name, call.file, call.line, asked, moved, end)]


def _asked(first: object) -> int:
    """The octets that a call's first argument asks for or offers."""
    if isinstance(first, Mapping):
        first = first.get("bytes")
    return first if isinstance(first, int) else 0
