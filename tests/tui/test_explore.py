"""The explorer's screen over real processes and real sockets."""

from __future__ import annotations

import socket

import pytest
from exploring import exploring

from sockscope.trace.names import BLOCKED
from sockscope.trace.orders import CALLS

CONVERSATION = [
    "server socket",
    "server bind",
    "server listen",
    "client socket",
    "client connect",
    "server accept",
    "client send",
    "server recv",
    "server send",
    "client recv",
    "client close",
    "server close",
    "server close",
]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_space_alone_goes_through_a_whole_conversation(size: tuple[int, int]) -> None:
    async with exploring(*size) as explored:
        await explored.press(*["space"] * len(CONVERSATION))
        calls = [f"{call.proc} {call.name}" for call in explored.state.calls]
        assert calls == CONVERSATION
        assert [stream.read for stream in explored.state.streams.values()] == [16, 16]
        assert not explored.state.sockets
        await explored.press("space")
        assert "Nothing follows by itself" in explored.told


async def test_each_call_of_a_conversation_has_one_key() -> None:
    async with exploring() as explored:
        await explored.press("1", "s", "b", "l", "2", "s", "c", "1", "a", "2", "w", "1", "r")
        assert (explored.last.name, explored.last.data) == ("recv", b"Hi there, server")
        assert explored.stage.chosen_fd != min(fd for _, fd in explored.state.sockets)
        await explored.press("w", "2", "r", "x", "1", "x")
        assert [fd for _, fd in explored.state.sockets] == [3]


async def test_keys_that_are_pressed_fast_are_obeyed_in_turn() -> None:
    async with exploring() as explored:
        await explored.pilot.press("s", "b", "l")
        await explored.settled()
        assert [call.name for call in explored.state.calls] == ["socket", "bind", "listen"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_menu_shows_what_makes_sense_and_what_goes_wrong(size: tuple[int, int]) -> None:
    async with exploring(*size) as explored:
        assert "Two processes without sockets." in " ".join(explored.shown.split())
        await explored.press("s")
        assert f'bind(("127.0.0.1", {explored.port}))' in explored.shown
        await explored.press("b", "l")
        assert "accept()" in explored.shown
        wrong = [choice.form.name for choice in explored.stage.menu.wrong]
        assert {"recv", "send", "connect", "bind", "listen"} == {*wrong} - {
            "shutdown",
            "getpeername",
        }


async def test_a_wrong_call_gets_the_kernels_answer_and_its_reason() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "l", "r")
        assert (explored.last.name, explored.last.errno) == ("recv", "ENOTCONN")
        assert explored.last.meaning
        assert explored.last.meaning[:20] in " ".join(explored.shown.split())


async def test_a_click_makes_the_call_and_a_click_on_its_end_opens_the_form() -> None:
    async with exploring() as explored:
        await explored.pilot.click("#menu", offset=(5, 1))
        await explored.settled()
        assert explored.last.name == "socket"
        width = explored.stage.menu_panel.size.width
        await explored.pilot.click("#menu", offset=(width - 1, 1))
        await explored.settled()
        assert explored.form.query_one("#field-address")


async def test_every_call_has_a_key_of_its_own_and_a_line_in_the_palette() -> None:
    async with exploring() as explored:
        keys = [key for action in explored.stage.ACTIONS for key in action.keys]
        assert len(keys) == len(set(keys))
        titles = {command.title for command in explored.app.get_system_commands(explored.stage)}
        assert titles.issuperset(CALLS)
        commands = explored.stage._commands
        others = [a.name for a in explored.stage.ACTIONS if a.name.split("_")[-1] not in CALLS]
        assert [name for name in others if not hasattr(commands, f"do_{name}")] == []


async def test_a_blocked_call_leaves_the_rest_alive_and_can_be_interrupted() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "l", "a")
        assert explored.process("server").open[0].phase == BLOCKED
        assert "interrupt the call" in explored.shown
        await explored.press("r")
        assert "blocked in accept()" in explored.told
        await explored.press("exclamation_mark")
        assert explored.last.exception == "KeyboardInterrupt"
        assert not explored.process("server").exited


async def test_a_blocked_call_is_woken_from_the_other_side() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "l", "a", "2", "s", "c")
        assert not explored.process("server").open
        await explored.press("1", "r")
        assert explored.process("server").open[0].phase == BLOCKED
        await explored.press("space")
        assert not explored.process("server").open
        assert explored.last.data == b"Hi there, server"


async def test_space_goes_on_where_the_usual_port_is_taken() -> None:
    async with exploring() as explored:
        with socket.create_server(("127.0.0.1", explored.port)):
            await explored.press("space", "space")
            assert (explored.last.name, explored.last.errno) == ("bind", "EADDRINUSE")
            await explored.press("space", "space", "space", "space")
            assert (explored.last.proc, explored.last.name) == ("client", "connect")
            assert explored.last.errno is None


async def test_the_servers_port_is_free_again_after_the_explorer() -> None:
    async with exploring() as explored:
        await explored.press(*["space"] * 7)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", explored.port))


async def test_somebody_from_outside_may_connect() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "l")
        with socket.create_connection(("127.0.0.1", explored.port)) as outside:
            outside.sendall(b"from outside")
            await explored.press("a", "r")
            assert explored.last.data == b"from outside"
            await explored.press("w")
            assert outside.recv(100) == b"Farewell, client"


async def test_the_help_is_the_explorers_own() -> None:
    async with exploring() as explored:
        await explored.press("question_mark")
        assert "the calls that you choose" in " ".join(explored.shown.split())
        assert "Make the next call of a conversation" in explored.shown


async def test_options_are_named_in_the_menu() -> None:
    async with exploring(80, 24) as explored:
        await explored.press("s")
        assert "setsockopt(…, SO_REUSEADDR, 1)" in explored.shown
