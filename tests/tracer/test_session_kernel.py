"""What a session shows of the kernel: full queues, what is left of a connection, errors."""

from __future__ import annotations

import pytest
from driving import Driver

# -- the queue and what is left --------------------------------------------------


async def test_a_full_queue_makes_the_next_client_wait(driver: Driver) -> None:
    client = """
        import socket
        sock = socket.socket()
        sock.connect(("127.0.0.1", PORT))
        sock.recv(1)
    """
    four = await driver.start(
        server="""
            import socket
            listener = socket.create_server(("127.0.0.1", PORT), backlog=0)
            listener.accept()
            listener.accept()
        """,
        first=client,
        second=client,
    )
    await four.step_to("server", "accept")
    await four.steps("first", 2)
    view = four.socket("server", 3).view
    assert (view.accept_length, view.accept_limit) == (1, 0)
    (waiting,) = [v for v in four.state.unheld if v.local == view.local]
    assert waiting.state == "ESTABLISHED"
    assert waiting.peer == four.socket("first", 3).view.local
    call = await four.steps("second", 2)
    assert (call.name, call.phase) == ("connect", "blocked")
    assert four.socket("second", 3).view.state == "SYN_SENT"
    assert (await four.step("server")).value[0] == 4
    assert [v for v in four.state.unheld if v.state == "ESTABLISHED"] == []


async def test_what_is_left_after_a_close_is_seen(driver: Driver) -> None:
    one = await driver.connected("a.close(); b.recv(1); b.close(); print('closed')")
    local, peer = one.socket("one", 3).view.local, one.socket("one", 3).view.peer
    await one.step("one")
    await one.until("FIN_WAIT2", lambda: [v.state for v in one.state.unheld] == ["FIN_WAIT2"])
    assert one.socket("one", 5).view.state == "CLOSE_WAIT"
    assert (await one.step("one")).data == b""
    await one.step("one")
    await one.session.observe()
    await one.until("TIME_WAIT", lambda: [v.state for v in one.state.unheld] == ["TIME_WAIT"])
    (view,) = one.state.unheld
    assert (view.local, view.peer, view.fd) == (local, peer, None)
    assert view.timer is not None
    assert 0 < view.timer <= 60


# -- errors that wait ------------------------------------------------------------


@pytest.mark.parametrize("queued", [b"", b"hello"])
async def test_a_waiting_reset_is_still_there_after_many_looks(
    driver: Driver, queued: bytes
) -> None:
    one = await driver.connected(f"""
        a.send(b"never read")
        if {queued}:
            b.send({queued})
        b.close()
        try:
            print(a.recv(100))
            a.recv(100)
        except ConnectionResetError as error:
            print(error.errno)
        print(a.recv(100))
    """)
    await one.step_to("one", "recv")
    for _ in range(20):
        await one.session.observe()
    view = one.socket("one", 3).view
    assert (view.state, view.recv_bytes, view.peek) == ("CLOSE", len(queued), queued)
    if queued:
        assert (await one.step("one")).data == queued
        for _ in range(20):
            await one.session.observe()
    call = await one.step("one")
    assert (call.errno, call.exception) == ("ECONNRESET", "ConnectionResetError")
    assert (await one.step("one")).data == b""


async def test_a_waiting_error_is_still_there_for_the_option(driver: Driver) -> None:
    one = await driver.connected("""
        a.send(b"never read")
        b.close()
        a.settimeout(5)
        print(a.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        a.send(b"x")
    """)
    await one.step_to("one", "settimeout")
    for _ in range(20):
        await one.session.observe()
    await one.step("one")
    assert one.output("one") == "104\n"


async def test_a_look_changes_no_flag(driver: Driver) -> None:
    one = await driver.connected("""
        import os
        socket.setdefaulttimeout(3)
        a.send(b"x")
        print([os.get_blocking(s.fileno()) for s in (a, b)], b.gettimeout())
        b.recv(1)
    """)
    for _ in range(5):
        await one.session.observe()
    await one.step("one")
    assert one.output("one") == "[True, True] None\n"
