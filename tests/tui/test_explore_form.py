"""The form of a call: what is wrong is said while it is typed, and nothing goes out."""

from __future__ import annotations

import pytest
from exploring import Explored, exploring

from sockscope.trace.names import BLOCKED, MSG_PEEK
from sockscope.tui.call_form import CallForm

CONNECTED = ("s", "b", "l", "2", "s", "c", "1", "a")


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("address", "127.0.0.1:65536", "a port is a number from 0 to 65535, not 65536"),
        ("address", "127.0.0.1:x", "a port is a number"),
    ],
)
async def test_an_address_that_cannot_be_is_refused(field: str, text: str, problem: str) -> None:
    async with exploring() as explored:
        await explored.press("s", "B")
        await explored.write(field, text)
        assert problem in explored.shown
        await explored.press("enter")
        assert problem in explored.shown
        assert [call.name for call in explored.state.calls] == ["socket"]
        await explored.press("escape")
        assert not isinstance(explored.app.screen, CallForm)


async def test_a_call_is_made_with_the_arguments_of_the_form() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "L")
        await explored.write("backlog", "7")
        assert "→ listen(7)" in explored.shown
        await explored.press("enter")
        assert (explored.last.name, explored.last.args) == ("listen", (7,))


async def test_enter_opens_the_form_of_the_chosen_line() -> None:
    async with exploring() as explored:
        await explored.press("s", "down", "enter")
        assert "connect()" in explored.shown
        await explored.press("escape", "up", "enter")
        assert "bind()" in explored.shown


async def test_choices_are_gone_through_with_the_arrows_and_picked_with_a_click() -> None:
    async with exploring() as explored:
        await explored.press("S", "down", "down")
        assert "→ socket(AF_UNIX, SOCK_STREAM)" in explored.shown
        await explored.press("tab", "down", "enter")
        assert explored.state.sockets["server", 3].view.type == "dgram"
        await explored.press("S")
        await explored.pilot.click("#note-family", offset=(10, 0))
        await explored.settled()
        assert "→ socket(AF_INET6, SOCK_STREAM)" in explored.shown


async def test_flags_are_taken_in_and_out() -> None:
    async with exploring() as explored:
        await explored.press(*CONNECTED, "2", "w", "1", "R")
        for _ in range(3):
            await explored.pilot.click("#note-flags", offset=(2, 0))
            await explored.settled()
        assert "→ recv(16, MSG_PEEK)" in explored.shown
        await explored.write("size", "4")
        await explored.press("enter")
        assert (explored.last.data, explored.last.flags) == (b"Hi t", MSG_PEEK)
        assert explored.state.sockets["server", 4].view.recv_bytes == 16


async def test_odd_hex_is_refused_and_thirty_million_bytes_block() -> None:
    async with exploring() as explored:
        await explored.press(*CONNECTED, "2", "W")
        await explored.write("data", "0x123")
        assert "hex has two digits for each byte: here are 3" in explored.shown
        await explored.write("data", "30M")
        await explored.press("enter")
        assert explored.process("client").open[0].phase == BLOCKED
        await explored.press("k")
        await explored.press("down", "enter")
        assert explored.process("client").exited


HOSTILE = (
    r"\x1b[2J\x1b]0;x\x07",
    "[bold red]no markup[/]",
    r"\x00\xff\xfe",
    "漢字 é e\u0301 👩‍👩‍👧",
    "\u202eright to left",
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_hostile_payloads_keep_the_layout_whole(size: tuple[int, int]) -> None:
    async with exploring(*size) as explored:
        await explored.press(*CONNECTED, "2")
        for text in HOSTILE:
            await send(explored, text)
        widths = {len(line) for line in explored.shown.splitlines()}
        assert "\x1b" not in explored.shown
        assert "\u202e" not in explored.shown
        assert max(widths) <= size[0]
        await explored.press("1", "r", "r", "r")
        assert explored.last.data


async def send(explored: Explored, text: str) -> None:
    """Through the form, as it is typed."""
    await explored.press("W")
    await explored.write("data", text)
    assert "→ sendall(" in explored.shown
    await explored.press("enter")


async def test_a_text_drips_byte_by_byte() -> None:
    async with exploring() as explored:
        await explored.press(*CONNECTED, "2", "d", "enter")
        sent = [call.args for call in explored.state.calls if call.name == "send"]
        assert len(sent) == len("drip")
        await explored.press("1", "r")
        assert explored.last.data == b"drip"
