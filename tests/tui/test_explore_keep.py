"""Processes that come and go, and what is kept of a session at the explorer's screen."""

from __future__ import annotations

from pathlib import Path

from exploring import exploring

from sockscope.trace.codec import decode
from sockscope.trace.history import History
from sockscope.tui.app import StageApp
from sockscope.tui.explore_app import ExploreApp
from sockscope.tui.replaying import app_for


async def test_processes_are_added_and_removed() -> None:
    async with exploring() as explored:
        await explored.press("plus")
        assert list(explored.state.processes) == ["server", "client", "client-2"]
        await explored.press("s")
        assert ("client-2", 3) in explored.state.sockets
        await explored.press("minus")
        assert explored.process("client-2").status == 0
        assert "another process" in explored.shown
        await explored.press("s")
        assert "client-2 has ended" in explored.told


async def test_the_last_process_that_ends_leaves_a_way_on() -> None:
    async with exploring() as explored:
        await explored.press("1", "minus", "2", "minus", "space")
        assert "+ starts one" in explored.told
        await explored.press("plus", "s")
        assert explored.last.proc == "client-2"


async def test_many_clients_wait_by_name_in_the_accept_queue() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "L")
        await explored.write("backlog", "5")
        await explored.press("enter", "2", "s", "c", "plus", "s", "c", "plus", "s", "c")
        listener = explored.state.sockets["server", 3].view
        assert listener.accept_length == 3


async def test_sockets_are_chosen_and_filtered() -> None:
    async with exploring() as explored:
        await explored.press("s", "s", "comma")
        assert explored.stage.chosen_fd == 3
        await explored.press("b", "l", "full_stop")
        assert explored.stage.chosen_fd == 4
        await explored.press("slash", *"listen", "enter")
        assert explored.stage.kernel.sockets == [("server", 3)]
        await explored.press("slash", *["delete"] * 6, "enter")
        assert explored.stage.kernel.sockets == [("server", 3), ("server", 4)]


async def test_a_socket_is_chosen_with_a_click_in_the_kernel() -> None:
    async with exploring() as explored:
        await explored.press("s", "s", "2", "s")
        await explored.pilot.click("#kernel", offset=(6, 2))
        await explored.settled()
        assert (explored.stage.chosen_tracee(), explored.stage.chosen_fd) == ("server", 3)


async def test_a_closed_socket_can_still_be_called() -> None:
    async with exploring() as explored:
        await explored.press("s", "x", "full_stop", "r")
        assert (explored.last.name, explored.last.errno) == ("recv", "EBADF")


async def test_looking_back_orders_nothing() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "left", "l")
        assert "This is the past." in explored.told
        assert len(explored.stage.left.text_of(explored.process("server"))[0]) == 1
        await explored.press("end", "l")
        assert explored.last.name == "listen"


async def test_a_session_is_run_again_up_to_the_shown_position() -> None:
    async with exploring() as explored:
        await explored.press("s", "b", "l", "2", "s", "c")
        before = {process.pid for process in explored.state.processes.values()}
        await explored.press("left", "left", "u")
        await explored.settled()
        assert [call.name for call in explored.state.calls] == ["socket", "bind", "listen"]
        assert before.isdisjoint(process.pid for process in explored.state.processes.values())
        assert not explored.stage.scene.past
        await explored.press("ctrl+r")
        await explored.settled()
        assert len(explored.state.calls) == 0


async def test_a_session_is_saved_opened_and_run_again(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    async with exploring() as explored:
        await explored.press(*["space"] * 9)
        names = [call.name for call in explored.state.calls]
        await explored.press("ctrl+s")
        explored.app.save_path = path
        await explored.press("escape", "ctrl+s", "enter")
    app = app_for(list(decode(path.read_bytes().splitlines(True))), title=path.name)
    assert isinstance(app, ExploreApp)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("s")
        assert [call.name for call in app.history.latest.calls] == names
        await pilot.press("u")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert [call.name for call in app.history.latest.calls] == names
        assert app.driver is not None


async def test_the_trace_of_programs_opens_on_the_ordinary_stage() -> None:
    assert not isinstance(app_for([], title=""), ExploreApp)
    assert isinstance(app_for([], title=""), StageApp)


async def test_programs_are_written_once_and_over_others_only_when_asked_twice(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "mine"
    async with exploring() as explored:
        await explored.press("s", "b", "l", "2", "s", "c", "w", "x")
        await explored.press("ctrl+e")
        explored.app.screen.query_one("Input").value = str(folder)  # type: ignore[attr-defined]
        await explored.press("enter")
        assert "The programs are in" in explored.told
        (folder / "server.py").write_text("mine")
        await explored.press("ctrl+e")
        explored.app.screen.query_one("Input").value = str(folder)  # type: ignore[attr-defined]
        await explored.press("enter")
        assert "Press Enter again" in explored.shown
        assert (folder / "server.py").read_text() == "mine"
        await explored.press("enter")
        port = explored.port
    client = (folder / "client.py").read_text()
    assert f'connect(("127.0.0.1", {port}))' in client
    compile(client, "client.py", "exec")


def test_an_empty_history_is_a_saved_trace() -> None:
    assert ExploreApp(History()).driver is None
