"""A trace of a conversation that always goes the same way, made once on real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from running import free_port, sockscope
from sockscope.trace.codec import decode
from sockscope.trace.events import Event

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


SERVER = """
import socket, sys
with socket.socket() as listener:
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen(1)
    talk, _ = listener.accept()
    with talk:
        talk.recv(16)
        talk.send(b"more")
        talk.recv(10)
        talk.send(b"Farewell, client")
        talk.recv(1)
"""

CLIENT = """
import socket, sys
with socket.socket() as talk:
    talk.connect(("127.0.0.1", int(sys.argv[1])))
    talk.send(b"Hi the")
    talk.recv(4)
    talk.send(b"re, server")
    talk.recv(16)
"""


@pytest.fixture(scope="session")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the conversation."""
    folder = tmp_path_factory.mktemp("trace")
    for name, text in (("server", SERVER), ("client", CLIENT)):
        (folder / f"{name}.py").write_text(text)
    path, port = folder / "talk.jsonl", free_port()
    words = [f"{folder}/{name}.py {port}" for name in ("server", "client")]
    done = sockscope("run", "--headless", "--trace", str(path), *words)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="session")
def events(trace: Path) -> list[Event]:
    with trace.open("rb") as file:
        return list(decode(file))
