"""What counts as different, and what is known to vary."""

from __future__ import annotations

import re

import pytest

from sockscope.check.compare import NotDeterministicError, differences, learn
from sockscope.check.outcome import Ended, Outcome


def outcome(out: str = "", *, status: int | None = 0, sent: bytes = b"", hang: str = "") -> Outcome:
    return Outcome((Ended("server", status, out, "", (sent,)),), hang)


def test_equal_runs_do_not_differ() -> None:
    expected = learn(outcome("a\nb\n", sent=b"x\xff"), outcome("a\nb\n", sent=b"x\xff"))
    assert not list(differences(expected, outcome("a\nb\n", sent=b"x\xff")))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (outcome("a\nc\n"), 'server writes "c\\n", not "b\\n"'),
        (outcome("a\n"), 'server writes nothing more, not "b\\n"'),
        (outcome("a\nb\nc\n"), 'server writes "c\\n", not nothing'),
        (outcome("a\nb\n", status=1), "server ends with status 1, not with status 0"),
        (outcome("a\nb\n", status=None), "server ends with no end of its own, not with status 0"),
        (outcome("a\nb\n", sent=b"y"), 'server sends in conversation 1 "y", not nothing'),
        (outcome("a\nb\n", hang="it waits"), "it hangs: it waits"),
    ],
)
def test_each_difference_is_one_line(found: Outcome, told: str) -> None:
    expected = learn(outcome("a\nb\n"), outcome("a\nb\n"))
    assert list(differences(expected, found)) == [told]


def test_what_varies_between_two_whole_runs_may_vary() -> None:
    expected = learn(outcome("from port 40001: Hi\n"), outcome("from port 50123: Hi\n"))
    assert not list(differences(expected, outcome("from port 7: Hi\n")))
    assert list(differences(expected, outcome("from port 7: H\n")))


def test_of_octets_that_are_no_text_and_vary_only_the_number_counts() -> None:
    expected = learn(outcome(sent=b"GET /\n\xff\n\xfe"), outcome(sent=b"GET /\n\xab\xcd\xef"))
    assert not list(differences(expected, outcome(sent=b"GET /\n\n\n\n")))
    told = 'server sends in conversation 1 "8 octets that vary", not "9 octets that vary"'
    assert list(differences(expected, outcome(sent=b"GET /\n\xab\xcd"))) == [told]


def test_what_varies_only_later_is_learned_from_one_more_run() -> None:
    wholes = [outcome("at 12:00:01 Hi\n"), outcome("at 12:00:01 Hi\n")]
    late = outcome("at 12:00:02 Hi\n")
    assert list(differences(learn(*wholes), late))
    assert not list(differences(learn(*wholes, late), outcome("at 12:00:59 Hi\n")))


def test_what_is_to_be_ignored_is_left_out() -> None:
    ignore = re.compile(r"took \d+ ms\n(?:retry\n)?")
    expected = learn(outcome("took 3 ms\nHi\n"), outcome("took 4 ms\nretry\nHi\n"), ignore=ignore)
    assert not list(differences(expected, outcome("took 999 ms\nHi\n")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (outcome("a\n"), outcome("a\nb\n")),
        (outcome(status=0), outcome(status=1)),
        (outcome(), outcome(hang="it waits")),
    ],
)
def test_what_cannot_be_learned_is_told(one: Outcome, other: Outcome) -> None:
    with pytest.raises(NotDeterministicError):
        learn(one, other)
