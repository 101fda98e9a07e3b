"""Whether two runs came to the same, apart from what varies by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from ..trace.words import plain_text
from .outcome import Ended, Outcome

MAX_SHOWN = 60
"""Characters of a line that a difference shows."""

SENDS = "sends in conversation"

Place = tuple[str, str]
"""A program, and one of its ``out``, ``err`` or its conversations by number."""


class NotDeterministicError(Exception):
    """Two runs without any cut differed in a way that cannot be left out of account."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What every run should come to; each line is a pattern, with holes for what varies.

    ``wholes`` are the runs without cuts that it was learned from.  Of ``opaque`` octets,
    which are no text and vary (keys, masks, what is encrypted), only the number is compared.
    """

    wholes: tuple[Outcome, ...]
    patterns: Mapping[Place, Sequence[re.Pattern[str]]]
    ignore: re.Pattern[str] | None = None
    opaque: frozenset[Place] = frozenset()

    def texts(self, ended: Ended) -> dict[Place, str]:
        """What is compared of a program's end."""
        return _without(self.opaque, _texts(ended, self.ignore))

    @property
    def outcome(self) -> Outcome:
        """The first of the runs."""
        return self.wholes[0]


def learn(*wholes: Outcome, ignore: re.Pattern[str] | None = None) -> Expected:
    """What runs without cuts have in common.  Raises NotDeterministicError."""
    first, *others = wholes
    for other in others:
        _check_alike(first, other)
    patterns = {}
    opaque: set[Place] = set()
    for ends in zip(*(whole.programs for whole in wholes), strict=True):
        seen = [_texts(ended, ignore) for ended in ends]
        opaque |= _opaque(seen)
        texts = [_without(opaque, text) for text in seen]
        for place in texts[0]:
            versions = [_lines(text.get(place, "")) for text in texts]
            counts = {len(lines) for lines in versions}
            if len(counts) > 1:
                raise NotDeterministicError(f"{_where(place)} {_either(counts)} lines")
            patterns[place] = [_pattern(lines) for lines in zip(*versions, strict=True)]
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
        place: f"{len(text)} octets that vary" if place in opaque else text
        for place, text in texts.items()
    }


def _check_alike(one: Outcome, other: Outcome) -> None:
    if bool(one.hang) != bool(other.hang):
        raise NotDeterministicError(f"it hangs in one of two runs: {one.hang or other.hang}")
    for first, second in zip(one.programs, other.programs, strict=True):
        if first.status != second.status:
            raise NotDeterministicError(
                f"{first.name} ends with {_status(first)} or {_status(second)}"
            )


def _either(counts: set[int]) -> str:
    return " or ".join(map(str, sorted(counts)))


def differences(expected: Expected, found: Outcome) -> Iterator[str]:
    """What differs from what was expected, one line each."""
    if found.hang and not expected.outcome.hang:
        yield f"it hangs: {found.hang}"
    for wanted, ended in zip(expected.outcome.programs, found.programs, strict=True):
        if wanted.status != ended.status:
            yield f"{wanted.name} ends with {_status(ended)}, not with {_status(wanted)}"
        texts, wished = expected.texts(ended), expected.texts(wanted)
        for place in {**wished, **texts}:
            yield from _difference(
                place,
                expected.patterns.get(place, ()),
                _lines(wished.get(place, "")),
                _lines(texts.get(place, "")),
            )


def _difference(
    place: Place, patterns: Sequence[re.Pattern[str]], wished: list[str], lines: list[str]
) -> Iterator[str]:
    for number, line in enumerate(lines):
        pattern = patterns[number] if number < len(patterns) else None
        if pattern is None or not pattern.fullmatch(line):
            want = wished[number] if number < len(wished) else ""
            yield f"{_where(place)} {_brief(line)}, not {_brief(want)}"
            return
    if len(lines) < len(patterns):
        yield f"{_where(place)} nothing more, not {_brief(wished[len(lines)])}"


def _texts(ended: Ended, ignore: re.Pattern[str] | None) -> dict[Place, str]:
    texts = {(ended.name, "writes"): ended.out, (ended.name, "complains"): ended.err}
    for number, octets in enumerate(ended.sent, 1):
        texts[ended.name, f"{SENDS} {number}"] = octets.decode("latin-1")
    return {place: ignore.sub("", text) if ignore else text for place, text in texts.items()}


def _lines(text: str) -> list[str]:
    """The lines, each with its end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _pattern(lines: Sequence[str]) -> re.Pattern[str]:
    """Matches all of these lines: what they have in common, and holes between."""
    kept: list[str | None] = list(_words(lines[0]))
    for line in set(lines[1:]) - {lines[0]}:
        kept = list(_in_common(kept, _words(line)))
    parts = (".*?" if word is None else re.escape(word) for word in kept)
    return re.compile("".join(parts), re.DOTALL)


def _words(line: str) -> list[str]:
    return re.findall(r"\w+|\W", line)


def _in_common(kept: list[str | None], words: Sequence[str]) -> Iterator[str | None]:
    matcher = difflib.SequenceMatcher(None, kept, words, autojunk=False)
    for tag, a, b, _, _ in matcher.get_opcodes():
        if tag == "equal":
            yield from kept[a:b]
        else:
            yield None


def _status(ended: Ended) -> str:
    if ended.status is None:
        return "no end of its own"
    return "a signal" if ended.status < 0 else f"status {ended.status}"


def _where(place: Place) -> str:
    return " ".join(place)


def _brief(line: str) -> str:
    return f'"{plain_text(line, MAX_SHOWN)}"' if line else "nothing"
