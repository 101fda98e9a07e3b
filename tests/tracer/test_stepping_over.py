"""A step goes from one line of the program's own to the next, whatever a library does for it."""

from __future__ import annotations

import asyncio

from driving import BOTH_ENDS, Driven, Driver
from test_session import BUNDLED_TURNS

from running import DEADLINE
from sockscope.trace.conditions import read_breakpoint
from sockscope.trace.events import Event
from sockscope.trace.state import Call
from sockscope.tracer.programs import bundled

WEB = """
from http.server import BaseHTTPRequestHandler, HTTPServer

class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

HTTPServer(("127.0.0.1", PORT), Hello).serve_forever()
"""
FETCH = """
from urllib.request import urlopen

reply = urlopen("http://127.0.0.1:PORT/")
print(reply.read())
"""
NOT_OWN = """
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

server = ThreadingHTTPServer(("127.0.0.1", PORT), SimpleHTTPRequestHandler)
server.serve_forever()
"""
STREAMS = """
import asyncio

async def talk(reader, writer):
    writer.write((await reader.readline()).upper())
    writer.close()
    server.close()

async def main():
    global server
    server = await asyncio.start_server(talk, "127.0.0.1", PORT)
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(b"hello\\n")
    print(await reader.readline())
    writer.close()

asyncio.run(main())
"""
CONNECTS = (
    BOTH_ENDS
    + """
from http.client import HTTPConnection
listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
far = HTTPConnection(*listener.getsockname())
a.settimeout(9)
"""
)
ENOUGH = 40
"""Presses of a key that are enough for any of these."""


async def started(driver: Driver, **texts: str) -> Driven:
    """Programs that wait at their first call, where a person would have them wait."""
    driven = await driver.start(every_call=False, **texts)
    await driven.until(
        "the first calls", lambda: all(p.open for p in driven.state.processes.values())
    )
    return driven


async def presses(driven: Driven) -> list[tuple[Call, list[str]]]:
    """Step whose turn it is until nobody can be; each call at its gate, and what was made."""
    found = []
    while (name := driven.session.next_in_turn()) is not None:
        call, before = driven.gated(name), len(driven.state.calls)
        await driven.session.step_next()
        made = [c.name for c in driven.state.calls[before:] if c.proc == name]
        found.append((call, made))
        assert len(found) < ENOUGH
    return found


async def test_one_press_for_each_line_or_until_it_has_to_wait(driver: Driver) -> None:
    pair = await started(driver, web=WEB, fetch=FETCH)
    steps = await presses(pair)
    urlopen = [made for call, made in steps if (call.proc, call.line) == ("fetch", 4)]
    assert urlopen == [["socket", "connect", "setsockopt", "send"]]
    assert [call.line for call, _ in steps if call.proc == "web"][:4] == [10, 10, 7, 8]
    assert {call.within for call, _ in steps if call.line == 4} == {"urlopen"}
    assert pair.output("fetch") == "b'hello'\n"
    assert len(pair.state.calls) > 1.5 * len(steps)


async def test_a_loop_of_asyncio_is_stepped_until_it_waits(driver: Driver) -> None:
    one = await started(driver, one=STREAMS)
    steps = await presses(one)
    assert one.output("one") == "b'HELLO\\n'\n"
    assert {call.line for call, _ in steps} >= {5, 11, 12, 13, 17}
    assert len(steps) < len(one.state.calls) / 2


async def test_what_no_own_line_led_to_counts_as_one_line(driver: Driver) -> None:
    two = await started(driver, server=NOT_OWN, fetch=FETCH)
    steps = await presses(two)
    [(call, made)] = [(call, made) for call, made in steps if call.thread != "MainThread"]
    assert call.within == "handle_one_request"
    assert made == ["recv_into", "send", "send", "shutdown", "close"]


async def test_a_step_into_makes_one_call(driver: Driver) -> None:
    pair = await started(driver, web=WEB, fetch=FETCH)
    await pair.session.step("web")
    await pair.session.step("fetch", into=True)
    assert [c.name for c in pair.state.calls if c.proc == "fetch"] == ["socket"]
    assert pair.gated("fetch").name == "connect"
    await pair.session.step("fetch", into=True)
    assert pair.gated("fetch").name == "send"  # what only sets the socket up never stops


async def test_every_call_stops_where_that_is_wanted(driver: Driver) -> None:
    pair = await started(driver, web=WEB, fetch=FETCH)
    pair.session.set_every_call(True)
    assert (await pair.step("fetch")).name == "socket"
    assert (await pair.step("web")).name == "socket"
    assert (await pair.step("web")).name == "setsockopt"


async def test_a_call_of_the_line_itself_stops(driver: Driver) -> None:
    one = await started(driver, one=CONNECTS + "far.connect(); a.send(b'x')")
    await one.step_to("one", "settimeout")
    assert one.gated("one").within is None
    await one.step("one")
    assert (one.gated("one").name, one.gated("one").within) == ("socket", "connect")
    await one.step("one")
    assert (one.gated("one").name, one.gated("one").within) == ("send", None)


async def test_programs_with_calls_of_their_own_are_stepped_as_ever(driver: Driver) -> None:
    pair = await driver.start(*bundled(), every_call=False)
    assert [(call.proc, call.name) for call, _ in await presses(pair)] == BUNDLED_TURNS
    assert {call.within for call in pair.state.calls} == {None}


async def test_a_breakpoint_is_met_in_what_is_stepped_over(driver: Driver) -> None:
    pair = await started(driver, web=WEB, fetch=FETCH)
    await pair.session.step("web")
    pair.session.breakpoints.set([read_breakpoint("fetch:send", ["web", "fetch"])])
    await pair.session.step("fetch")
    await pair.until("the breakpoint", lambda: pair.state.stopped)
    assert pair.gated("fetch").name == "send"


async def test_a_pause_ends_it(driver: Driver) -> None:
    one = await started(driver, one=CONNECTS + "for _ in range(400): far.connect()")
    await one.step_to("one", "settimeout")
    await one.step("one")
    many = asyncio.Event()

    def take(event: Event) -> None:
        if len(one.history.append(event).calls) > 40:
            many.set()

    one.session.listener = take
    stepping = asyncio.create_task(one.session.step("one"))
    async with asyncio.timeout(DEADLINE):
        await many.wait()
    await one.session.pause()
    await stepping
    assert sum(call.name == "connect" for call in one.state.calls) < 400
    assert one.gated("one").within == "connect"
