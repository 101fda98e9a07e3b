"""What the children of a program receive is cut too."""

from __future__ import annotations

from pathlib import Path

from running import sockscope

SERVER = """
import socketserver, sys

class Answer(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"OK " + self.request.recv(100))

with socketserver.ForkingTCPServer(("127.0.0.1", int(sys.argv[1])), Answer) as served:
    served.handle_request()
"""
CLIENT = """
import socket, sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"hello")
    answer = b""
    while more := sock.recv(100):
        answer += more
    print(answer)
"""


def test_a_child_that_takes_a_piece_for_everything_is_found(tmp_path: Path) -> None:
    for name, text in (("server", SERVER), ("client", CLIENT)):
        (tmp_path / f"{name}.py").write_text(text)
    done = sockscope("check", "server.py {port}", "client.py {port}", cwd=tmp_path)
    assert done.returncode == 1
    assert "server.py:6: recv(100) gave" in done.stdout
    assert "and server-child took that for everything" in done.stdout
