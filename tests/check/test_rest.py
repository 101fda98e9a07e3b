"""When a run is over: servers whose threads sleep in no call of a socket, and those that hang."""

from __future__ import annotations

import platform
import sys
import time
from pathlib import Path

import pytest

from sockscope.check.bounds import Bounds
from sockscope.check.plans import WHOLE, Plan
from sockscope.check.running import Ran, run
from sockscope.tracer.programs import parse

DEADLINE = 30.0

BEGIN = """
import asyncio, queue, signal, socket, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def serve(conversation):
    with conversation, conversation.makefile("rwb") as file:
        for line in file:
            file.write(line.upper())
            file.flush()
def accept():
    while True:
        serve(listener.accept()[0])
"""
IN_A_THREAD = BEGIN + "threading.Thread(target=accept, daemon=True).start()\n"
POOL = """
with ThreadPoolExecutor(4) as pool:
    while True:
        pool.submit(serve, listener.accept()[0])
"""
QUEUE = """
jobs = queue.Queue()
def work():
    while True:
        serve(jobs.get())
threading.Thread(target=work).start()
while True:
    jobs.put(listener.accept()[0])
"""
TO_THREAD = """
async def talk(reader, writer):
    while line := await reader.readline():
        writer.write(await asyncio.to_thread(line.upper))
        await writer.drain()
    writer.close()
async def main():
    async with await asyncio.start_server(talk, sock=listener) as server:
        await server.serve_forever()
asyncio.run(main())
"""
SERVERS = {
    "a pool": BEGIN + POOL,
    "a queue": BEGIN + QUEUE,
    "an event": IN_A_THREAD + "threading.Event().wait()",
    "a signal": IN_A_THREAD + "signal.pause()",
    "naps": IN_A_THREAD + "while True: time.sleep(0.3)",
    "asyncio's threads": BEGIN + TO_THREAD,
}
CLIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    file = sock.makefile("rwb")
    for word in (b"one\\n", b"two\\n"):
        file.write(word)
        file.flush()
        print(file.readline())
"""


def ran(folder: Path, server: str, client: str = CLIENT, bounds: Bounds | None = None) -> Ran:
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(client)
    programs = parse([f"'{folder / 'server.py'}' {{port}}", f"'{folder / 'client.py'}' {{port}}"])
    return run(programs, Plan(WHOLE), bounds or Bounds(DEADLINE, 0.0))


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())
def test_a_server_is_at_its_end_wherever_its_threads_sleep(server: str, tmp_path: Path) -> None:
    found = ran(tmp_path, server)
    assert found.outcome.hang == ""
    assert [ended.status for ended in found.outcome.programs] == [None, 0]
    assert found.seconds < DEADLINE / 2


def test_what_a_thread_does_once_it_has_slept_belongs_to_the_run(tmp_path: Path) -> None:
    later = "def later():\n    time.sleep(0.3)\n    print('later')\n"
    once = "serve(listener.accept()[0])\nthreading.Thread(target=later).start()\n"
    server = BEGIN + later + once + "accept()"
    whole = ran(tmp_path, server, bounds=Bounds(DEADLINE, 1.0))
    assert whole.outcome.programs[0].out == "later\n"
    assert whole.quiet > 0.1
    assert ran(tmp_path, server, bounds=Bounds(DEADLINE, 2 * whole.quiet)).outcome == whole.outcome


DEAF = "serve = lambda conversation: threading.Event().wait()\n"


@pytest.mark.parametrize("naps", ["", "threading.Thread(target=time.sleep, args=(60,)).start()\n"])
def test_a_client_that_is_never_answered_hangs(naps: str, tmp_path: Path) -> None:
    began = time.monotonic()
    found = ran(tmp_path, BEGIN + DEAF + naps + "accept()")
    assert "server sleeps, in no call of a socket" in found.outcome.hang
    assert time.monotonic() - began < DEADLINE / 2


def test_workers_that_nobody_gives_work_any_more_hang(tmp_path: Path) -> None:
    found = ran(tmp_path, BEGIN + "serve(listener.accept()[0])\nqueue.Queue().get()")
    assert "server sleeps, in no call of a socket" in found.outcome.hang


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(1000)"])
def test_a_program_that_does_not_end_is_named(body: str, tmp_path: Path) -> None:
    found = ran(tmp_path, body, bounds=Bounds(0.5, 0.0))
    assert found.outcome.hang == (
        "after 0.5 s these still run: server;"
        " server does not come to wait for anybody, so client was not started"
    )


RETRIES = """
import socket, sys, time
while True:
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
            sock.sendall(b"one\\n")
            answer = sock.makefile("rb").readline()
            if answer == b"ONE\\n":
                break
    except OSError:
        time.sleep(0.01)
"""


def test_a_client_may_wait_for_a_dead_server_to_come_back(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(BEGIN + "accept()")
    (tmp_path / "client.py").write_text(RETRIES)
    words = [f"'{tmp_path / name}' {{port}}" for name in ("server.py", "client.py")]
    found = run(parse(words), Plan("dies", dies=("server", 1)), Bounds(DEADLINE, 0.0))
    assert found.outcome.hang == ""
    assert found.seconds < DEADLINE / 2


ENDING = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(0.4,)).start()
ctypes.CDLL(None).syscall({number}, 0)
"""
"""A program whose first thread ends some time before the last (exit(2), not exit_group(2))."""

WAITING = """
import socket, subprocess, sys
near, far = socket.socketpair()
far.send(b"x")
subprocess.run(["sh", "-c", 'exec "$@"', "sh", *sys.argv[1:]])
near.recv(1)
"""


def test_who_waits_for_a_child_that_is_just_ending_does_not_hang(tmp_path: Path) -> None:
    number = {"x86_64": 60, "aarch64": 93}.get(platform.machine())
    if number is None:
        pytest.skip("the number of exit(2) is not known here")
    waiting, ending = tmp_path / "waiting.py", tmp_path / "ending.py"
    waiting.write_text(WAITING)
    ending.write_text(ENDING.format(number=number))
    words = f"'{waiting}' '{sys.executable}' '{ending}'"
    found = run(parse([words]), Plan(WHOLE), Bounds(DEADLINE, 0.0))
    assert found.outcome.hang == ""
    assert found.seconds > 0.4
