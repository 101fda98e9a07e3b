"""Whether two runs came to the same, apart from what varies by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..trace.words import plain_text
from .outcome import Ended, Outcome

MAX_SHOWN = 60
"""Characters of a line that a difference shows."""

Place = tuple[str, str]
"""A program, and one of its ``out``, ``err`` or its conversations by number."""


class NotDeterministicError(Exception):
    """Two runs without any cut differed in a way that cannot be left out of account."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What every run should come to; each line is a pattern, with holes for what varies."""

    outcome: Outcome
    patterns: Mapping[Place, Sequence[re.Pattern[str]]]
    ignore: re.Pattern[str] | None = None


def learn(one: Outcome, other: Outcome, ignore: re.Pattern[str] | None = None) -> Expected:
    """What two runs without cuts have in common.  Raises NotDeterministicError."""
    if bool(one.hang) != bool(other.hang):
        raise NotDeterministicError(f"it hangs in one of two runs: {one.hang or other.hang}")
    patterns = {}
    for first, second in zip(one.programs, other.programs, strict=True):
        if first.status != second.status:
            raise NotDeterministicError(
                f"{first.name} ends with {_status(first)} in one run, {_status(second)} in another"
            )
        theirs = _texts(second, ignore)
        for place, text in _texts(first, ignore).items():
            lines, others = text.split("\n"), theirs.get(place, "").split("\n")
            if len(lines) != len(others):
                raise NotDeterministicError(
                    f"{_where(place)}: {len(lines)} lines in one run, {len(others)} in another"
                )
            patterns[place] = [_pattern(a, b) for a, b in zip(lines, others, strict=True)]
    return Expected(one, patterns, ignore)


def differences(expected: Expected, found: Outcome) -> Iterator[str]:
    """What differs from what was expected, one line each."""
    if found.hang and not expected.outcome.hang:
        yield f"it hangs: {found.hang}"
    for wanted, ended in zip(expected.outcome.programs, found.programs, strict=True):
        if wanted.status != ended.status:
            yield f"{wanted.name} ends with {_status(ended)}, not with {_status(wanted)}"
        texts, wished = _texts(ended, expected.ignore), _texts(wanted, expected.ignore)
        for place in {**wished, **texts}:
            yield from _difference(
                place,
                expected.patterns.get(place, ()),
                wished.get(place, "").split("\n"),
                texts.get(place, "").split("\n"),
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
        texts[ended.name, f"sends in conversation {number}"] = octets.decode("latin-1")
    return {place: ignore.sub("", text) if ignore else text for place, text in texts.items()}


def _pattern(one: str, other: str) -> re.Pattern[str]:
    """Matches both lines: what they have in common, and holes between."""
    if one == other:
        return re.compile(re.escape(one), re.DOTALL)
    words, others = re.findall(r"\w+|\W", one), re.findall(r"\w+|\W", other)
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    parts = [
        re.escape("".join(words[a:b])) if tag == "equal" else ".*?"
        for tag, a, b, _, _ in matcher.get_opcodes()
    ]
    return re.compile("".join(parts), re.DOTALL)


def _status(ended: Ended) -> str:
    if ended.status is None:
        return "no end of its own"
    return "a signal" if ended.status < 0 else f"status {ended.status}"


def _where(place: Place) -> str:
    return " ".join(place)


def _brief(line: str) -> str:
    return f'"{plain_text(line, MAX_SHOWN)}"' if line else "nothing"
