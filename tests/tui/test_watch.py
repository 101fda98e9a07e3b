"""The screen of processes that are only watched."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing

import pytest
from painted import painted
from textual.pilot import Pilot

from sockscope.trace.events import Event, ProcessStarted, SocketsObserved, SocketView
from sockscope.tracer.watcher import Watcher
from sockscope.tracer.watching import Watched, supported
from sockscope.tui.app import StageApp
from sockscope.tui.octets_panel import octet_lines
from sockscope.tui.replaying import app_for
from sockscope.tui.watch_stage import WatchStage

needs_kernel = pytest.mark.skipif(not supported(), reason="this kernel has no pidfd_getfd(2)")
Compare = Callable[..., bool]


def end(fd: int, local: int, peer: int, waiting: bytes = b"") -> SocketView:
    return SocketView(
        fd=fd,
        kind="connected",
        state="ESTABLISHED",
        family="inet",
        type="stream",
        local=("127.0.0.1", local),
        peer=("127.0.0.1", peer),
        recv_bytes=len(waiting),
        peek=waiting,
        recv_size=131072,
        send_bytes=0,
        send_size=2626560,
    )


def seen() -> list[Event]:
    """A server that has not read yet what its client sent in two pieces."""
    listener = SocketView(
        fd=6,
        kind="listening",
        state="LISTEN",
        local=("127.0.0.1", 8080),
        accept_length=1,
        accept_limit=511,
    )
    request = b"GET /\x1b[31mred HTTP/1.1\r\nHost: [localhost]\r\n"
    looks = [request[:14], request]
    events: list[Event] = [
        ProcessStarted(n=1, proc="nginx-4242", pid=4242, argv=("nginx",), watched=True)
    ]
    for look in looks:
        sockets = (listener, end(9, 8080, 51304, look), end(10, 8080, 51306))
        n = len(events) + 1
        events.append(SocketsObserved(n=n, t=n, proc="nginx-4242", sockets=sockets))
    return events


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_watched(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app_for(seen(), title="nginx-4242"), terminal_size=size)


async def test_an_earlier_look_is_a_key_away() -> None:
    app = app_for(seen(), title="nginx-4242")
    async with app.run_test() as pilot:
        await pilot.press("left")
        stage = app.stage
        assert isinstance(stage, WatchStage)
        assert stage.octets.key == ("nginx-4242", 9)
        assert stage.octets.virtual_size.height == 1
        await pilot.press("end", "up")
        assert stage.octets.key == ("nginx-4242", 6)


@asynccontextmanager
async def watching(*pids: int) -> AsyncIterator[tuple[StageApp, Pilot[None]]]:
    with ExitStack() as stack:
        processes = [stack.enter_context(closing(Watched(pid))) for pid in pids]
        app = StageApp(make_driver=lambda: Watcher(processes), make_stage=WatchStage)
        async with app.run_test() as pilot:
            await pilot.pause()
            await app.workers.wait_for_complete()
            await painted(app, pilot)
            yield app, pilot


def shown(app: StageApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@needs_kernel
async def test_octets_appear_while_they_wait() -> None:
    near, far = socket.socketpair()
    with near, far:
        async with watching(os.getpid()) as (app, pilot):
            app.stage.kernel.chosen = (app.stage.scene.names[0], far.fileno())
            near.sendall(b"unread [b]octets[/b]")
            while "unread [b]octets[/b]" not in shown(app):
                await pilot.pause()
            far.recv(100)
            while "unread [b]octets[/b]" in shown(app):
                await pilot.pause()


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (end(4, 1, 2), "Nothing waits in its receive buffer."),
        (SocketView(fd=3, kind="listening", accept_length=2), "2 clients in its accept queue."),
        (SocketView(fd=3, kind="bound", type="dgram", recv_bytes=9), "only counted"),
        (SocketView(fd=3, kind="closed", state="CLOSE", recv_bytes=9), "reset"),
        (SocketView(fd=3, kind="connected", recv_bytes=9, peek=b""), "SO_PEEK_OFF"),
        (SocketView(fd=3, kind="connected", recv_bytes=5000, peek=bytes(4096)), "904 B more"),
    ],
    ids=["empty", "listening", "datagram", "reset", "own-place", "many"],
)
def test_what_is_not_shown_is_said(view: SocketView, words: str) -> None:
    assert words in [*octet_lines(view)][-1].plain
