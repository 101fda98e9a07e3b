"""What the ladder and the stops make of a process that is only watched."""

from __future__ import annotations

import pytest

from sockscope.trace.events import (
    Event,
    ProcessExited,
    ProcessStarted,
    SocketsObserved,
    SocketView,
)
from sockscope.trace.ladder import Ladder
from sockscope.trace.sightings import line
from sockscope.trace.stops import Stops

LISTENER = SocketView(
    fd=3,
    kind="listening",
    state="LISTEN",
    local=("127.0.0.1", 1060),
    accept_length=0,
    accept_limit=5,
)


def connected(waiting: bytes) -> SocketView:
    return SocketView(
        fd=4, kind="connected", state="ESTABLISHED", recv_bytes=len(waiting), peek=waiting
    )


def watched(*looks: tuple[SocketView, ...]) -> list[Event]:
    events: list[Event] = [ProcessStarted(proc="nginx-7", pid=7, argv=("nginx",), watched=True)]
    events += [SocketsObserved(proc="nginx-7", sockets=look) for look in looks]
    return [*events, ProcessExited(proc="nginx-7")]


def lines(events: list[Event]) -> list[str]:
    ladder = Ladder()
    return [text.partition("nginx-7")[2].strip() for event in events for text in ladder.take(event)]


def test_only_what_changed_is_told() -> None:
    events = watched(
        (LISTENER,), (LISTENER, connected(b"")), (LISTENER, connected(b"Hi")), (LISTENER,)
    )
    assert lines(events) == [
        "fd 3  listening LISTEN  127.0.0.1:1060  accept queue 0 of 5",
        "fd 4  connected ESTABLISHED",
        'fd 4  connected ESTABLISHED  2 B to read b"Hi"',
        "fd 4  closed",
        "ended",
    ]


def test_the_sockets_of_a_program_that_is_stepped_are_not_told_one_by_one() -> None:
    ladder = Ladder()
    started = ProcessStarted(proc="server", pid=7, argv=("server.py",))
    looked = SocketsObserved(proc="server", sockets=(LISTENER,))
    assert [*ladder.take(started), *ladder.take(looked)] == []


def test_each_look_but_the_first_is_a_stop() -> None:
    stops = Stops()
    for event in watched((LISTENER,), (LISTENER, connected(b"")), (LISTENER,)):
        stops.append(event)
    assert [stops.position(number) for number in range(1, len(stops) + 1)] == [2, 3, 4, None]


@pytest.mark.parametrize(
    ("state", "words"), [("ESTABLISHED", "not acknowledged"), (None, "of its send buffer taken up")]
)
def test_what_a_send_buffer_holds_is_named_for_what_it_is(state: str | None, words: str) -> None:
    view = SocketView(fd=4, kind="connected", state=state, send_bytes=768)
    assert line(view).endswith(f"768 B {words}")
