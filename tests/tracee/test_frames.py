"""The variables of a program's frame, printed without running any of their code."""

from __future__ import annotations

import os
import socket
import sys
import sysconfig
from collections import OrderedDict, defaultdict, namedtuple
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.tracee.frames import (
    MAX_LOCALS,
    MAX_TEXT,
    is_program,
    local_texts,
    note_script,
    safe_text,
)


def never(*_args: object, **_kwargs: object) -> NoReturn:
    raise AssertionError("the program's own code was run")


class Hostile:
    """Runs code whatever it is asked."""

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __hash__ = never  # type: ignore[assignment]
    __bool__ = __getitem__ = __format__ = __getattr__ = __getattribute__ = never  # type: ignore[assignment]


class HostileKind(type):
    """The class of a class that runs code when it is asked for its name."""

    __getattribute__ = __repr__ = __instancecheck__ = __subclasscheck__ = never  # type: ignore[assignment]


class Strange(metaclass=HostileKind):
    __slots__ = ()


class HostileText(str):
    __slots__ = ()
    __repr__ = __str__ = __len__ = __getitem__ = never  # type: ignore[assignment]


class HostileNumber(int):
    __repr__ = __str__ = bit_length = __index__ = never  # type: ignore[assignment]


class HostileList(list):  # type: ignore[type-arg]
    __repr__ = __str__ = __len__ = __iter__ = __getitem__ = never  # type: ignore[assignment]


class HostileMap(dict):  # type: ignore[type-arg]
    __repr__ = __str__ = __len__ = __iter__ = items = never  # type: ignore[assignment]


Pair = namedtuple("Pair", "left right")


VALUES: list[tuple[Any, str]] = [
    (Hostile(), "<Hostile>"),
    ([Hostile()], "[<Hostile>]"),
    (object.__new__(Strange), "<Strange>"),
    (HostileText("x"), "<HostileText>"),
    (HostileNumber(3), "<HostileNumber>"),
    (HostileList([1]), "<HostileList>"),
    (HostileMap(), "<HostileMap>"),
    ({"key": HostileMap()}, "{'key': <HostileMap>}"),
    (Pair(1, 2), "<Pair>"),
    (OrderedDict(), "<OrderedDict>"),
    (defaultdict(list), "<defaultdict>"),
    (3, "3"),
    (-2.5, "-2.5"),
    (True, "True"),
    (None, "None"),
    ("a\n\x1b", "'a\\n\\x1b'"),
    (b"a\x00", "b'a\\x00'"),
    ((1,), "(1,)"),
    ((), "()"),
    (set(), "set()"),
    ({1}, "{1}"),
    ({1: [2, (3, [4])]}, "{1: [2, <tuple>]}"),
    (10**1000, "<big int>"),
    (range(10**9), "<range>"),
]


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_a_value_is_short_and_harmless(number: int) -> None:
    value, text = VALUES[number]
    assert safe_text(value) == text


def test_what_is_long_is_cut() -> None:
    for value in ("x" * 10**7, b"x" * 10**7, [1] * 10**6, {n: n for n in range(10**5)}):
        text = safe_text(value)
        assert len(text) <= MAX_TEXT
        assert "…" in text


def test_a_list_of_itself_ends() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert safe_text(value) == "[1, [1, <list>]]"


def test_a_socket_is_told_by_its_fd() -> None:
    with socket.socket() as sock:
        assert safe_text(sock) == f"<socket fd {sock.fileno()}>"
    assert safe_text(sock) == "<socket fd -1>"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    )
)
def test_any_plain_value_has_a_short_text_of_one_line(value: Any) -> None:
    text = safe_text(value)
    assert 0 < len(text) <= MAX_TEXT
    assert text.isprintable()


def test_a_frame_shows_its_variables_but_no_modules_and_functions() -> None:
    number, hostile, module, function = 3, Hostile(), sys, never
    texts = local_texts(sys._getframe())
    assert texts["number"] == "3"
    assert texts["hostile"] == "<Hostile>"
    assert "module" not in texts
    assert "function" not in texts
    del number, hostile, module, function


def test_a_frame_with_very_many_variables_shows_some() -> None:
    scope = {f"name{number}": number for number in range(1000)}
    exec("import sys; frame = sys._getframe()", scope)
    texts = local_texts(scope["frame"])  # type: ignore[arg-type]
    assert len(texts) == MAX_LOCALS
    assert texts["name0"] == "0"


def test_the_script_is_the_programs_own_wherever_it_lies() -> None:
    path = os.path.join(sysconfig.get_path("purelib"), "somewhere.py")
    assert not is_program(path)
    note_script(path)
    assert is_program(path)
