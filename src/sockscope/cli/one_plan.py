"""The flags of ``check`` that name one plan, to try that alone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..check.plans import Plan


DIGITS = 18
"""Those of an offset, at most: no stream is longer than 64 bits can tell."""


def add_flags(group: argparse._ArgumentGroup) -> None:
    """Have them understood."""
    group.add_argument(
        "--cut",
        action="append",
        metavar="NAME:N,N",
        help="only this plan: cut what NAME receives after so many bytes, as server:5,17",
    )
    group.add_argument(
        "--short",
        action="append",
        metavar="NAME:N,N",
        help="only this plan: take what NAME sends up to so many bytes",
    )
    group.add_argument(
        "--merge",
        action="append",
        metavar="NAME",
        help="only this plan: NAME reads when the others wait or have ended, so that messages "
        "lie together",
    )
    group.add_argument(
        "--die",
        action="append",
        metavar="NAME:N",
        help="only this plan: NAME dies once it has sent so many bytes, as client:15",
    )


def named(options: argparse.Namespace, names: list[str]) -> Plan | None:
    """The plan of ``--cut server:5,17 --short client:3``, of ``--merge server``, or ``--die``.

    Raises UserError where it is none.
    """
    from ..check.plans import DIES, MERGED, Plan
    from ..check.search import IN, OUT, with_cuts

    flags = ("--cut", "--short", "--merge", "--die")
    given = [flag for flag in flags if getattr(options, flag.strip("-"))]
    if len(given) > 1 and given != ["--cut", "--short"]:
        all_given = " and ".join(given)
        raise UserError(f"{all_given} make no plan together: only --cut and --short do")
    if options.merge:
        for name in options.merge:
            _check_name(f"--merge {name}", name, names)
        return Plan(MERGED, held=tuple(dict.fromkeys(options.merge)))
    if options.die:
        return Plan(DIES, dies=_death(options.die, names))
    found = [
        (way, name, at)
        for way, flag, texts in ((IN, "--cut", options.cut), (OUT, "--short", options.short))
        for name, at in _offsets(flag, texts or (), names)
    ]
    return with_cuts(found) if found else None


def _offsets(flag: str, texts: Sequence[str], names: list[str]) -> Iterator[tuple[str, int]]:
    for text in texts:
        name, numbers = _numbers(flag, text, names, "5,17")
        if not all(numbers):
            raise UserError(f"{flag} {text}: the first place for a cut is after byte 1")
        yield from ((name, number) for number in numbers)


def _death(texts: Sequence[str], names: list[str]) -> tuple[str, int]:
    if len(texts) > 1:
        raise UserError("--die goes once: in a plan one program dies")
    name, (number,) = _numbers("--die", texts[0], names, "5")
    return name, number


def _numbers(flag: str, text: str, names: list[str], example: str) -> tuple[str, list[int]]:
    """The program and the numbers of ``server:5,17``; of one number, where the example has one."""
    name, colon, rest = text.rpartition(":")
    numbers = rest.split(",") if "," in example else [rest]
    if not colon or not all(n.isascii() and n.isdigit() and len(n) <= DIGITS for n in numbers):
        raise UserError(f"{flag} should be as {names[0]}:{example}, is {text!r}")
    _check_name(f"{flag} {text}", name, names)
    return name, list(map(int, numbers))


def _check_name(where: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise UserError(f"{where}: no program is called {name!r}, only {' and '.join(names)}")
