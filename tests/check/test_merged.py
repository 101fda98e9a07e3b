"""A program that is held finds messages merged, as after a while of being busy."""

from __future__ import annotations

from pathlib import Path

import pytest

from sockscope.check.command import check
from sockscope.check.plans import MERGED, Plan
from sockscope.check.report import BROKEN, HELD, Verdict, lines
from sockscope.tracer.programs import parse

SERVER = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
sock, _ = listener.accept()
for _ in range(2):
    print({read})
"""
CLIENT = """
import socket, sys, time
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
sock.sendall(b"one")
time.sleep(0.3)
sock.sendall(b"two")
sock.close()
"""


def merged(folder: Path, read: str, *held: str) -> Verdict:
    (folder / "server.py").write_text(SERVER.format(read=read))
    (folder / "client.py").write_text(CLIENT)
    words = [f"{name}='{folder / name}.py' {{port}}" for name in ("server", "client")]
    return check(parse(words), budget=1, only=Plan(MERGED, held=held))


@pytest.mark.parametrize("held", [("server",), ("server", "client")])
def test_one_that_takes_a_piece_for_a_message_breaks(held: tuple[str, ...], tmp_path: Path) -> None:
    verdict = merged(tmp_path, "sock.recv(64)", *held)
    assert verdict.word == BROKEN
    assert verdict.broken is not None
    assert "b'onetwo'" in str(verdict.broken.differences[0])
    assert "  server.py:6: recv(64) gave 6 bytes, of 2 sends at once" in list(lines(verdict))


def test_one_that_reads_so_much_as_it_wants_holds(tmp_path: Path) -> None:
    read = "sock.recv(3, socket.MSG_WAITALL)"
    assert merged(tmp_path, read, "server").word == HELD
    assert merged(tmp_path, read, "server", "client").word == HELD


WAKES_ITSELF = """
import asyncio, sys, time
async def talk(reader, writer):
    writer.write(await asyncio.to_thread((await reader.readline()).upper))
    writer.close()
async def main():
    await asyncio.to_thread(time.sleep, 0.1)
    async with await asyncio.start_server(talk, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()
asyncio.run(main())
"""
TRIES = """
import socket, sys, time
deadline = time.monotonic() + 2
while True:
    try:
        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        break
    except ConnectionRefusedError:
        if time.monotonic() > deadline:
            raise
        time.sleep(0.01)
sock.sendall(b"one\\n")
print(sock.recv(100))
"""


def test_what_a_program_tells_itself_is_not_held_back(tmp_path: Path) -> None:
    for name, text in (("server", WAKES_ITSELF), ("client", TRIES)):
        (tmp_path / f"{name}.py").write_text(text)
    words = [f"{name}='{tmp_path / name}.py' {{port}}" for name in ("server", "client")]
    assert check(parse(words), budget=1, only=Plan(MERGED, held=("server",))).word == HELD
