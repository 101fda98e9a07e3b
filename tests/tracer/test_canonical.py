"""What happens at the same time has one order in pictures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sockscope.trace import events as e
from sockscope.tracer.canonical import in_order

ENTERED = e.CallEntered(proc="server", call=1, fd=3, name="recv", args=(16,))
BLOCKED = e.CallBlocked(proc="server", call=1, where="asleep")
RETURNED = e.CallReturned(proc="server", call=1, value=2, data=b"Hi")
OTHERS = e.CallReturned(proc="client", call=2, value=2)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ([OTHERS, ENTERED, BLOCKED], [ENTERED, BLOCKED, OTHERS]),
        ([ENTERED, BLOCKED, OTHERS, RETURNED], [ENTERED, RETURNED, OTHERS]),
        ([OTHERS, RETURNED], [RETURNED, OTHERS]),
    ],
    ids=["goes on sleeping", "slept for a moment", "is woken"],
)
def test_a_call_that_sleeps_for_a_moment_is_not_told_of(
    happened: Sequence[e.Event], told: Sequence[e.Event]
) -> None:
    assert in_order(happened, "server", ["client", "server"]) == list(told)
