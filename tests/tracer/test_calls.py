"""What the trace says of calls that are made in unusual ways."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from driving import Driver

from running import PROGRAMS, Conversation, Run, alone_run, headless
from sockscope.trace import events as e


def run(folder: Path, text: str) -> Run:
    path = folder / "program.py"
    path.write_text("import socket, os, threading\n" + text)
    return headless(Conversation("program", (str(path),)), 0, "--timeout", "20")


def calls(found: Run) -> list[tuple[str, str | None]]:
    return [(v.name, v.via) for v in found.events if isinstance(v, e.CallEntered)]


def not_seen(found: Run) -> list[str]:
    return [event.what for event in found.events if isinstance(event, e.NotSeen)]


def line_of(program: str, text: str) -> int:
    lines = (PROGRAMS / program).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_forgotten_socket_is_closed_by_collection(tmp_path: Path) -> None:
    found = run(tmp_path, "s = socket.socket()\ndel s\nprint('end')\n")
    assert calls(found) == [("socket", None), ("close", "gc")]


def test_a_socket_in_a_ring_is_closed_by_collection(tmp_path: Path) -> None:
    text = "import gc\nx = [socket.socket()]\nx.append(x)\ndel x\ngc.collect()\n"
    assert calls(run(tmp_path, text)) == [("socket", None), ("close", "gc")]


def test_a_with_block_closes(tmp_path: Path) -> None:
    found = run(tmp_path, "with socket.socket() as s:\n    pass\ns.close()\n")
    assert calls(found) == [("socket", None), ("close", None)]


def test_what_is_asked_is_recorded_where_the_program_asked(tmp_path: Path) -> None:
    text = "s = socket.socket()\ns.getsockname()\ns.getsockopt(1, 3)\ns.close()\n"
    found = run(tmp_path, text)
    entered = [v for v in found.events if isinstance(v, e.CallEntered)]
    assert [(v.name, v.line) for v in entered] == [
        ("socket", 2),
        ("getsockname", 3),
        ("getsockopt", 4),
        ("close", 5),
    ]
    values = [v.value for v in found.events if isinstance(v, e.CallReturned)]
    assert values == [3, ["0.0.0.0", 0], 1, None]


def test_a_line_is_the_programs_own_behind_any_library() -> None:
    found = alone_run("every_call")
    made = {(v.name, v.line) for v in found.events if isinstance(v, e.CallEntered)}
    for name, text in [
        ("bind", "create_server"),
        ("connect_ex", "connect_ex"),
        ("sendmsg", "sendmsg"),
        ("recv", "super().recv"),
        ("sendto", "sendto"),
        ("socketpair", "socketpair()"),
        ("detach", "twin.detach"),
    ]:
        assert (name, line_of("every_call.py", text)) in made


def test_each_kind_of_call_is_there() -> None:
    names = {name for name, _ in calls(alone_run("every_call"))}
    assert names >= {
        *("socket", "bind", "listen", "accept", "connect_ex", "send", "sendto", "sendmsg"),
        *("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"),
        *("close", "detach", "dup", "socketpair", "setblocking", "getsockname", "getpeername"),
    }


def test_every_call_that_was_entered_has_ended() -> None:
    found = alone_run("every_call")
    entered = [v.call for v in found.events if isinstance(v, e.CallEntered)]
    kinds = (e.CallReturned, e.CallRaised)
    ended = [v.call for v in found.events if isinstance(v, kinds)]
    assert sorted(entered) == sorted(ended)
    assert len(set(entered)) == len(entered)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import _socket\n_socket.socket()\n", "a raw _socket.socket"),
        (
            "import subprocess\nsubprocess.run(['true'])\n",
            "what true does, which it starts",
        ),
        ("os.execvp('true', ['true'])\n", "what true does, which it starts"),
    ],
)
def test_what_cannot_be_followed_is_said(text: str, words: str, tmp_path: Path) -> None:
    found = run(tmp_path, text)
    assert any(words in what for what in not_seen(found)), not_seen(found)
    assert found.status == 0


def test_nothing_is_said_to_be_missing_where_nothing_is() -> None:
    assert not_seen(alone_run("every_call")) == []


UNNAMED = """
listener, client = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
os.chdir({folder!r})
listener.bind("there")
listener.listen()
client.connect("there")
conversation, peer = listener.accept()
print(repr(peer))
"""


def test_a_peer_without_a_name_is_told_as_the_program_has_it(tmp_path: Path) -> None:
    found = run(tmp_path, UNNAMED.format(folder=str(tmp_path)))
    assert found.outcome("program").stdout == "''\n"
    assert [5, ""] in [v.value for v in found.events if isinstance(v, e.CallReturned)]


def test_variables_of_the_frame_are_told_at_a_gate_only() -> None:
    found = alone_run("every_call")
    assert all(v.locals == {} for v in found.events if isinstance(v, e.CallEntered))


async def test_a_hostile_variable_is_not_asked(driver: Driver) -> None:
    one = await driver.start(
        one="""
            import os, socket
            class Hostile:
                __class__ = property(lambda self: os._exit(9))
                def __repr__(self): os._exit(9)
            x = Hostile()
            s = socket.socket()
            s.close()
        """
    )
    await one.step("one")
    assert one.gated("one").locals == {"x": "<Hostile>", "s": "<socket fd 3>"}
    await one.step("one")
    assert one.state.processes["one"].status == 0


@pytest.mark.parametrize(
    "messages",
    [
        '[b"again"] * 1000',
        "[b'%08d' % i for i in range(6000)]",
        "[bytes([i]) * 300 for i in range(256)] * 2",
        "[bytes(range(256)), b'\\\\u00e9', '\\u00e9\\ud7ff'.encode(), b'\\x00'] * 3",
    ],
    ids=["alike", "too many to remember", "too long to compare", "octets of every value"],
)
def test_a_free_run_tells_every_octet(tmp_path: Path, messages: str) -> None:
    text = (
        f"messages = {messages}\n"
        "a, b = socket.socketpair()\n"
        "for message in messages:\n    a.send(message)\n    b.recv(1000)\n"
    )
    expected = [octets for octets in eval(messages) for _ in "ab"]
    found = run(tmp_path, text)
    assert [v.data for v in found.events if isinstance(v, e.CallReturned) and v.data] == expected
    offered = [v.args[0] for v in found.events if isinstance(v, e.CallEntered) and v.name == "send"]
    assert [base64.b64decode(arg["peek"]) for arg in offered] == expected[::2]
    assert [arg["bytes"] for arg in offered] == [len(octets) for octets in expected[::2]]


def test_calls_that_differ_only_in_a_word_are_told_apart(tmp_path: Path) -> None:
    text = (
        "a, b = socket.socketpair()\n"
        "for flags in (0, socket.MSG_PEEK, 0):\n"
        "    a.send(b'x')\n    b.recv(1, flags)\n"
    )
    found = run(tmp_path, text)
    asked = [v.args for v in found.events if isinstance(v, e.CallEntered) and v.name == "recv"]
    assert asked == [(1, 0), (1, 2), (1, 0)]


def test_an_error_has_the_name_that_its_manual_page_uses(tmp_path: Path) -> None:
    text = (
        "s = socket.socket(type=socket.SOCK_DGRAM)\n"
        "try:\n    s.listen()\nexcept OSError:\n    pass\n"
    )
    found = run(tmp_path, text)
    assert [v.errno for v in found.events if isinstance(v, e.CallRaised)] == ["EOPNOTSUPP"]
