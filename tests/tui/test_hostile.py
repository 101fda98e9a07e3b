"""What programs and traces may hold: floods, escapes, markup, nonsense."""

from __future__ import annotations

import time
from dataclasses import replace

import conversation
import pytest
from scripted import ScriptedDriver

from sockscope.trace import events as e
from sockscope.trace.history import History
from sockscope.tui.app import FRAME, StageApp
from sockscope.tui.scene import Scene
from sockscope.tui.text import lines_of, printable

NASTY = "\x1b[2J\x1b]0;owned\x07[bold red][/][@click=app.quit]x[/]\u202e\u2028\x00\r\n[link=x]"


def hostile() -> conversation.Recording:
    """Every text that a trace may hold, full of what a terminal or a markup would obey."""
    rec = conversation.Recording()
    data = NASTY.encode("utf-8", "replace") + bytes(range(256))
    rec.process(NASTY, 1, f"x = 1  # {NASTY}\n" * 3)
    rec.gate(NASTY, NASTY, NASTY, fd=3, line=2, locals={NASTY: NASTY})
    rec.made(NASTY, NASTY, data)
    view = replace(
        conversation.connected(3, server=False, waiting=data),
        state=NASTY,
        local=NASTY,
        peer=(NASTY, -5),
        extra={NASTY: NASTY},
    )
    rec.seen(NASTY, view)
    rec.add(e.UnheldObserved(sockets=(replace(view, fd=None),)))
    rec.gate(NASTY, "send", conversation.octets(data), fd=3, line=10**9)
    rec.made(NASTY, len(data), data)
    rec.add(e.Output(proc=NASTY, stream=NASTY, text=NASTY))
    rec.add(e.NotSeen(proc=NASTY, what=NASTY))
    rec.gate(NASTY, "recv", -1, fd=3, line=-3)
    rec.grant(NASTY)
    rec.failed(NASTY, NASTY, NASTY, NASTY)
    rec.add(e.ProcessExited(proc=NASTY, signal=NASTY))
    return rec


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (30, 12)])
async def test_hostile_text_is_shown_and_never_obeyed(size: tuple[int, int]) -> None:
    app = StageApp(History(hostile().events), title=NASTY)
    async with app.run_test(size=size) as pilot:
        for key in (
            "tab",
            "tab",
            "i",
            "escape",
            "x",
            "left",
            "left",
            "home",
            "right",
            "end",
            "tab",
        ):
            await pilot.press(key)
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                text = "".join(segment.text for segment in strip)
                assert text.isprintable()
        assert app.screen is app.stage


def test_what_is_not_printable_is_written_out() -> None:
    assert printable("a\x1b[0m\u202e\udc80") == "a\\x1b[0m\\u202e\\udc80"
    assert lines_of("a\r\nb\x0cc\rd\n") == ["a", "b\\x0cc", "d"]


def flood(count: int) -> list[e.Event]:
    """``count`` events: as many sends and recvs as that makes."""
    rec = conversation.accepted()
    events = list(rec.events)
    call = 1000
    while len(events) < count:
        call += 1
        n = len(events)
        sends = call % 2 == 0
        proc, name, fd = ("client", "send", 3) if sends else ("server", "recv", 4)
        args = (conversation.octets(b"12345678"),) if sends else (8,)
        entered = e.CallEntered(proc=proc, call=call, fd=fd, name=name, args=args, n=n + 1)
        done = e.CallReturned(proc=proc, call=call, value=8, data=b"12345678", n=n + 2)
        events += [entered, done]
    return events


async def test_a_flood_is_painted_once_a_frame() -> None:
    driver = ScriptedDriver()
    app = StageApp(make_driver=lambda: driver)
    scenes: list[Scene] = []
    events = flood(100_000)[len(conversation.first_gate().events) :]
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause(0.1)
        app.watch(app.stage, "scene", lambda scene: scenes.append(scene), init=False)
        began = time.monotonic()
        for event in events:
            app.take(event)
        await pilot.pause(0.1)
        assert 1 <= len(scenes) <= (time.monotonic() - began) / FRAME + 1
        assert len(app.stage.scene.state.calls) > 40_000


async def test_a_long_trace_is_walked_quickly() -> None:
    app = StageApp(History(flood(100_000)))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        began = time.perf_counter()
        for _ in range(20):
            app.go_back()
        assert (time.perf_counter() - began) / 20 < 0.05
        app.go_to(5)
        await pilot.pause()
        assert app.stage.scene.past


async def test_an_empty_trace_opens() -> None:
    app = StageApp(History())
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("tab", "tab", "tab", "i", "left", "home", "end", "x", "z", "less_than_sign"):
            await pilot.press(key)
        await pilot.pause()
        assert app.screen is app.stage
