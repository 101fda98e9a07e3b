"""Who waits for whom, in sentences."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from script import Script
from strategies import waits as any_wait

from sockscope.trace import events as e
from sockscope.trace.chain import MOST, Links, sentences, verdict


def wait(proc: str, *on: str | None, call: int = 1, **fields: object) -> e.Wait:
    """A blocked recv() of ``proc`` that waits for each of ``on``."""
    reasons = tuple(
        e.Reason(why=f"nothing has come from {name or 'outside'}", on=name) for name in on
    )
    return e.Wait(**{"proc": proc, "call": call, "name": "recv", "reasons": reasons, **fields})  # type: ignore[arg-type]


def test_two_in_a_ring_wait_for_each_other() -> None:
    assert sentences([wait("server", "client", line=7), wait("client", "server")]) == [
        "server is blocked in recv() at line 7: nothing has come from client, because client is"
        " blocked in recv(): nothing has come from server; so server and client wait for each other"
    ]


def test_three_in_a_ring_are_told_in_its_order() -> None:
    (told,) = sentences([wait("a", "c"), wait("b", "a"), wait("c", "b")])
    assert told.split(", because ")[1].startswith("c is blocked")
    assert told.endswith("; so a, c and b wait for each other in a ring")


def test_one_that_waits_for_itself_is_no_pair() -> None:
    assert sentences([wait("one", "one")]) == [
        "one is blocked in recv(): nothing has come from one"
    ]


def test_the_ring_comes_before_those_that_wait_for_it() -> None:
    waits = [wait("late", "server"), wait("server", "client"), wait("client", "server")]
    ring, late = sentences(waits)
    assert ring.endswith("so server and client wait for each other")
    assert late == "late is blocked in recv(): nothing has come from server"


def test_a_chain_that_ends_outside_or_in_a_timeout_says_so() -> None:
    assert sentences([wait("server", None), wait("client", "server")]) == [
        "client is blocked in recv(): nothing has come from server, because server is blocked in"
        " recv(): nothing has come from outside (somebody outside may end it)"
    ]
    waits = [wait("server", "client", timeout=2.0), wait("client", "server")]
    assert sentences(waits)[0].endswith("come from client (its timeout of 2 s ends it)")


def test_threads_are_named_where_a_program_has_several() -> None:
    waits = [wait("server", None, thread="MainThread"), wait("server", "client", thread="one")]
    assert [told.split(" is ")[0] for told in sentences(waits)] == [
        "server (MainThread)",
        "server (one)",
    ]


@given(st.lists(any_wait, max_size=20))
def test_every_blocked_call_is_told_once(waits: list[e.Wait]) -> None:
    links = Links(waits)
    chains = list(links.chains())
    assert sorted(map(id, (w for chain in chains for w in chain))) == sorted(map(id, waits))
    assert all(links.after(a) is b for chain in chains for a, b in pairwise(chain))
    told = " ".join(sentences(waits))
    assert told.count(" is blocked in ") == min(MOST, len(waits))
    assert told.isprintable()


# -- in the state of a trace ---------------------------------------------------------


def blocked() -> Script:
    script = Script()
    for proc, call in (("server", 1), ("client", 2)):
        script.add(e.CallEntered, proc=proc, call=call, fd=3, name="recv", args=(16,))
        script.add(e.CallBlocked, proc=proc, call=call, where="asleep")
    waits = (wait("server", "client", call=1), wait("client", "server", call=2))
    script.add(e.WaitsObserved, waits=waits, deadlock=("server", "client"))
    return script


def test_a_deadlock_stands_in_the_state() -> None:
    state = blocked().state
    assert state.deadlock == ("server", "client")
    assert [one.proc for one in state.waits] == ["server", "client"]


def test_it_is_over_once_one_of_its_calls_has_moved_on() -> None:
    for event, fields in (
        (e.CallRaised, {"call": 1, "errno": "EINTR"}),
        (e.CallReturned, {"call": 1, "value": 0, "data": b""}),
    ):
        script = blocked()
        script.add(event, proc="server", **fields)
        assert script.state.deadlock == ()
        assert [one.proc for one in script.state.waits] == ["client"]


def test_nobody_waits_for_a_program_that_has_ended() -> None:
    script = blocked()
    script.add(e.ProcessExited, proc="server", signal="SIGKILL")
    assert (script.state.waits, script.state.deadlock) == ((), ())


def test_the_verdict_says_what_may_end_it() -> None:
    ring = [wait("server", "client"), wait("client", "server")]
    assert verdict(ring, ("server", "client")) == "deadlock: server and client wait for each other"
    late = [*ring, wait("late", "server")]
    told = "deadlock: server and client wait for each other, and late for them"
    assert verdict(late, ("server", "client", "late")) == told
    assert verdict([wait("one", "one")], ("one",)) == "deadlock: one waits for itself"
    assert verdict(ring, ()) == "no deadlock: another thread can go on"
    assert verdict([wait("client", "server")], ()) == "no deadlock: server can go on"
    ends = [wait("server", None), wait("client", "server", timeout=1)]
    told = "no deadlock: somebody outside may end it, or a timeout will end it"
    assert verdict(ends, ()) == told


def test_what_a_trace_tells_of_calls_that_are_none_is_not_believed() -> None:
    script = Script()
    script.add(e.WaitsObserved, waits=(wait("server", "server"),), deadlock=("server",))
    assert (script.state.waits, script.state.deadlock) == ((), ())
