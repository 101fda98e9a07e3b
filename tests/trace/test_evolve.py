"""Copies of immutable records: only the named fields change, and the first stays as it was."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from sockscope.trace.evolve import complete, evolve, evolve_slots


@dataclass(frozen=True)
class Plain:
    a: int
    b: str = "b"


@dataclass(frozen=True, slots=True)
class Slotted:
    a: int
    b: str = "b"


def test_a_copy_is_what_replace_would_have_made() -> None:
    assert evolve(Plain(1), a=2) == replace(Plain(1), a=2) == Plain(2, "b")
    assert evolve_slots(Slotted(1), b="c") == replace(Slotted(1), b="c") == Slotted(1, "c")


def test_the_first_record_stays_as_it_was() -> None:
    plain, slotted = Plain(1), Slotted(1)
    evolve(plain, a=2)
    evolve_slots(slotted, a=2)
    assert (plain, slotted) == (Plain(1), Slotted(1))


def test_a_copy_is_frozen_too() -> None:
    copy = evolve(Plain(1), a=2)
    with pytest.raises(FrozenInstanceError):
        copy.a = 3  # type: ignore[misc]


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="no such field"):
        evolve(Plain(1), c=2)
    with pytest.raises(AttributeError):
        evolve_slots(Slotted(1), c=2)


def test_a_new_record_is_completed_in_place() -> None:
    record = Slotted(1)
    complete(record, b="done")
    assert record == Slotted(1, "done")
