"""What a run came to, as far as anybody outside could tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..trace import events as e
from ..trace.names import MSG_PEEK, RECEIVES, SENDS, flags_of
from .conversations import Key, is_at_once, returned_calls

SOCK_STREAM = 1


class NothingToCutError(ValueError):
    """There is nothing that could be cut, or not where it should be; the message is one line."""


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


def last_words(err: str) -> str:
    """What a program says last, after a colon."""
    last = err.strip().rpartition("\n")[2]
    return f": {last}" if last else ""


def families(events: Sequence[e.Event]) -> dict[str, str]:
    """To which of the programs each process belongs: a child to what has started it."""
    found: dict[str, str] = {}
    for event in events:
        if isinstance(event, e.ProcessStarted) and event.proc:
            found[event.proc] = found.get(event.parent or event.proc, event.proc)
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run.  ``hang`` says in words who waited for what, where it had to be ended.

    Where a program had several conversations ``at_once``, these may come in any order.
    """

    programs: tuple[Ended, ...]
    hang: str = ""
    at_once: bool = False


def outcome(own: Mapping[str, Sequence[e.Event]], hang: str) -> Outcome:
    """The outcome that the events of each program, its children's among them, show."""
    ends = tuple(_ended(name, events) for name, events in own.items())
    return Outcome(ends, hang, any(map(is_at_once, own.values())))


def _ended(name: str, own: Sequence[e.Event]) -> Ended:
    texts: dict[str, list[str]] = defaultdict(list)
    status = None
    for event in own:
        if isinstance(event, e.Output):
            texts[event.stream].append(event.text)
        elif isinstance(event, e.ProcessExited) and event.proc == name:
            status = event.status if event.signal is None else -1
    out, err = ("".join(texts[stream]) for stream in ("stdout", "stderr"))
    return Ended(name, status, out, err, moved(own, SENDS))


def moved(
    events: Sequence[e.Event], names: frozenset[str], with_datagrams: bool = True
) -> tuple[bytes, ...]:
    """The octets of each conversation of one program, by the order in which they began."""
    streams: dict[Key, bytearray] = defaultdict(bytearray)
    others: set[Key] = set()
    for call, end, key in returned_calls(events):
        if call.name == "socket" and not with_datagrams and not _is_stream(call):
            others.add(key)
        elif call.name in names and end.data and not peeks(call) and key not in others:
            streams[key] += end.data
    return tuple(map(bytes, streams.values()))


def _is_stream(call: e.CallEntered) -> bool:
    """Whether a call of socket() is for one that carries a stream."""
    kind = call.args[1] if len(call.args) > 1 else SOCK_STREAM
    return isinstance(kind, int) and kind & 0xF == SOCK_STREAM  # without SOCK_NONBLOCK


def peeks(call: e.CallEntered) -> bool:
    """Whether a receive leaves its octets where they are."""
    return call.name in RECEIVES and bool(flags_of(call.name, call.args) & MSG_PEEK)
