"""Writes small lessons into folders, sound or spoilt."""

from __future__ import annotations

from pathlib import Path

SERVER = """\
import socket, sys
listener = socket.socket()
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
conversation, address = listener.accept()
print(conversation.recv(16))
conversation.close()
listener.close()
"""

CLIENT = """\
import socket, sys
sock = socket.socket()
sock.connect(("127.0.0.1", int(sys.argv[1])))
sock.send(b"Hi")
sock.close()
"""

PROGRAMS = """\
title = "A greeting"
summary = "Two octets go over."
minutes = 5
[[programs]]
name = "server"
file = "server.py"
args = ["{port}"]
[[programs]]
name = "client"
file = "client.py"
args = ["{port}"]
"""

STEP = """\
[[steps]]
title = "Hello"
setup = ["server:accept#1 blocks", "client:send#1", "server:recv#1 is next"]
play = ["server:recv#1"]
claims = ["server:recv#1.data == b'Hi'"]
"""

QUESTION = """\
[steps.question]
kind = "number"
ask = "How many octets will come?"
key = "server:recv#1.bytes"
answer = 2
hints = ["Count them."]
"""

STRUCTURE = PROGRAMS + STEP + QUESTION

TEXT = """\
## Hello

The client has spoken.

---

{server:recv#1.bytes} octets came: {server:recv#1.data}.

## Recap

- Octets go over.
"""


def write_lesson(
    folder: Path, structure: str = STRUCTURE, text: str = TEXT, server: str = SERVER
) -> Path:
    """A lesson in ``folder``; a sound one where nothing else is given."""
    folder.mkdir(parents=True)
    (folder / "lesson.toml").write_text(structure)
    (folder / "lesson.md").write_text(text)
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(CLIENT)
    return folder
