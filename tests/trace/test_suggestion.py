"""The next call of a conversation, from states that were put together by hand."""

from __future__ import annotations

from script import Script, pair

from sockscope.trace.state import EMPTY
from sockscope.trace.suggestion import suggested


def test_nobody_is_there_to_suggest_anything_to() -> None:
    assert suggested(EMPTY) is None


def test_it_begins_with_the_first_process() -> None:
    made = suggested(Script("server", "client").state)
    assert made is not None
    assert (made.proc, made.fd, made.name) == ("server", None, "socket")


def test_the_one_that_asks_speaks_first() -> None:
    made = suggested(pair().state)
    assert made is not None
    assert (made.proc, made.name) == ("client", "sendall")


def test_a_process_that_is_blocked_is_passed_over() -> None:
    script = pair()
    script.blocks("client", "recv", 16)
    made = suggested(script.state)
    assert made is None or made.proc == "server"
