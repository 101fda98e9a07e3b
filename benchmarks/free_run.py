"""What a free run costs: programs bare, under sockscope without and with a trace, under strace.

Each program runs with two numbers of rounds.  The difference is what its rounds cost; what is
left is what a command costs however long it runs, mostly its start.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FEW, MANY = 2_000, 22_000
"""Rounds of a short and of a long run of each program."""

REPEATS = 3

PAIR = """
import socket, sys
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
sender = socket.socket()
sender.connect(listener.getsockname())
receiver, _ = listener.accept()
"""

ALIKE = """
for _ in range(int(sys.argv[1])):
    sender.send(b"0123456789abcdef")
    receiver.recv(16)
"""

DIFFERING = """
for number in range(int(sys.argv[1])):
    sender.send(b"%016d" % number)
    receiver.recv(16)
"""

SELECTOR = """
import selectors
receiver.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(receiver, selectors.EVENT_READ)
for _ in range(int(sys.argv[1])):
    sender.send(b"0123456789abcdef")
    for key, _ in selector.select():
        key.fileobj.recv(4096)
"""

ASYNCIO = """
import asyncio, sys

async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
    writer.close()

async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    for _ in range(int(sys.argv[1])):
        writer.write(b"0123456789abcdef")
        await reader.readexactly(16)
    writer.write_eof()
    await reader.read()

asyncio.run(main())
"""

PROGRAMS = {
    "send and recv, all alike": PAIR + ALIKE,
    "send and recv, octets that differ": PAIR + DIFFERING,
    "send, selectors, recv without waiting": PAIR + SELECTOR,
    "asyncio streams, an echo": ASYNCIO,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only programs whose name has one of these")
    words = parser.parse_args().words
    print(f"the least of {REPEATS} for each; {FEW} and {MANY} rounds")
    for name, text in PROGRAMS.items():
        if not words or any(word in name for word in words):
            _measure(name, text)


def _measure(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.py"
        program.write_text(text)
        commands = _commands(str(program), folder)
        few, many = _least(commands)
    each = {command: (many[command] - few[command]) / (MANY - FEW) for command in commands}
    print(f"\n{name:38}  a round  of bare  of strace   {MANY} rounds  of bare  of strace")
    for command in commands:
        print(
            f"  {command:36}{_row(each, command, 1e6, 'µs')}     {_row(many, command, 1e3, 'ms')}"
        )


def _commands(program: str, folder: str) -> dict[str, list[str]]:
    """The commands to compare; each lacks but the number of rounds."""
    bare = [sys.executable, program]
    scope = [sys.executable, "-m", "sockscope", "run", "--headless"]
    trace = ["--trace", f"{folder}/trace.jsonl"]
    commands = {"bare": bare, "sockscope": [*scope, program, "--"]}
    commands["sockscope --trace"] = [*scope, *trace, program, "--"]
    if shutil.which("strace"):
        log = f"{folder}/strace.log"
        commands["strace -f"] = ["strace", "-f", "-e", "trace=network", "-o", log, *bare]
    return commands


def _least(commands: Mapping[str, Sequence[str]]) -> tuple[dict[str, float], dict[str, float]]:
    """The least seconds that each command took for FEW and for MANY rounds.

    They all take turns, so that what else the machine does falls on all alike.
    """
    taken: dict[tuple[str, int], list[float]] = {
        (name, rounds): [] for rounds in (FEW, MANY) for name in commands
    }
    for _ in range(REPEATS):
        for (name, rounds), seconds in taken.items():
            started = time.perf_counter()
            subprocess.run([*commands[name], str(rounds)], check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - started)
    few, many = ({name: min(taken[name, rounds]) for name in commands} for rounds in (FEW, MANY))
    return few, many


def _row(seconds: Mapping[str, float], command: str, scale: float, unit: str) -> str:
    own = seconds[command]
    strace = f"{own / seconds['strace -f']:7.2f}" if "strace -f" in seconds else "      -"
    return f"{own * scale:6.1f} {unit}   {own / seconds['bare']:5.2f}   {strace}"


if __name__ == "__main__":
    main()
