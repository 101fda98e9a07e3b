"""Two runs of the same programs give the same events once they are made stable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from script import connected, tcp
from strategies import traces

from sockscope.trace import events as e
from sockscope.trace.codec import encode
from sockscope.trace.stable import Stable


def run(port: int, ephemeral: int, pid: int, folder: str) -> list[e.Event]:
    """One run as the machine may have given it."""
    here, there = ("127.0.0.1", port), ("127.0.0.1", ephemeral)
    said = f"talking to port {ephemeral}, not {ephemeral}0\n"
    view = connected(4, here, there, pid * 7, send_bytes=pid % 3, timer=51 + pid % 9)
    events: list[dict[str, Any]] = [
        {"kind": e.ProcessStarted, "pid": pid, "argv": (f"{folder}/server.py", str(port))},
        {"kind": e.SourceRead, "file": f"{folder}/server.py", "text": "port = 41234"},
        {
            "kind": e.CallEntered,
            "call": 1,
            "fd": 3,
            "name": "bind",
            "args": (["127.0.0.1", port],),
            "file": f"{folder}/server.py",
            "locals": {"address": f"('127.0.0.1', {port})", "lock": f"<lock at 0x7f{pid}abcde>"},
            "thread": "MainThread",
        },
        {"kind": e.CallReturned, "call": 1, "elapsed_ns": pid},
        {"kind": e.CallReturned, "call": 2, "value": [4, ["127.0.0.1", ephemeral]]},
        {"kind": e.SocketsObserved, "sockets": (view,)},
        {
            "kind": e.Output,
            "stream": "stdout",
            "text": said,
        },
        {
            "kind": e.CallRaised,
            "call": 3,
            "message": f"{folder}/server.py: refused by {ephemeral}",
        },
    ]
    return [
        fields.pop("kind")(n=n, t=n * pid, proc="server", **fields)
        for n, fields in enumerate(events, 1)
    ]


def stable(events: list[e.Event], **options: Any) -> list[Any]:
    mapping = Stable(**options)
    return [mapping(event) for event in events]


def test_two_runs_become_equal() -> None:
    one = stable(run(21034, 41234, 4242, "/tmp/a"), ports={21034: 1060})
    other = stable(run(33999, 60001, 777, "/home/b/c"), ports={33999: 1060})
    changed = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    # The number that only looks like a port is the one thing that differs.
    assert changed == [6]


def test_what_the_machine_chose_is_numbered_in_order_of_appearance() -> None:
    started, source, bind, returned, accepted, seen, said, raised = stable(
        run(21034, 41234, 4242, "/tmp/a"), ports={21034: 1060}
    )
    assert (started.pid, started.argv) == (1001, ("server.py", "1060"))
    assert (source.file, source.text) == ("server.py", "port = 41234")
    assert bind.args == (["127.0.0.1", 1060],)
    assert bind.locals == {"address": "('127.0.0.1', 1060)", "lock": "<lock at 0x…>"}
    assert (bind.file, bind.thread, bind.t) == ("server.py", "MainThread", 3_000_000)
    assert (returned.elapsed_ns, accepted.elapsed_ns) == (1_000_000, 0)
    assert accepted.value == [4, ["127.0.0.1", 50001]]
    (view,) = seen.sockets
    assert (view.local, view.peer) == (("127.0.0.1", 1060), ("127.0.0.1", 50001))
    assert (view.inode, view.send_bytes, view.timer) == (1, 0, 60.0)
    assert said.text == "talking to port 50001, not 412340\n"
    assert raised.message == "server.py: refused by 50001"


@pytest.mark.parametrize(("port", "shown"), [(80, 80), (0, 0), (1060, 1060), (51304, 50001)])
def test_small_ports_and_kept_ones_stay(port: int, shown: int) -> None:
    seen = e.SocketsObserved(n=1, sockets=(tcp(3, "bound", local=("::", port)),))
    (event,) = stable([seen], ports={1060: 1060})
    assert event.sockets[0].local == ("::", shown)


def test_a_number_that_was_given_away_is_not_given_again() -> None:
    bind = e.CallEntered(n=1, call=1, fd=3, name="bind", args=(["::", 41234],))
    (event,) = stable([bind], ports={1060: 50001})
    assert event.args == (["::", 50002],)


def test_files_with_one_name_are_told_apart_by_their_folder() -> None:
    sources = [e.SourceRead(n=n, file=f"/x/{d}/main.py", text="") for n, d in enumerate("ab", 1)]
    assert [event.file for event in stable([*sources, sources[0]])] == [
        "main.py",
        "b/main.py",
        "main.py",
    ]


def test_what_is_not_known_stays() -> None:
    unknown = e.Unknown(n=2, t=99, name="moon_rose", extra={"pid": 4242})
    (event,) = stable([unknown])
    assert event == e.Unknown(n=2, t=2_000_000, name="moon_rose", extra={"pid": 4242})


@given(traces())
def test_any_trace_is_mapped_the_same_way_each_time_and_can_be_saved(trace: list[e.Event]) -> None:
    once = stable(trace)
    assert once == stable(trace)
    assert all(encode(event) for event in once)
    assert [type(event) for event in once] == [type(event) for event in trace]
