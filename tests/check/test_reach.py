"""What was never cut is said, and a cut for which there is no place is no success."""

from __future__ import annotations

from pathlib import Path

import pytest

from sockscope.check.command import NothingToCutError, check
from sockscope.check.report import BROKEN, HELD, Verdict, lines
from sockscope.check.search import IN, OUT, Cut, with_cuts
from sockscope.tracer.programs import parse

BEGIN = """
import os, select, socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
"""
ACCEPT = BEGIN + "sock, _ = listener.accept()\n"
OS_READ = ACCEPT + "sock.sendall(os.read(sock.fileno(), 100))"
WAITALL = ACCEPT + "sock.sendall(sock.recv(6, socket.MSG_WAITALL))"
EDGE = """
sock.setblocking(False)
poll = select.epoll()
poll.register(sock, select.EPOLLIN | select.EPOLLET)
poll.poll()
data = sock.recv(100)
sock.setblocking(True)
sock.sendall(data)
"""
CLIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"hello\\n")
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").read())
"""
DATAGRAMS = """
import socket, sys
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[1])))
data, address = sock.recvfrom(100)
sock.sendto(data, address)
"""
ASKS = """
import socket, sys
sock = socket.socket(type=socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", int(sys.argv[1])))
sock.send(b"hello")
print(sock.recv(100))
"""


def checked(
    folder: Path, server: str, client: str = CLIENT, budget: int = 8, cuts: tuple[Cut, ...] = ()
) -> Verdict:
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(client)
    programs = parse([f"'{folder / name}' {{port}}" for name in ("server.py", "client.py")])
    return check(programs, budget=budget, only=with_cuts(cuts) if cuts else None)


@pytest.mark.parametrize(
    ("server", "why"),
    [
        (OS_READ, "it was not seen to receive any; os.read()"),
        (WAITALL, "its calls wait for all of them (MSG_WAITALL)"),
        (ACCEPT + EDGE, "epoll(7) watches its sockets edge-triggered"),
    ],
    ids=["os.read", "MSG_WAITALL", "edge-triggered"],
)
def test_what_was_never_cut_is_said(server: str, why: str, tmp_path: Path) -> None:
    verdict = checked(tmp_path, server)
    first, second = lines(verdict)
    assert verdict.word == HELD
    assert first == "held: 8 ways to cut what client receives"
    assert f"server's bytes were never cut: {why}" in second


def test_datagrams_are_no_streams(tmp_path: Path) -> None:
    with pytest.raises(NothingToCutError, match="server's bytes were never cut: they are datagr"):
        checked(tmp_path, DATAGRAMS, ASKS)


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        ((IN, "server", 500), "server receives 6 bytes: none is cut after byte 500"),
        ((IN, "server", 6), "server receives 6 bytes: none is cut after byte 6"),
        ((OUT, "client", 3), "no call with which client sends could be cut"),
    ],
)
def test_a_cut_for_which_there_is_no_place(cut: Cut, message: str, tmp_path: Path) -> None:
    loop = "while part := sock.recv(100):\n    sock.sendall(part)\nsock.close()"
    with pytest.raises(NothingToCutError, match=message):
        checked(tmp_path, ACCEPT + loop, cuts=(cut,))


READS_ONCE = "import socket; sock = socket.socket(fileno={}); sock.sendall(sock.recv(100))"
EXECUTES = f"""
fd = sock.fileno()
subprocess.run([sys.executable, "-c", {READS_ONCE!r}.format(fd)], pass_fds=[fd], check=True)
"""


def test_what_a_child_receives_is_cut_too(tmp_path: Path) -> None:
    assert checked(tmp_path, ACCEPT + EXECUTES).word == BROKEN
