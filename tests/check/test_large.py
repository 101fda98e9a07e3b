"""Long streams: what is wrong near their begin is found soon, and no run takes for ever."""

from __future__ import annotations

from pathlib import Path

from sockscope.check.command import check
from sockscope.check.compare import differences, learn
from sockscope.check.outcome import Ended, Outcome
from sockscope.check.plans import EVERY_BYTE, FRONT, Plan, steps
from sockscope.check.report import BROKEN
from sockscope.check.running import run
from sockscope.tracer.programs import Program, parse

SIZE = 1_000_000

HEADER_AT_ONCE = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
sock, _ = listener.accept()
print(int(sock.recv(100).split(b"\\n")[0]))
while sock.recv(1 << 16):
    pass
"""
COUNTS = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
sock, _ = listener.accept()
ends = [0]
while part := sock.recv(1 << 20):
    ends.append(ends[-1] + len(part))
print(*ends)
"""
CLIENT = f"""
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"{SIZE}\\n" + b"x" * {SIZE})
"""


def pair(folder: Path, server: str) -> list[Program]:
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(CLIENT)
    return parse([f"'{folder / name}' {{port}}" for name in ("server.py", "client.py")])


def test_a_header_before_a_long_body_is_cut_soon(tmp_path: Path) -> None:
    verdict = check(pair(tmp_path, HEADER_AT_ONCE), budget=5)
    assert (verdict.word, verdict.tried) == (BROKEN, 1)


def test_a_program_receives_the_pieces_of_its_plan(tmp_path: Path) -> None:
    plan = Plan(EVERY_BYTE, every=7, then=200_000)
    server = run(pair(tmp_path, COUNTS), plan).outcome.programs[0]
    ends = list(map(int, server.out.split()))
    size = SIZE + len(f"{SIZE}\n")
    assert set(steps(0, size, 7, 200_000)) <= set(ends)
    assert ends[-1] == size
    assert len(ends) < FRONT


def wrote(text: str) -> Outcome:
    return Outcome((Ended("server", 0, text, "", ()),))


def test_a_long_line_that_varies_is_no_long_comparison() -> None:
    body = "word " * 100_000
    expected = learn(wrote(f"begin 1 {body}"), wrote(f"begin 2 {body}"))
    assert not list(differences(expected, wrote(f"begin 3 {body}")))
    assert list(differences(expected, wrote(f"end 3 {body}")))
