"""What passes the gate by is said, never passed over in silence; and nothing else is."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from driving import Driver

from running import (
    Conversation,
    conversation_run,
    free_port,
    headless,
)
from sockscope.trace import events as e

BOTH_ENDS = """
import os, socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    a = socket.create_connection(listener.getsockname())
    b, _ = listener.accept()
"""
BY_C = """
import ctypes, socket, time
libc = ctypes.CDLL(None)
made = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
with socket.socket() as other:
    other.bind(("127.0.0.1", 0))
    print(made)
"""
COUNTED = "through it by calls that are not seen"
NOBODYS = "a socket that no Python socket stands for"


def said(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "one.py"
    path.write_text(textwrap.dedent(text))
    one = Conversation("one", (str(path),))
    run = headless(one, free_port(), "--timeout", "20", is_whole=False)
    assert run.outcome("one").stderr == ""
    assert run.status == 0
    return [event.what for event in run.events if isinstance(event, e.NotSeen)]


@pytest.mark.parametrize(
    ("calls", "sent", "received"),
    [
        ("os.write(a.fileno(), b'12345'); b.recv(5)", 5, 0),
        ("a.send(b'12345'); os.read(b.fileno(), 5)", 0, 5),
        ("a.send(b'12345'); os.read(b.fileno(), 4); b.recv(5)", 0, 4),
        ("os.writev(a.fileno(), [b'1', b'2']); os.readv(b.fileno(), [bytearray(9)])", 2, 2),
        ("file = open(__file__, 'rb'); os.sendfile(a.fileno(), file.fileno(), 0, 7)", 7, 0),
        ("super(socket.socket, a).send(b'123'); b.recv(5)", 3, 0),
        ("a.send(b'123'); b.recv(3, socket.MSG_PEEK); os.read(b.fileno(), 3)", 0, 3),
    ],
)
def test_octets_that_no_call_moved_are_counted(
    tmp_path: Path, calls: str, sent: int, received: int
) -> None:
    words = said(tmp_path, f"{BOTH_ENDS}{calls}\na.close()\nb.close()\n")
    moved = {"sent": (4, sent), "received": (5, received)}
    assert words == [
        f"fd {fd} was closed: {count} byte{'s' * (count != 1)} {word} {COUNTED}"
        for word, (fd, count) in moved.items()
        if count
    ]


def test_a_socket_that_is_collected_is_counted_too(tmp_path: Path) -> None:
    text = f"{BOTH_ENDS}os.write(a.fileno(), b'1')\ndel a\nb.recv(1)\nb.close()\n"
    assert said(tmp_path, text) == [f"fd 4 was closed: 1 byte sent {COUNTED}"]


@pytest.mark.parametrize(
    "calls",
    [
        "a.sendall(b'1' * 100_000) if os.fork() == 0 else os.wait(); os.read(b.fileno(), 1)",
        "c = a.dup(); c.send(b'12345'); c.close()",
        "c = socket.fromfd(a.fileno(), a.family, a.type); c.send(b'12345'); c.close()",
        "c = socket.socket(fileno=a.detach()); c.send(b'12345'); c.close()",
    ],
)
def test_a_socket_that_others_hold_is_not_counted(tmp_path: Path, calls: str) -> None:
    words = said(tmp_path, f"{BOTH_ENDS}{calls}\na.close()\nb.close()\n")
    assert words == []


def test_a_socket_that_c_code_made_is_found(tmp_path: Path) -> None:
    assert said(tmp_path, BY_C) == [f"fd 3: {NOBODYS}: what is done with it is not seen"]


async def test_it_is_found_while_stepping(driver: Driver) -> None:
    stepped = await driver.start(one=BY_C)
    assert stepped.gated("one").name == "socket"
    await stepped.step("one")
    assert any(NOBODYS in what for what in stepped.state.processes["one"].not_seen)


@pytest.mark.parametrize("name", ["threaded", "handlers", "chooser", "forking", "passing"])
def test_nothing_is_said_of_programs_that_are_seen(name: str) -> None:
    words = [v.what for v in conversation_run(name).events if isinstance(v, e.NotSeen)]
    assert not [what for what in words if COUNTED in what or NOBODYS in what]
