"""The call ladder: one line of text for each call that finished or blocked."""

from __future__ import annotations

import pytest
from hypothesis import given
from script import Script, pair
from strategies import traces

from sockscope.trace import events as e
from sockscope.trace.ladder import Ladder


def lines(script: Script, meanings: bool = False) -> list[str]:
    ladder = Ladder(meanings)
    return [line for event in script.events for line in ladder.take(event)]


def test_a_call_is_one_line_with_its_time_process_call_and_result() -> None:
    script = Script("server")
    script.call("server", "bind", ["127.0.0.1", 1060])
    (line,) = lines(script)
    assert line.split() == ["0.000003", "server", 'bind(("127.0.0.1",', "1060))", "=", "None"]


def test_a_call_that_blocks_is_a_line_and_its_end_another() -> None:
    script = pair()
    call = script.blocks("server", "recv", 16, fd=4)
    script.returns("server", call, 2, b"Hi")
    blocked, returned = lines(script)
    assert blocked.endswith("blocked")
    assert returned.endswith('= b"Hi"')


def test_an_exception_is_named() -> None:
    script = Script()
    script.fails("client", "connect", ["127.0.0.1", 1], errno="ECONNREFUSED")
    assert lines(script)[0].endswith("OSError: ECONNREFUSED")


def test_the_meaning_stands_at_the_end_where_it_is_wanted() -> None:
    script = pair()
    script.blocks("server", "recv", 16, fd=4)
    script.fails("client", "accept", errno="EINVAL")
    waits, wrong = lines(script, meanings=True)
    assert waits.endswith("waits until client sends")
    assert wrong.endswith("accept() works only after listen(): it is connected")


@pytest.mark.parametrize(
    ("fields", "end"), [({"status": 1}, "exits with 1"), ({"signal": "SIGKILL"}, "by SIGKILL")]
)
def test_the_end_of_a_process_and_what_is_not_seen_are_lines(
    fields: dict[str, object], end: str
) -> None:
    script = Script()
    script.add(e.NotSeen, proc="server", what="a raw socket")
    script.add(e.ProcessExited, proc="server", **fields)
    unseen, ended = lines(script)
    assert unseen.endswith("not seen: a raw socket")
    assert ended.endswith(end)


def test_calls_that_died_with_their_process_are_forgotten() -> None:
    script = Script()
    call = script.enter("server", "accept")
    script.add(e.ProcessExited, proc="server", status=0)
    script.returns("server", call)
    assert len(lines(script)) == 1


@given(traces())
def test_any_trace_gives_printable_lines(trace: list[e.Event]) -> None:
    for meanings in (False, True):
        ladder = Ladder(meanings)
        for event in trace:
            assert all(line.isprintable() for line in ladder.take(event))
