"""Real programs that run freely up to the first call that meets a condition."""

from __future__ import annotations

import socket

import pytest
from driving import BOTH_ENDS, Driven, Driver
from hypothesis import given
from hypothesis import strategies as st

from running import PROGRAMS, sockscope
from sockscope.trace import events as e
from sockscope.trace.conditions import Breakpoint, ConditionError, read, read_breakpoint, verdict
from sockscope.trace.history import History
from sockscope.tracee.breaks import Breaks
from sockscope.tracee.gate import Me
from sockscope.tracee.passage import Method
from sockscope.tracee.records import Record
from sockscope.tracer.coarse import coarse
from sockscope.tracer.session import SessionError

SHORT = (
    BOTH_ENDS
    + """
a.send(b"Hi the")
got = b.recv(16)
print("it got", got)
a.send(b"re")
b.recv(16)
"""
)
MANY = (
    BOTH_ENDS
    + """
for number in range(2000):
    a.send(b"%d" % number)
    b.recv(100)
"""
)


async def stopped(driven: Driven, *conditions: str) -> e.Stopped:
    """Run freely up to a breakpoint; gives what is told of it."""
    session = driven.session
    names = list(session.tracees)
    session.breakpoints.set([read_breakpoint(text, names) for text in conditions])
    await session.run_all()
    await driven.until("a breakpoint", session.breakpoints.met.is_set)
    await session.breakpoints.judged()
    assert driven.state.stopped is not None
    return driven.state.stopped


# -- where it stops ----------------------------------------------------------------------


async def test_what_can_be_decided_at_the_gate_stops_before_the_call(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    stop = await stopped(one, "recv")
    assert stop.condition == "recv"
    assert one.gated("one").id == stop.call
    assert one.gated("one").name == "recv"
    assert one.socket("one", 5).view.peek == b"Hi the"


async def test_an_outcome_stops_right_after_the_call(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    stop = await stopped(one, "recv < 16")
    assert one.last("one").id == stop.call
    assert one.last("one").data == b"Hi the"
    assert one.state.processes["one"].stands
    assert one.output("one") == ""
    await one.session.step("one")
    assert one.output("one") == "it got b'Hi the'\n"
    assert one.gated("one").name == "send"
    assert not one.state.processes["one"].stands
    assert one.state.stopped is None


async def test_what_a_call_raises_stops_before_the_program_sees_it(driver: Driver) -> None:
    one = await driver.start(one="import socket; socket.socket().recv(1)")
    await stopped(one, "recv ENOTCONN")
    assert one.last("one").errno == "ENOTCONN"
    assert not one.state.processes["one"].exited
    one.session.breakpoints.set([])
    await one.session.run_all()
    await one.session.finished()
    assert "Transport endpoint is not connected" in one.output("one")


async def test_it_goes_on_to_the_next_one(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    first = await stopped(one, "recv < 16")
    second = await stopped(one, "recv < 16")
    assert first.call < second.call
    assert one.last("one").data == b"re"
    one.session.breakpoints.set([])
    await one.session.run_all()
    await one.session.finished()
    assert one.state.processes["one"].status == 0


async def test_a_program_stops_before_its_very_first_call(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    await stopped(one, "socket")
    assert not one.state.calls
    await stopped(one, "socket")
    assert [call.name for call in one.state.calls] == ["socket"]


async def test_a_breakpoint_minds_the_call_that_is_under_way(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    await one.step_to("one", "recv")
    await stopped(one, "recv < 16")
    assert one.last("one").data == b"Hi the"


async def test_a_program_that_runs_until_it_blocks_stops_there_too(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    one.session.breakpoints.set([read_breakpoint("recv < 16", ["one"])])
    await one.session.run("one")
    await one.session.breakpoints.judged()
    assert one.last("one").data == b"Hi the"
    assert one.state.processes["one"].stands


async def test_what_does_not_go_together_is_met_by_no_call(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    one.session.breakpoints.set([read_breakpoint("call.value + 999 in call.data", ["one"])])
    with pytest.raises(SessionError, match="no call met"):
        await one.session.run_all()
    await one.session.finished()
    assert one.state.processes["one"].status == 0


async def test_no_call_slips_past(driver: Driver) -> None:
    one = await driver.start(one=MANY)
    await stopped(one, "send#1999")
    sends = [call for call in one.state.calls if call.name == "send"]
    assert len(sends) == 1998
    assert one.gated("one").name == "send"
    assert sends[-1].data == b"1997"
    await stopped(one, 'send == b"1999"')
    assert one.last("one").data == b"1999"
    assert sum(call.name == "recv" for call in one.state.calls) == 1999


async def test_the_socket_of_a_call_is_looked_at(driver: Driver) -> None:
    one = await driver.start(one=MANY)
    await stopped(one, 'call.name == "recv" and call.before.recv_queue.bytes == 3')
    assert one.socket("one", 5).view.peek == b"100"
    peer = one.socket("one", 5).view.peer
    assert peer is not None
    await stopped(one, f"call.before.peer.port == {peer[1]} and call.bytes == 4")
    assert one.last("one").data == b"1000"


async def test_where_only_the_trace_can_tell_it_is_asked(driver: Driver) -> None:
    one = await driver.start(one=MANY)
    await stopped(one, 'call.name == "send" and one:recv#30 != none and call.before.fd == 3')
    assert sum(call.name == "recv" for call in one.state.calls) == 30
    assert one.gated("one").name == "send"
    await stopped(one, "call.after.recv_queue.bytes == 0 and call.number == 40 and call.fd == 5")
    assert (one.last("one").name, one.last("one").data) == ("recv", b"39")


async def test_everybody_stands(driver: Driver) -> None:
    text = """
        import socket, threading, time
        def talk():
            while True:
                socket.socket().close()
                time.sleep(0.001)
        threading.Thread(target=talk, daemon=True).start()
        talk()
    """
    two = await driver.start(one=text, two=text)
    await stopped(two, "one:socket#20")
    assert two.gated("two")
    assert all(call.phase == "gate" for p in two.state.processes.values() for call in p.open)
    before = len(two.state.calls)
    await two.session.observe()
    assert len(two.state.calls) == before


async def test_a_program_that_meets_none_ends_as_ever(driver: Driver) -> None:
    one = await driver.start(one=SHORT)
    one.session.breakpoints.set([read_breakpoint("one:accept#2", ["one"])])
    with pytest.raises(SessionError, match="no call met one:accept#2"):
        await one.session.run_all()
    await one.session.finished()
    assert one.output("one") == "it got b'Hi the'\n"
    assert one.state.processes["one"].status == 0


# -- without a screen --------------------------------------------------------------------


def test_a_run_without_a_screen_ends_there() -> None:
    run = sockscope("run", "--headless", "--break", "server:recv")
    assert run.returncode == 4
    assert "stopped before recv(16): server:recv\n" in run.stdout
    assert "server   fd 4  connected ESTABLISHED  127.0.0.1:" in run.stdout
    assert "Farewell" not in run.stdout


def test_it_is_told_that_no_call_met_it() -> None:
    run = sockscope("run", "--headless", "--break", "EPIPE", str(PROGRAMS / "identity.py"))
    assert run.returncode == 0
    assert run.stderr.endswith("every program has ended, and no call met EPIPE\n")


# -- the tracee and the trace agree ------------------------------------------------------

_values = st.sampled_from(["0", "6", "16", "7", 'b""', 'b"Hi the"', '"recv"', "none", "EAGAIN"])
_names = (
    "name fd line file path number asked bytes data errno thread exception timeout proc "
    "before.fd before.peer.port before.kind before.far.kind after.fd value"
)
_attributes = st.sampled_from(_names.split()).map("call.{}".format)
_terms = _attributes | _values | st.tuples(_attributes, _attributes).map(" + ".join)
_comparisons = st.tuples(_terms, st.sampled_from(["==", "!=", "<", ">=", "in"]), _terms).map(
    " ".join
)
_trees = st.recursive(
    _comparisons | _attributes,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})")
        | inner.map("not {}".format)
    ),
    max_leaves=6,
)
_ends = st.sampled_from([b"", b"Hi the", None])


FD = 1_000_000
"""No process has it."""


def entered(record: Record) -> History:
    """The trace of a call that is at its gate."""
    started = e.ProcessStarted(n=1, proc="one", pid=1, argv=("one.py",))
    where = {"file": record.file, "line": record.line, "thread": record.me.name}
    call = e.CallEntered(
        n=2, proc="one", call=1, fd=FD, name="recv", args=(16,), gated=True, **where
    )
    return History([started, call])


@given(_trees, _ends)
def test_what_a_tracee_decides_is_what_the_trace_says(text: str, data: bytes | None) -> None:
    node = read(text)
    tree = coarse(Breakpoint(text, node), "one")
    record = Record()
    record.id, record.me, record.method = 1, Me(), Method("recv", socket.socket.recv)
    record.fd, record.args, record.awaited = FD, (16,), None
    record.timeout, record.file, record.line = None, "/home/you/one.py", 7
    record.value, record.data, record.undecided = None, None, ()
    record.ended = 0
    history = entered(record)
    breaks = Breaks([] if tree is None else [(text, tree)])

    def check(met: str | None) -> None:
        process = history.latest.processes["one"]
        call = process.open[0] if process.open else process.last
        try:
            truth = verdict(node, history, call)
        except ConditionError:
            return
        if met == text:
            assert truth is True
        elif met is None and not record.undecided:
            assert truth is not True

    check(breaks.before(record))
    record.ended = 9
    if data is None:
        record.error = ["EAGAIN", "BlockingIOError", "not now"]
        history.append(
            e.CallRaised(n=3, proc="one", call=1, errno="EAGAIN", exception="BlockingIOError")
        )
    else:
        record.value, record.data = len(data), data
        history.append(e.CallReturned(n=3, proc="one", call=1, value=len(data), data=data))
    undecided = record.undecided
    met = breaks.after(record)
    if undecided:
        check(met)
