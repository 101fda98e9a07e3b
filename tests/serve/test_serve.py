"""The app on a page: in a real browser, for many visitors, and nothing is left of them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import WebSocket, sync_playwright

from running import DEADLINE, SOCKSCOPE, free_port, sockscope, until

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[^\[])")


class Serving:
    """A server that runs, and what it said where it is."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.address = process.stdout.readline().strip()

    def descendants(self) -> set[int]:
        """Every process that came of it."""
        found, new = set[int](), {self.process.pid}
        while new:
            found |= new
            new = {pid for pid, parent in _parents() if parent in found} - found
        return found - {self.process.pid}


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if after_name[0] != "Z":
            yield int(folder.name), int(after_name[1])


def living(pids: set[int]) -> set[int]:
    return pids & {pid for pid, _ in _parents()}


@contextmanager
def serving(*words: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [*SOCKSCOPE, "serve", "--port", str(free_port()), *words], stdout=subprocess.PIPE, text=True
    )
    try:
        served = Serving(process)
        yield served
        left = served.descendants()
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE)
        until("the end of every session", lambda: not living(left))
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def tab() -> Iterator[Tab]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


def test_in_a_browser_it_opens_steps_and_shows_a_partial_read(tab: Tab) -> None:
    came, complaints, requests = bytearray(), list[str](), list[str]()

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: came.extend(_octets(frame)))

    def text() -> str:
        return ESCAPES.sub(b"", bytes(came)).decode("utf-8", "replace")

    def see(wanted: str) -> None:
        for _ in range(int(DEADLINE * 10)):
            if wanted in text():
                return
            tab.wait_for_timeout(100)
        raise AssertionError(f"{wanted!r} did not come: {text()[-300:]}")

    tab.on("websocket", listen)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    with serving() as served:
        tab.goto(served.address)
        see("socket()")
        tab.locator(".xterm-helper-textarea").focus()
        for _ in range(9):
            seen = len(came)
            tab.keyboard.press("Space")
            while len(came) == seen:
                tab.wait_for_timeout(20)
        see("a partial read")
        assert complaints == []
        assert all(url.startswith((served.address, "data:")) for url in requests)


def _octets(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


async def visit(session: aiohttp.ClientSession, served: Serving) -> aiohttp.ClientWebSocketResponse:
    """Come, and wait until the programs are shown."""
    websocket = await session.ws_connect(f"{served.address}ws?width=80&height=24")
    came = b""
    async with asyncio.timeout(DEADLINE * 3):
        while b"socket" not in came:
            message = await websocket.receive()
            came += message.data if isinstance(message.data, bytes) else b""
    return websocket


async def test_twenty_visitors_vanish_and_nothing_is_left() -> None:
    with serving() as served:
        async with aiohttp.ClientSession() as session:
            visitors = await asyncio.gather(*(visit(session, served) for _ in range(20)))
            sessions = served.descendants()
            assert len(sessions) >= 60
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await visit(session, served)
            assert not any(visitor.closed for visitor in visitors)
        await asyncio.to_thread(until, "the end of all", lambda: not living(sessions), 60.0)
        async with aiohttp.ClientSession() as session:
            await visit(session, served)


async def test_who_does_nothing_has_to_go() -> None:
    with serving("--idle", "0.5") as served:
        async with aiohttp.ClientSession() as session:
            websocket = await session.ws_connect(f"{served.address}ws")
            async with asyncio.timeout(DEADLINE):
                while (await websocket.receive()).type is not aiohttp.WSMsgType.CLOSE:
                    pass
        until("the end of the session", lambda: not served.descendants())


@pytest.mark.parametrize("path", ["/", "/ws", "/wrong-token/", "/static/js/textual.js"])
def test_without_the_token_there_is_nothing(path: str) -> None:
    with serving() as served:
        root = served.address.rsplit("/", 2)[0]
        with pytest.raises(HTTPError, match="404"):
            urlopen(root + path, timeout=DEADLINE)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["doctor"], "'doctor' has no screen to serve: there are run, "),
        (["--port", "0"], "argument --port: should be a number from 1 to 65535, is '0'"),
        (["--idle", "no"], "argument --idle: should be a number of seconds above 0, is 'no'"),
    ],
)
def test_bad_arguments_are_told_in_one_line(arguments: list[str], complaint: str) -> None:
    done = sockscope("serve", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"sockscope: {complaint}")
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with serving() as served:
        port = served.address.split(":")[2].split("/")[0]
        done = sockscope("serve", "--port", port)
        assert done.returncode == 2
        assert done.stderr.startswith(f"sockscope: cannot listen at port {port}: ")
        assert os.linesep not in done.stderr[:-1]
