"""Growing sequences behave like the tuples and byte strings that they stand for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockscope.trace.growing import Growing, GrowingBytes

histories = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=40)
"""Branches: append the second number to the version that the first one names."""


@given(histories)
def test_every_branch_of_a_growing_stays_the_tuple_that_it_was(
    history: Sequence[tuple[int, int]],
) -> None:
    versions: list[tuple[Growing[int], tuple[int, ...]]] = [(Growing(), ())]
    for base, item in history:
        growing, model = versions[base % len(versions)]
        versions.append((growing.append(item), (*model, item)))
    for growing, model in versions:
        assert tuple(growing) == model
        assert len(growing) == len(model)


@given(st.lists(st.integers()), st.slices(12))
def test_a_growing_is_indexed_and_sliced_like_a_tuple(items: list[int], part: slice) -> None:
    growing = Growing(items).append(99)
    model = (*items, 99)
    assert tuple(growing[part]) == model[part]
    assert [growing[i] for i in range(-len(model), len(model))] == [*model, *model]
    assert (99 in growing, growing.index(99)) == (True, model.index(99))


@pytest.mark.parametrize("index", [1, -2])
def test_an_index_outside_is_an_error_even_where_the_store_is_longer(index: int) -> None:
    shorter = Growing([1])
    shorter.append(2)
    with pytest.raises(IndexError):
        shorter[index]


def test_equal_growings_are_equal_whatever_their_stores() -> None:
    assert Growing([1]).append(2) == Growing([1, 2])
    assert Growing([1]) != Growing([2])
    assert Growing([1]) != (1,)


branches = st.lists(
    st.tuples(st.integers(0, 30), st.binary(max_size=4).map(lambda b: b.replace(b"\xff", b"a"))),
    max_size=30,
)


@given(branches)
def test_every_branch_of_growing_bytes_stays_the_bytes_that_it_was(
    history: Sequence[tuple[int, bytes]],
) -> None:
    versions: list[tuple[GrowingBytes, bytes]] = [(GrowingBytes(), b"")]
    for base, data in history:
        growing, model = versions[base % len(versions)]
        versions.append((growing.append(data), model + data))
    for growing, model in versions:
        assert bytes(growing) == model
        assert len(growing) == len(model)


@given(st.binary(max_size=9), st.slices(9))
def test_growing_bytes_are_sliced_like_bytes(data: bytes, part: slice) -> None:
    longer = GrowingBytes(data)
    longer.append(b"more")
    assert longer[part] == data[part]
