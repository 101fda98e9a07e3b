"""What counts as different, and what is known to vary."""

from __future__ import annotations

import re

import pytest

from sockscope.check.compare import Expected, NotDeterministicError, differences, learn
from sockscope.check.outcome import Ended, Outcome

ZERO = "\\x00"


def outcome(out: str = "", *, status: int | None = 0, sent: bytes = b"", hang: str = "") -> Outcome:
    return Outcome((Ended("server", status, out, "", (sent,)),), hang)


def told_of(expected: Expected, found: Outcome) -> list[str]:
    return list(map(str, differences(expected, found)))


def shown_of(one: Outcome, found: Outcome) -> list[str]:
    return [line for told in differences(learn(one, one), found) for line in told.lines()]


def test_equal_runs_do_not_differ() -> None:
    expected = learn(outcome("a\nb\n", sent=b"x\xff"), outcome("a\nb\n", sent=b"x\xff"))
    assert not list(differences(expected, outcome("a\nb\n", sent=b"x\xff")))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (outcome("a\nc\n"), 'server writes "c\\n", not "b\\n"'),
        (outcome("a\n"), 'server writes nothing more, not "b\\n"'),
        (outcome("a\nb\nc\n"), 'server also writes "c\\n"'),
        (outcome(""), 'server writes nothing, not "a\\n"'),
        (outcome("a\nb\n", status=1), "server ends with status 1; uncut it ends with status 0"),
        (outcome("a\nb\n", status=None), "server does not end; uncut it ends with status 0"),
        (outcome("a\nb\n", sent=b"y\xc3\n\0"), 'server also sends b"y\\xc3\\n\\x00"'),
        (outcome("a\nb\n", hang="it waits"), "it hangs: it waits"),
    ],
)
def test_each_difference_is_one_line(found: Outcome, told: str) -> None:
    expected = learn(outcome("a\nb\n"), outcome("a\nb\n"))
    assert told_of(expected, found) == [told]


def test_what_varies_between_two_whole_runs_may_vary() -> None:
    expected = learn(outcome("from port 40001: Hi\n"), outcome("from port 50123: Hi\n"))
    assert not list(differences(expected, outcome("from port 7: Hi\n")))
    assert list(differences(expected, outcome("from port 7: H\n")))


def test_of_octets_that_are_no_text_and_vary_only_the_number_counts() -> None:
    expected = learn(outcome(sent=b"GET /\n\xff\n\xfe"), outcome(sent=b"GET /\n\xab\xcd\xef"))
    assert not list(differences(expected, outcome(sent=b"GET /\n\n\n\n")))
    told = "server sends 8 bytes that vary, not 9 bytes that vary"
    assert told_of(expected, outcome(sent=b"GET /\n\xab\xcd")) == [told]


def test_what_varies_only_later_is_learned_from_one_more_run() -> None:
    wholes = [outcome("at 12:00:01 Hi\n"), outcome("at 12:00:01 Hi\n")]
    late = outcome("at 12:00:02 Hi\n")
    assert list(differences(learn(*wholes), late))
    assert not list(differences(learn(*wholes, late), outcome("at 12:00:59 Hi\n")))


def test_what_is_too_long_for_a_line_is_shown_below_what_should_be() -> None:
    assert shown_of(
        outcome("order: b'12 cups and 4 plates'\n"), outcome("order: b'12 cups and 4 plate'\n")
    ) == [
        """  server writes "order: b'12 cups and 4 plate'\\n\"""",
        """            not "order: b'12 cups and 4 plates'\\n\"""",
    ]


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        (
            outcome(sent=b"x" * 3000),
            outcome(sent=b"x" * 2999),
            [
                "  server sends 2,999 bytes, not 3,000, which differ after byte 2,999:",
                f'        b"…{"x" * 20}"',
                f'    not b"…{"x" * 21}"',
            ],
        ),
        (
            outcome(sent=b"a\n" + b"\0" * 30),
            outcome(sent=b"a\n" + b"\0" * 29 + b"\1"),
            [
                "  server sends 32 bytes, which differ after byte 31:",
                f'        b"…{ZERO * 5}{chr(92)}x01"',
                f'    not b"…{ZERO * 6}"',
            ],
        ),
        (
            outcome("y" * 80 + "1\n"),
            outcome("y" * 80 + "\n"),
            [
                "  server writes a line of 81 characters, not 82, which differ after 80:",
                f'        "…{"y" * 20}{chr(92)}n"',
                f'    not "…{"y" * 20}1{chr(92)}n"',
            ],
        ),
    ],
    ids=["lengths", "octets", "text"],
)
def test_of_what_is_long_the_first_place_that_differs_is_shown(
    wanted: Outcome, found: Outcome, told: list[str]
) -> None:
    assert shown_of(wanted, found) == told


def test_octets_are_no_lines() -> None:
    wanted = outcome(sent=b"\0\nsecond\0")
    assert shown_of(wanted, outcome(sent=b"\0\nsecond")) == [
        r'''  server sends b"\x00\nsecond", not b"\x00\nsecond\x00"'''
    ]


def test_a_number_that_varies_is_not_shown_for_the_line_that_differs() -> None:
    expected = learn(outcome("pid 4 at 12:01\nHi you\n"), outcome("pid 5 at 12:01\nHi you\n"))
    found = outcome("pid 6 at 12:02\nHi yo\n")
    assert told_of(expected, found) == ['server writes "Hi yo\\n", not "Hi you\\n"']
    assert told_of(expected, outcome("pid 6 at 12:02\nHi you\n")) == [
        'server writes "pid 6 at 12:02\\n", not "pid 4 at 12:01\\n"'
    ]


TRACEBACK = """before
Traceback (most recent call last):
  File "/home/me/server.py", line 7, in <module>
    text += d.decode()
            ^^^^^^^^^^
  File "/usr/lib/python3.11/codecs.py", line 3, in decode
    raise
UnicodeDecodeError: 'utf-8' codec can't decode byte 0xf0 in position 20
"""


def test_an_exception_is_told_with_its_place_in_the_program() -> None:
    wanted = Outcome((Ended("server", 0, "", "before\n", ()),))
    failed = Outcome((Ended("server", 1, "", TRACEBACK, ()),))
    assert shown_of(wanted, failed) == [
        "  server fails at server.py:7:",
        "    UnicodeDecodeError: 'utf-8' codec can't decode byte 0xf0 in position 20",
    ]
    assert shown_of(failed, failed) == []
    installed = TRACEBACK.replace("/home/me", "/usr/lib/python3.11/site-packages")
    failed = Outcome((Ended("server", 1, "", installed, ()),))
    assert shown_of(wanted, failed)[0] == "  server fails at server.py:7:"


def test_of_several_conversations_each_has_its_number() -> None:
    wanted = Outcome((Ended("server", 0, "", "", (b"a", b"b")),))
    found = Outcome((Ended("server", 0, "", "", (b"a", b"c")),))
    assert told_of(learn(wanted, wanted), found) == [
        'server sends in conversation 2 b"c", not b"b"'
    ]


def test_what_is_to_be_ignored_is_left_out() -> None:
    ignore = re.compile(r"took \d+ ms\n(?:retry\n)?")
    expected = learn(outcome("took 3 ms\nHi\n"), outcome("took 4 ms\nretry\nHi\n"), ignore=ignore)
    assert not list(differences(expected, outcome("took 999 ms\nHi\n")))


def test_of_a_line_that_is_ignored_no_end_is_left() -> None:
    expected = learn(*[outcome("Hi\n\n")] * 2, ignore=re.compile("DEBUG.*"))
    assert not list(differences(expected, outcome("Hi\nDEBUG 5 bytes\nDEBUG 3 bytes\n\n")))
    assert list(differences(expected, outcome("Hi\nDEBUG 5 bytes\n")))


@pytest.mark.parametrize(
    ("one", "other", "can_be_ignored"),
    [
        (outcome("a\n"), outcome("a\nb\n"), True),
        (outcome(status=0), outcome(status=1), False),
        (outcome(), outcome(hang="it waits"), False),
    ],
)
def test_what_cannot_be_learned_is_told(one: Outcome, other: Outcome, can_be_ignored: bool) -> None:
    with pytest.raises(NotDeterministicError) as raised:
        learn(one, other)
    assert ("--ignore" in raised.value.hint) == can_be_ignored


def at_once(*sent: bytes, out: str = "") -> Outcome:
    return Outcome((Ended("server", 0, out, "", sent),), at_once=True)


def test_conversations_at_a_time_come_in_any_order() -> None:
    expected = learn(at_once(b"a", b"b", b"c"), at_once(b"b", b"a", b"c"))
    assert not list(differences(expected, at_once(b"c", b"b", b"a")))
    assert told_of(expected, at_once(b"c", b"x", b"a")) == [
        'server sends in conversation 2 b"x", not b"b"'
    ]
    assert told_of(expected, at_once(b"c", b"b")) == [
        'server sends in conversation 1 nothing, not b"a"'
    ]


def test_lines_of_conversations_at_a_time_come_in_any_order() -> None:
    one = at_once(out="1 from port 40001\n2 from port 40002\n")
    other = at_once(out="1 from port 50003\n2 from port 50004\n")
    expected = learn(one, other)
    assert not list(differences(expected, at_once(out="2 from port 7\n1 from port 8\n")))
    assert told_of(expected, at_once(out="2 from port 7\n1 from\n"))
    together = at_once(out="b'1'\nb'2'\n")
    assert not list(differences(learn(together, together), at_once(out="b'2'b'1'\n\n")))


def test_one_conversation_after_the_other_keeps_its_order() -> None:
    one = Outcome((Ended("server", 0, "1\n2\n", "", (b"a", b"b")),))
    other = Outcome((Ended("server", 0, "2\n1\n", "", (b"b", b"a")),))
    assert len(told_of(learn(one, one), other)) == 3


def test_where_something_varies_is_known() -> None:
    expected = learn(
        outcome("at 1\nHi\nat 2\n", sent=b"\xff\0"), outcome("at 3\nHi\nat 4\n", sent=b"\xfe\0")
    )
    assert expected.varying == [
        "server writes (line 1, 3)",
        "server sends (but for how many bytes)",
    ]
