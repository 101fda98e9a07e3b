"""Which line, or conversation, of one run is which of another, where they come in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from .alike import Line
from .differing import SENDS, Place, lines_of

MANY: Final = 500
"""Texts that are equal to none of those that were wanted, beyond which they stay in order."""

Fits = Callable[[int, str], bool]
"""Whether a text may stand at a place."""

Patterns = Mapping[Place, Sequence[Line]]


def arranged(
    texts: Mapping[Place, str], wanted: Mapping[Place, str], patterns: Patterns
) -> dict[Place, str]:
    """What a program wrote and sent, its lines and conversations in the order that was wanted.

    Lines are left as they are where not every one of them is one that was wanted; they may have
    run into each other.
    """
    found = {
        place: _lines(text, wanted.get(place, ""), patterns.get(place, ()))
        for place, text in texts.items()
        if not place[1].startswith(SENDS)
    }
    (name,) = {name for name, _ in texts}

    def place_of(at: int) -> Place:
        return name, f"{SENDS} {at + 1}"

    def fits(at: int, text: str) -> bool:
        lines, some = lines_of(text), patterns.get(place_of(at), ())
        is_as_long = len(lines) == len(some)
        return is_as_long and all(p.fits(line) for p, line in zip(some, lines, strict=True))

    talks = matched(_talks(texts), _talks(wanted), fits)
    return found | {place_of(at): text for at, text in sorted(talks.items())}


def _talks(texts: Mapping[Place, str]) -> list[str]:
    return [text for place, text in texts.items() if place[1].startswith(SENDS)]


def _lines(text: str, wanted: str, patterns: Sequence[Line]) -> str:
    lines, like = lines_of(text), lines_of(wanted)

    def fits(at: int, line: str) -> bool:
        return line == like[at] or (at < len(patterns) and patterns[at].fits(line))

    # print() of one thread may come into that of another
    if text == wanted or sorted(text) == sorted(wanted):
        return wanted
    if len(lines) != len(like):
        return text
    found = matched(lines, like, fits)
    in_order = [found[at] for at in range(len(like))]
    return "".join(in_order) if all(fits(at, line) for at, line in enumerate(in_order)) else text


def matched(texts: Sequence[str], wanted: Sequence[str], fits: Fits) -> dict[int, str]:
    """Each text at the place of one that was ``wanted`` and is equal, or else where it fits.

    Those that fit nowhere have the places that are left, in order.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(wanted):
        places[text].append(at)
    left = []
    found: dict[int, str] = {}
    for text in texts:
        if places[text]:
            found[places[text].pop(0)] = text
        else:
            left.append(text)
    for at in range(len(wanted) if len(left) <= MANY else 0):
        right = None if at in found else next((t for t in left if fits(at, t)), None)
        if right is not None:
            found[at] = right
            left.remove(right)
    free = (at for at in range(len(wanted) + len(left)) if at not in found)
    return found | dict(zip(free, left, strict=False))
