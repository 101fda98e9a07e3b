"""Whether two runs came to the same, apart from what varies by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from . import tracebacks
from .alike import Line, alike
from .differing import SENDS, Difference, Pair, Place, lines_of
from .matching import arranged
from .outcome import Ended, Outcome

COMPLAINS = "complains"

_IGNORED = "\U0010ffff"
"""Stands for what is to be ignored: a noncharacter, which no text has."""

MOST_LINES = 3
"""Lines that are named of one place, where they vary."""


class NotDeterministicError(Exception):
    """Two runs without any cut differed in a way that cannot be left out of account.

    ``hint`` says what may be done about it, if anything is known to help.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Expected:
    """What every run should come to; each line is a pattern, with holes for what varies.

    ``wholes`` are the runs without cuts that it was learned from.  Of ``opaque`` octets,
    which are no text and vary (keys, masks, what is encrypted), only the number is compared.
    """

    wholes: tuple[Outcome, ...]
    patterns: Mapping[Place, Sequence[Line]]
    ignore: re.Pattern[str] | None = None
    opaque: frozenset[Place] = frozenset()

    def texts(self, ended: Ended) -> dict[Place, str]:
        """What is compared of a program's end."""
        return _without(self.opaque, _texts(ended, self.ignore))

    @property
    def varying(self) -> list[str]:
        """Where something varies by itself, so that it is not compared."""
        found = []
        for place, lines in self.patterns.items():
            numbers = [str(number) for number, line in enumerate(lines, 1) if line.varies]
            if place in self.opaque:
                found.append(f"{self._where(place)} (but for how many bytes)")
            elif numbers:
                found.append(f"{self._where(place)} (line {', '.join(numbers[:MOST_LINES])})")
        return found

    def _where(self, place: Place) -> str:
        name, verb = place
        is_alone = verb.startswith(SENDS) and (name, f"{SENDS} 2") not in self.patterns
        return _where((name, "sends") if is_alone else place)

    @property
    def outcome(self) -> Outcome:
        """The first of the runs."""
        return self.wholes[0]


def learn(*wholes: Outcome, ignore: re.Pattern[str] | None = None) -> Expected:
    """What runs without cuts have in common.  Raises NotDeterministicError."""
    first, *others = wholes
    at_once = any(whole.at_once for whole in wholes)
    for other in others:
        _check_alike(first, other)
    patterns = {}
    opaque: set[Place] = set()
    for ends in zip(*(whole.programs for whole in wholes), strict=True):
        seen = [_texts(ended, ignore) for ended in ends]
        if at_once:
            seen = [seen[0], *(arranged(texts, seen[0], {}) for texts in seen[1:])]
        opaque |= _opaque(seen)
        texts = [_without(opaque, text) for text in seen]
        for place in texts[0]:
            versions = [lines_of(text.get(place, "")) for text in texts]
            counts = {len(lines) for lines in versions}
            if len(counts) > 1:
                what = f"{_where(place)} {_either(counts)} lines"
                raise NotDeterministicError(
                    what, "what may vary can be left out with --ignore REGEX"
                )
            patterns[place] = [alike(lines) for lines in zip(*versions, strict=True)]
    return Expected(wholes, patterns, ignore, frozenset(opaque))


def _opaque(seen: Sequence[Mapping[Place, str]]) -> set[Place]:
    """Where octets were sent that are no text, and not the same in all of these runs."""
    return {
        place
        for place in seen[0]
        if place[1].startswith(SENDS)
        and len({texts.get(place) for texts in seen}) > 1
        and not all(_is_text(texts.get(place, "")) for texts in seen)
    }


def _is_text(octets: str) -> bool:
    try:
        text = octets.encode("latin-1").decode()
    except UnicodeDecodeError:
        return False
    return re.search(r"[\0-\x08\x0e-\x1f]", text) is None


def _without(opaque: Set[Place], texts: Mapping[Place, str]) -> dict[Place, str]:
    return {
        place: f"{len(text):,} bytes that vary" if place in opaque else text
        for place, text in texts.items()
    }


def _check_alike(one: Outcome, other: Outcome) -> None:
    if bool(one.hang) != bool(other.hang):
        raise NotDeterministicError(f"it hangs in one of two runs: {one.hang or other.hang}")
    for first, second in zip(one.programs, other.programs, strict=True):
        if first.status != second.status:
            raise NotDeterministicError(
                f"{first.name} {_end(first)} in one of two runs, and {_end(second)} in another"
            )


def _either(counts: set[int]) -> str:
    return " or ".join(map(str, sorted(counts)))


def differences(expected: Expected, found: Outcome) -> Iterator[Difference]:
    """What differs from what was expected."""
    if found.hang and not expected.outcome.hang:
        yield Difference(f"it hangs: {found.hang}")
    at_once = any(outcome.at_once for outcome in (*expected.wholes, found))
    for wanted, ended in zip(expected.outcome.programs, found.programs, strict=True):
        failure = _failure(wanted, ended, expected.ignore)
        if failure is not None:
            yield failure
        if wanted.status != ended.status and not (failure and ended.status == 1):
            yield Difference(f"{ended.name} {_end(ended)}; uncut it {_end(wanted)}")
        yield from _of_texts(expected, wanted, ended, at_once, failure is not None)


def _failure(wanted: Ended, ended: Ended, ignore: re.Pattern[str] | None) -> Difference | None:
    """The exception that a program did not have uncut."""
    err = _texts(ended, ignore)[ended.name, COMPLAINS]
    exception = tracebacks.last(err)
    if exception is None or exception[1] in wanted.err:
        return None
    return tracebacks.failure(ended.name, err)


def _of_texts(
    expected: Expected, wanted: Ended, ended: Ended, at_once: bool, has_failed: bool
) -> Iterator[Difference]:
    texts, wished = expected.texts(ended), expected.texts(wanted)
    if at_once:
        texts = arranged(texts, wished, expected.patterns)
    alone = len(wanted.sent) <= 1 and len(ended.sent) <= 1
    for place in {**wished, **texts}:
        if has_failed and place[1] == COMPLAINS:
            continue
        pair = Pair(place, wished.get(place, ""), texts.get(place, ""), alone)
        if place in expected.opaque:
            if pair.found != pair.wished:
                yield Difference(f"{pair.where} {pair.found}, not {pair.wished}")
            continue
        difference = pair.difference(expected.patterns.get(place, ()))
        if difference is not None:
            yield difference


def _texts(ended: Ended, ignore: re.Pattern[str] | None) -> dict[Place, str]:
    texts = {(ended.name, "writes"): ended.out, (ended.name, COMPLAINS): ended.err}
    for number, octets in enumerate(ended.sent, 1):
        texts[ended.name, f"{SENDS} {number}"] = octets.decode("latin-1")
    return {place: _ignoring(ignore, text) if ignore else text for place, text in texts.items()}


def _ignoring(ignore: re.Pattern[str], text: str) -> str:
    """What is left of a text; of a line of which nothing is left, not even its end."""
    marked = ignore.sub(_IGNORED, text)
    return re.sub(f"^{_IGNORED}+\n", "", marked, flags=re.MULTILINE).replace(_IGNORED, "")


def _end(ended: Ended) -> str:
    if ended.status is None:
        return "does not end"
    return "is killed by a signal" if ended.status < 0 else f"ends with status {ended.status}"


def _where(place: Place) -> str:
    return " ".join(place)
