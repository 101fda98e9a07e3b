"""Sessions of real processes, stepped, limited, run and killed."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import Counter

import pytest
from driving import Driver

from conservation import check_at_rest
from running import DEADLINE
from sockscope.trace import events as e
from sockscope.tracer.programs import bundled
from sockscope.tracer.publisher import SLICE
from sockscope.tracer.session import SessionError

BUNDLED_TURNS = [
    ("server", "socket"),
    ("server", "setsockopt"),
    ("server", "bind"),
    ("server", "listen"),
    ("server", "accept"),
    ("client", "socket"),
    ("client", "connect"),
    ("server", "recv"),
    ("client", "send"),
    ("server", "recv"),
    ("client", "send"),
    ("server", "send"),
    ("client", "recv"),
    ("server", "close"),
    ("client", "close"),
    ("server", "close"),
]


async def test_the_bundled_pair_tells_its_story_in_turns(driver: Driver) -> None:
    pair = await driver.start(*bundled())
    turns = []
    looked = 0
    while (name := pair.session.next_in_turn()) is not None:
        turns.append((name, pair.gated(name).name))
        await pair.session.step_next()
        looked += check_at_rest(pair.state)
    assert turns == BUNDLED_TURNS
    assert looked == 2 * 7
    assert [p.status for p in pair.state.processes.values()] == [0, 0]
    assert "it says b'Hi there, server'" in pair.output("server")
    with pytest.raises(SessionError, match="every program has ended: restart to run them again"):
        await pair.session.step_next()


# -- limits ----------------------------------------------------------------------


async def test_a_receive_is_limited(driver: Driver) -> None:
    one = await driver.connected("a.send(b'0123456789'); b.recv(10); b.recv(10)")
    await one.step("one")
    assert (await one.step("one", limit=4)).data == b"0123"
    assert check_at_rest(one.state) == 2
    assert one.socket("one", 5).view.peek == b"456789"
    assert (await one.step("one", limit=100)).data == b"456789"


async def test_a_send_is_limited_to_what_a_short_send_would_have_taken(driver: Driver) -> None:
    one = await driver.connected("print(a.send(b'0123456789'), b.recv(10))")
    assert (await one.step("one", limit=3)).value == 3
    assert (await one.step("one")).data == b"012"
    assert one.output("one") == "3 b'012'\n"


async def test_sendall_goes_on_after_a_limited_send(driver: Driver) -> None:
    one = await driver.connected("print(a.sendall(b'0123456789')); print(b.recv(100))")
    sent = [(await one.step("one", limit=4)).data for _ in range(3)]
    assert sent == [b"0123", b"4567", b"89"]
    assert {call.via for call in one.state.calls if call.name == "send"} == {"sendall"}
    assert check_at_rest(one.state) == 2
    await one.step("one")
    assert one.output("one") == "None\nb'0123456789'\n"


async def test_a_receive_that_waits_for_all_is_not_cut(driver: Driver) -> None:
    one = await driver.connected("a.send(b'0123456789'); b.recv(10, socket.MSG_WAITALL)")
    await one.step("one")
    assert (await one.step("one", limit=4)).data == b"0123456789"


@pytest.mark.parametrize(
    ("receive", "data"),
    [
        ("b.recv_into(bytearray(8))", b"012"),
        ("b.recvfrom(8)", b"012"),
        ("b.recvfrom_into(bytearray(8))", b"012"),
        ("b.recvmsg(8)", b"012"),
        ("b.makefile('rb').read1(8)", b"012"),
    ],
)
async def test_every_kind_of_receive_is_limited(driver: Driver, receive: str, data: bytes) -> None:
    one = await driver.connected(f"a.sendmsg([b'01234', b'56789']); {receive}")
    await one.step("one")
    assert (await one.step("one", limit=3)).data == data


@pytest.mark.parametrize(
    "peek",
    [
        "b.recv(8, socket.MSG_PEEK)",
        "b.recv_into(bytearray(8), 0, socket.MSG_PEEK)",
        "b.recvfrom_into(bytearray(8), 0, socket.MSG_PEEK)",
        "b.recvmsg_into([bytearray(8)], 0, socket.MSG_PEEK)",
    ],
)
async def test_every_kind_of_receive_may_only_look(driver: Driver, peek: str) -> None:
    one = await driver.connected(f"a.send(b'01234567'); {peek}; b.recv(8)")
    await one.step("one")
    assert (await one.step("one")).peeks
    assert check_at_rest(one.state) == 2


async def test_a_limit_must_leave_something(driver: Driver) -> None:
    one = await driver.connected("a.send(b'0123456789')")
    with pytest.raises(SessionError, match=r"^a call moves at least 1 byte, not 0$"):
        await one.step("one", limit=0)


# -- blocking --------------------------------------------------------------------


async def test_a_blocked_accept_wakes_when_a_client_connects(driver: Driver) -> None:
    pair = await driver.start(
        server="""
            import socket
            listener = socket.create_server(("127.0.0.1", PORT))
            conversation, address = listener.accept()
            print(address == conversation.getpeername())
        """,
        client="""
            import socket
            sock = socket.socket()
            sock.connect(("127.0.0.1", PORT))
            sock.recv(1)
        """,
    )
    await pair.step_to("server", "accept")
    call = await pair.step("server")
    assert call.phase == "blocked"
    assert call.where is not None
    with pytest.raises(SessionError, match=r"^server is blocked in accept\(\): only another "):
        await pair.session.step("server")
    await pair.steps("client", 2)
    assert pair.call(call.id).value[1] == list(pair.socket("client", 3).view.local or ())
    await pair.until("the server's end", lambda: pair.state.processes["server"].exited)
    assert pair.output("server") == "True\n"


async def test_a_program_runs_until_it_blocks(driver: Driver) -> None:
    one = await driver.connected("a.send(b'x'); b.recv(1); a.send(b'y'); b.recv(1); b.recv(1)")
    await one.session.run("one")
    await one.until("blocked", lambda: one.blocked("one") == ["recv"])
    assert one.last("one").data == b"y"
    await one.session.kill("one")
    assert one.state.processes["one"].signal == "SIGKILL"


async def test_a_program_that_never_blocks_runs_to_its_end(driver: Driver) -> None:
    one = await driver.connected("a.send(b'x'); b.recv(1)")
    await one.session.run("one")
    assert one.state.processes["one"].status == 0
    with pytest.raises(SessionError, match=r"^one has ended: restart to run it again$"):
        await one.session.run("one")


async def test_everything_runs_and_is_stopped_again(driver: Driver) -> None:
    one = await driver.connected("""
        while True:
            a.send(b"x")
            b.recv(1)
    """)
    running = asyncio.create_task(one.session.run_all())
    await one.until("a hundred calls", lambda: len(one.state.calls) > 100)
    await one.session.pause()
    await running
    assert one.gated("one").name in ("send", "recv")
    count = len(one.state.calls)
    await one.session.observe()
    assert len(one.state.calls) == count
    assert check_at_rest(one.state) == 2
    await one.step("one")
    assert len(one.state.calls) == count + 1


async def test_a_flood_of_calls_leaves_the_event_loop_alive(driver: Driver) -> None:
    one = await driver.connected("""
        while True:
            a.send(b"x")
            b.recv(1)
    """)
    turns = itertools.count()
    turn = next(turns)
    told: Counter[int] = Counter()
    take = one.session.listener

    def listener(event: e.Event) -> None:
        told[turn] += 1
        take(event)

    one.session.listener = listener
    running = asyncio.create_task(one.session.run_all())
    while not running.done():
        turn = next(turns)
        await asyncio.sleep(0)
        if told.total() > 20_000:
            one.session.stop_all()
    assert max(told.values()) < 4 * SLICE


async def test_a_large_send_is_taken_in_part_while_it_sleeps(driver: Driver) -> None:
    size = 10_000_000
    one = await driver.connected(f"""
        def read():
            left = {size}
            while left:
                left -= len(b.recv(1 << 20))
        a.send(b"x" * {size})
        read()
    """)
    call = await one.step("one")
    assert call.phase == "blocked"
    (stream,) = [s for s in one.state.streams.values() if s.accepted]
    assert 0 < stream.accepted < size
    assert stream.handed_over == 0
    assert stream.waiting > 0
    assert stream.unsent > 0
    assert check_at_rest(one.state) == 2


async def test_a_large_send_ends_when_somebody_reads(driver: Driver) -> None:
    size = 10_000_000
    one = await driver.connected(f"""
        thread = threading.Thread(target=a.send, args=(b"x" * {size},), name="sender")
        thread.start()
        thread.join()
    """)
    call = await one.step("one")
    assert (call.phase, call.thread) == ("blocked", "sender")
    two = one.session.next_in_turn()
    assert two is None


async def test_two_threads_wait_side_by_side(driver: Driver) -> None:
    one = await driver.connected("""
        reader = threading.Thread(target=b.recv, args=(5,), name="reader")
        writer = threading.Thread(target=a.send, args=(b"hello",), name="writer")
        reader.start()
        writer.start()
        reader.join()
        writer.join()
    """)
    await one.until("two calls", lambda: len(one.state.processes["one"].open) == 2)
    calls = {call.thread: call for call in one.state.processes["one"].open}
    assert {call.phase for call in calls.values()} == {"gate"}
    assert calls["reader"].name == "recv"
    await one.steps("one", 2)
    assert one.call(calls["reader"].id).data == b"hello"
    assert one.call(calls["writer"].id).value == 5
    await one.until("the end", lambda: one.state.processes["one"].exited)


# -- endings ---------------------------------------------------------------------


async def test_a_program_is_killed_at_its_gate(driver: Driver) -> None:
    one = await driver.connected("a.send(b'x')")
    await one.session.kill("one", "SIGTERM")
    assert one.state.processes["one"].signal == "SIGTERM"
    assert one.state.sockets == {}
    with pytest.raises(SessionError, match="has ended"):
        await one.session.step("one")
    with pytest.raises(SessionError, match="has ended"):
        await one.session.kill("one")


async def test_an_interrupt_reaches_a_program_at_its_gate(driver: Driver) -> None:
    one = await driver.connected("""
        try:
            a.send(b"x")
        except KeyboardInterrupt:
            print("interrupted")
    """)
    await one.session.kill("one", "SIGINT")
    await one.until("the end", lambda: one.state.processes["one"].exited)
    assert one.output("one") == "interrupted\n"
    assert one.state.processes["one"].status == 0


async def test_an_interrupt_reaches_a_blocked_program(driver: Driver) -> None:
    one = await driver.connected("b.recv(1)")
    call = await one.step("one")
    assert call.phase == "blocked"
    await one.session.kill("one", "SIGINT")
    await one.until("the end", lambda: one.state.processes["one"].exited)
    assert one.call(call.id).exception == "KeyboardInterrupt"
    assert one.state.processes["one"].signal == "SIGINT"
    assert "socket.py" not in one.output("one")
    assert "sockscope" not in one.output("one")


async def test_closing_a_session_leaves_nothing(driver: Driver) -> None:
    one = await driver.connected("b.recv(1)")
    await one.step("one")
    pid = one.state.processes["one"].pid
    before = os.listdir("/proc/self/fd")
    await one.session.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert len(os.listdir("/proc/self/fd")) < len(before)
    await one.session.close()
    assert isinstance(one.events[-1], e.ProcessExited)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda s: s.step("two"), "no program is called 'two': there are one"),
        (lambda s: s.run("two"), "no program is called 'two': there are one"),
        (lambda s: s.kill("one", "SIGNONE"), "SIGNONE is no signal: try SIGTERM, SIGINT or"),
        (lambda s: s.kill("one", "SIG_IGN"), "SIG_IGN is no signal: try SIGTERM, SIGINT or"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(
    driver: Driver, wrong: object, message: str
) -> None:
    one = await driver.connected("b.recv(1)")
    assert callable(wrong)
    with pytest.raises(SessionError) as raised:
        await wrong(one.session)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
    assert one.gated("one").name == "recv"


# -- programs that wait for any of their sockets ---------------------------------


async def test_a_server_that_selects_lets_its_client_have_its_turn(driver: Driver) -> None:
    pair = await driver.start(
        server="""
            import socketserver
            class Upper(socketserver.StreamRequestHandler):
                def handle(self):
                    self.wfile.write(self.rfile.readline().upper())
            socketserver.TCPServer(("127.0.0.1", PORT), Upper).handle_request()
        """,
        client="""
            import socket
            with socket.create_connection(("127.0.0.1", PORT)) as sock:
                sock.sendall(b"hello\\n")
                print(sock.recv(100))
        """,
    )
    began = time.monotonic()
    turns = []
    while (name := pair.session.next_in_turn()) is not None:
        turns.append((name, pair.gated(name).name))
        await pair.session.step_next()
    assert time.monotonic() - began < DEADLINE
    assert ("client", "connect") in turns
    assert pair.output("client") == "b'HELLO\\n'\n"
    await pair.until("both ends", lambda: all(p.exited for p in pair.state.processes.values()))
