"""Which cuts to try, in which order: pure, and the same for the same seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..trace.words import counted

WHOLE, EVERY_BYTE, ONE_CUT, TWO_CUTS, SHORT_SENDS, MERGED, DIES, RANDOM = (
    "whole",
    "byte by byte",
    "one cut",
    "two cuts",
    "short sends",
    "merged",
    "the peer dies",
    "random cuts",
)

KINDS: Final = frozenset((WHOLE, EVERY_BYTE, ONE_CUT, TWO_CUTS, SHORT_SENDS, MERGED, DIES, RANDOM))

FROM_OUTSIDE: Final = KINDS - {SHORT_SENDS, MERGED}
"""What can be done to a program from outside."""

FRONT: Final = 4096
"""Octets at the begin of a stream, any of which may be cut from the next one."""

DELIMITERS: Final = (b"\r\n\r\n", b"\r\n", b"\n", b"\0")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the streams are cut that a program receives, by the program's name.

    ``cuts`` are offsets into each of them; ``every`` is a distance for all programs, and
    where there is a ``then``, that is the distance after the first FRONT octets.
    ``shorts`` are offsets into what a program sends, at which a send that need not wait is
    taken in part; ``sends`` is the most that any of those may take.  ``dies`` names a
    program that is killed once it has sent so many octets.  What ``held`` names reads only
    when every other program waits or has ended, so that messages lie together.
    """

    kind: str
    cuts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    shorts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    every: int = 0
    sends: int = 0
    then: int = 0
    dies: tuple[str, int] | None = None
    held: tuple[str, ...] = ()

    def setup(self, program: str) -> dict[str, Any]:
        """What the tracee of ``program`` is told (``tracee.cuts``)."""
        spec: dict[str, Any] = {}
        if self.every:
            spec["in"] = {"every": self.every, **self._rest()}
        elif self.cuts.get(program):
            spec["in"] = {"at": list(self.cuts[program])}
        if self.sends:
            spec["out"] = {"every": self.sends, **self._rest()}
        elif self.shorts.get(program):
            spec["out"] = {"at": list(self.shorts[program])}
        if self.dies is not None and self.dies[0] == program:
            spec["dies"] = self.dies[1]
        return spec

    def _rest(self) -> dict[str, int]:
        """What a tracee is told of a stream's rest, which is cut into larger pieces."""
        return {"front": FRONT, "then": self.then} if self.then else {}

    @property
    def count(self) -> int:
        """How many cuts there are."""
        return sum(map(len, (*self.cuts.values(), *self.shorts.values())))

    def __str__(self) -> str:
        if self.dies is not None:
            return f"{self.dies[0]} dies after {counted(self.dies[1], 'byte')}"
        if self.held:
            read = "reads" if len(self.held) == 1 else "read"
            return f"{' and '.join(self.held)} {read} only when the others wait or have ended"
        if self.sends:
            many = "s" * (self.sends > 1)
            return f"every send() takes {self.sends} byte{many} at most{self._of_first()}"
        if self.every:
            many = "s" * (self.every > 1)
            return f"every recv() gives {self.every} byte{many}{self._of_first()}"
        cuts = [f"what {name} receives is cut after {_bytes(at)}" for name, at in _told(self.cuts)]
        cuts += [
            f"what {name} sends is taken up to {_bytes(at)}" for name, at in _told(self.shorts)
        ]
        return "; ".join(cuts) or "nothing is cut"

    def _of_first(self) -> str:
        return f", of the first {FRONT}" if self.then else ""


def _told(cuts: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    return ((name, at) for name, at in cuts.items() if at)


def _bytes(at: Sequence[int]) -> str:
    return f"byte{'s' * (len(at) > 1)} {', '.join(map(str, at))}"


Streams = Mapping[str, Sequence[bytes]]
"""What each program received, or sent, in a whole run: the octets of each of its streams."""

SMALL: Final = 64
"""Octets of a stream after each of which its sender dies in some plan."""

PIECES: Final = 64
"""Larger pieces into which the rest of a long stream is cut."""

LATER: Final = 1024
"""Places of the rest of a long stream that are cut one at a time."""


def plans(received: Streams, sent: Streams, seed: int) -> Iterator[Plan]:
    """Plans without end (the caller has a budget), those that find most first.

    Where a stream is long, those are single cuts, near its begin: the others take longer.
    """
    longest = {name: max(map(len, streams), default=0) for name, streams in received.items()}
    sizes = [len(octets) for octets in itertools.chain(*received.values(), *sent.values())]
    then = max(sizes, default=0) // PIECES if max(sizes, default=0) > FRONT else 0
    if then:
        yield from _around_marks(received)
    yield Plan(EVERY_BYTE, every=1, then=then)
    yield from _deaths(sent, _few)
    if not then:
        yield from _around_marks(received)
    yield Plan(SHORT_SENDS, sends=1, then=then)
    yield from (Plan(MERGED, held=(name,)) for name in received)
    yield Plan(MERGED, held=tuple(received))
    yield from (Plan(EVERY_BYTE, every=every, then=then) for every in (2, 3, 7))
    chance = random.Random(seed)
    singles = [(name, at) for name, length in longest.items() for at in _places(length, chance)]
    later = [Plan(ONE_CUT, {name: (at,)}) for name, at in singles]
    later += _deaths(sent, lambda stream: ends(stream) - _few(stream))
    chance.shuffle(later)
    yield from later
    yield from _pairs(received)
    yield from _random(longest, chance)


def _places(length: int, chance: random.Random) -> Iterator[int]:
    """Offsets into a stream at which it is cut once: all, and of a long one's rest some."""
    yield from range(1, min(length, FRONT))
    rest = range(FRONT, length)
    yield from chance.sample(rest, min(LATER, len(rest)))


def steps(begin: int, end: int, every: int, then: int) -> Iterator[int]:
    """Offsets after ``begin`` and before ``end`` at which a plan with such distances cuts."""
    front = FRONT if then else end
    yield from range(begin - begin % every + every, min(front, end), every)
    if then and end > front:
        passed = max(0, begin - front) // then + 1 if begin >= front else 0
        yield from range(front + passed * then, end, then)


def _around_marks(received: Streams) -> Iterator[Plan]:
    """Cuts before, within and after what may be delimiters, and where headers may end."""
    for name, streams in received.items():
        for at in sorted(set().union(*map(marks, streams)) if streams else ()):
            yield Plan(ONE_CUT, {name: (at,)})


def marks(stream: bytes) -> set[int]:
    """Offsets at which framing is likely to break."""
    found = {1, 2, 4, 8, len(stream) // 2, len(stream) - 1}
    for delimiter in DELIMITERS:
        at = stream.find(delimiter)
        for _ in range(4):
            if at < 0:
                break
            found |= set(range(at, at + len(delimiter) + 2))
            at = stream.find(delimiter, at + 1)
    found |= {at for at in range(1, min(200, len(stream))) if stream[at] & 0xC0 == 0x80}
    return {at for at in found if 0 < at < len(stream)}


def _deaths(sent: Streams, places: Callable[[bytes], set[int]]) -> Iterator[Plan]:
    for name, streams in sent.items():
        for at in sorted(places(b"".join(streams))):
            yield Plan(DIES, dies=(name, at))


def _few(stream: bytes) -> set[int]:
    return {0, 1, len(stream) // 2, len(stream) - 1} & set(range(len(stream)))


def ends(stream: bytes) -> set[int]:
    """Offsets after which a stream may end too soon: all of a small one, or the likely ones."""
    return set(range(len(stream))) if len(stream) <= SMALL else marks(stream) | _few(stream)


def _pairs(received: Streams) -> Iterator[Plan]:
    for name, streams in received.items():
        likely = sorted(set().union(*map(marks, streams)) if streams else ())
        for pair in itertools.combinations(likely, 2):
            yield Plan(TWO_CUTS, {name: pair})


def _random(longest: Mapping[str, int], chance: random.Random) -> Iterator[Plan]:
    while any(length > 1 for length in longest.values()):
        cuts = {}
        for name, length in longest.items():
            some = min(max(0, length - 1), chance.randint(0, 8))
            cuts[name] = tuple(sorted(chance.sample(range(1, max(2, length)), some)))
        yield Plan(RANDOM, cuts)
