"""Our trace says what strace says of the same programs' sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from witness import Life, Seen, of_strace, of_trace, without_numbers, without_pieces

from running import (
    CONVERSATIONS,
    HAS_STRACE,
    Conversation,
    children,
    conversation_run,
    free_port,
    headless,
    pair,
    straced,
    straced_until,
    until,
)

pytestmark = pytest.mark.skipif(not HAS_STRACE, reason="strace is not installed")

FOLLOWED = [c for c in CONVERSATIONS if c.name != "sendfile"]


def comparable(lives: list[Life], steady: bool) -> list[Life]:
    """What must be equal: everything, or all that does not depend on who comes first."""
    whole = [without_pieces(life) for life in lives]
    return whole if steady else sorted((without_numbers(life) for life in whole), key=str)


@pytest.mark.parametrize("conversation", FOLLOWED, ids=lambda c: c.name)
def test_the_same_calls_with_the_same_results(conversation: Conversation) -> None:
    run = conversation_run(conversation.name)
    ours = [of_trace(run.of(name)) for name in run.names]
    theirs = [of_strace(lines) for lines in straced(conversation, free_port())]
    for name, our, their in zip(run.names, ours, theirs, strict=True):
        assert comparable(our, conversation.steady) == comparable(their, conversation.steady), name
    assert sum(len(life) for lives in ours for life in lives) >= 10


def test_the_sends_of_a_deadlock_never_come_back() -> None:
    deadlock = pair("deadlock")
    run = headless(deadlock, free_port(), "--timeout", "20")
    assert run.status == 3
    for name, lines in zip(
        run.names, straced_until(deadlock, free_port(), both_sleep), strict=True
    ):
        ours, theirs = of_trace(run.of(name)), of_strace(lines)
        assert ours == theirs
        assert ours[-1][-1] == Seen("send", None)


def both_sleep(pids: list[int]) -> bool:
    """Whether the programs that these straces have started wait in the midst of a send."""
    programs = [child for pid in pids for child in children(pid)]
    channels = [wait_channel(program) for program in programs]
    return len(channels) == 2 and all("woken" in channel for channel in channels)


def wait_channel(pid: int) -> str:
    """Where a process sleeps in the kernel (proc(5)); nothing where it has just ended."""
    try:
        return Path(f"/proc/{pid}/wchan").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return ""


def test_until_is_told() -> None:
    with pytest.raises(AssertionError, match="nothing did not come about"):
        until("nothing", lambda: False, 0.01)
