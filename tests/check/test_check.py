"""``sockscope check`` on programs of all kinds, from the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sockscope.cli import main
from sockscope.trace.codec import decode
from sockscope.trace.history import History
from sockscope.trace.stops import Stops

HOPEFUL = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
conversation, address = listener.accept()
print("hello", address)
message = conversation.recv(16)
print(message)
conversation.sendall(message)
"""
CAREFUL = HOPEFUL.replace(
    "message = conversation.recv(16)",
    "message = b''\nwhile len(message) < 16:\n"
    "    part = conversation.recv(16 - len(message))\n"
    "    if not part: break\n    message += part",
)
CLIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"exactly 16 bytes")
    print(sock.makefile("rb").read())
"""
HTTP_SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
HTTP_CLIENT = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
connection.request("POST", "/", b"a body of some length")
print(connection.getresponse().read())
connection.close()
"""
ASYNCIO_SERVER = """
import asyncio, sys
async def talk(reader, writer):
    line = await reader.readline()
    body = await reader.readexactly(int(line))
    writer.write(body.upper())
    await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(talk, "127.0.0.1", int(sys.argv[1]))
    async with server:
        await server.serve_forever()
asyncio.run(main())
"""
ASYNCIO_CLIENT = """
import asyncio, sys
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    writer.write(b"15\\nexactly so many")
    await writer.drain()
    print(await reader.read())
    writer.close()
asyncio.run(main())
"""


class Pair:
    """Two programs in a folder, and what ``sockscope check`` says of them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.words: list[str] = []

    def write(self, server: str, client: str = CLIENT) -> Pair:
        for name, text in (("server.py", server), ("client.py", client)):
            (self.folder / name).write_text(text)
            self.words.append(f"'{self.folder / name}' {{port}}")
        return self

    def check(self, *flags: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as raised:
            main(["check", *self.words, *flags])
        out, err = self._capsys.readouterr()
        assert isinstance(raised.value.code, int)
        return raised.value.code, out + err


@pytest.fixture
def pair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Pair:
    return Pair(tmp_path, capsys)


def moved_by(trace: Path, at: int) -> list[str]:
    """What the calls that are over at a position of the stage have moved."""
    history, stops = History(decode(trace.read_bytes().splitlines(True))), Stops()
    for event in history.events:
        stops.append(event)
    state = history.at(stops.position(at) or 0)
    return [call.data.decode() for call in state.calls if call.data]


def test_a_hopeful_program_is_shown_the_cut_that_breaks_it(pair: Pair) -> None:
    trace = pair.folder / "broken.jsonl"
    test = pair.folder / "test_cut.py"
    status, text = pair.write(HOPEFUL).check("--trace", str(trace), "--test", str(test))
    assert status == 1
    assert "broken: what server receives is cut after byte 15" in text
    assert "server.py:6: recv(16) gave 15 bytes, and server took that for everything" in text
    seen = re.search(
        r"  see it: sockscope replay (\S+) --at (\d+)\n  keep it: pytest (\S+)\n", text
    )
    assert seen is not None
    assert (seen[1], seen[3]) == (str(trace), str(test))
    assert "exactly 16 byte" in moved_by(trace, int(seen[2]))
    assert "exactly 16 byte" not in moved_by(trace, int(seen[2]) - 1)
    with pytest.raises(SystemExit) as raised:
        main(["replay", "--headless", str(trace)])
    assert raised.value.code == 0


def test_a_careful_program_holds(pair: Pair) -> None:
    status, text = pair.write(CAREFUL).check("--budget", "20")
    assert status == 0
    assert text.splitlines() == [
        "held: 20 ways to cut the same bytes",
        "  not compared, for it varies by itself: server writes (line 1)",
    ]


@pytest.mark.parametrize(
    ("server", "client"),
    [(HTTP_SERVER, HTTP_CLIENT), (ASYNCIO_SERVER, ASYNCIO_CLIENT)],
    ids=["http", "asyncio"],
)
def test_the_standard_library_reads_streams(pair: Pair, server: str, client: str) -> None:
    status, text = pair.write(server, client).check("--budget", "6")
    assert status == 0, text


def test_several_runs_at_a_time_find_the_same(pair: Pair) -> None:
    status, text = pair.write(HOPEFUL).check("--jobs", "2")
    assert status == 1
    assert "cut after byte 15" in text


def test_only_one_plan(pair: Pair) -> None:
    status, text = pair.write(HOPEFUL).check("--cut", "server:3")
    assert status == 1
    assert "broken: what server receives is cut after byte 3" in text
    assert "recv(16) gave 3 bytes" in text


def test_a_regression_test_fails_until_the_program_is_mended(pair: Pair) -> None:
    test = pair.folder / "tests" / "test_cut.py"
    test.parent.mkdir()
    pair.write(HOPEFUL)
    words = ["-m", "sockscope", "check", "server.py {port}", "client.py {port}"]
    command = [sys.executable, *words, "--test", "tests/test_cut.py"]
    assert subprocess.run(command, cwd=pair.folder, timeout=120).returncode == 1
    assert test.exists()
    assert not passes(test)
    (pair.folder / "server.py").write_text(CAREFUL)
    assert passes(test)


def passes(test: Path) -> bool:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    return subprocess.run(words, cwd="/", capture_output=True, timeout=120).returncode == 0


def test_the_verdict_for_machines(pair: Pair) -> None:
    report = pair.folder / "report.xml"
    status, text = pair.write(HOPEFUL).check("--json", "--github", "--junit", str(report))
    told, annotation = text.splitlines()
    verdict = json.loads(told)
    assert status == 1
    assert (verdict["verdict"], verdict["cuts"]) == ("broken", {"server": [15]})
    assert (verdict["where"]["asked"], verdict["where"]["moved"]) == (16, 15)
    assert annotation.startswith(f"::error file={pair.folder / 'server.py'},line=6::broken")
    suite = ElementTree.parse(report).getroot()
    assert suite.get("failures") == "1"


PROGRESS = CAREFUL.replace("message += part", "message += part; print(len(message), 'so far')")


def test_a_loop_that_goes_on_is_not_said_to_have_stopped(pair: Pair) -> None:
    status, text = pair.write(PROGRESS).check()
    assert status == 1
    assert "recv(16) gave 15 bytes, and later calls the rest\n" in text
    assert "  if that may depend on the pieces, --ignore REGEX leaves it out\n" in text


IMPATIENT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.setblocking(False)
    sock.send(b"exactly 16 bytes")
    sock.setblocking(True)
    print(sock.makefile("rb").read())
"""


def test_a_send_that_is_taken_in_part(pair: Pair) -> None:
    test = pair.folder / "test_cut.py"
    status, text = pair.write(CAREFUL, IMPATIENT).check("--test", str(test))
    assert status == 1
    assert "broken: what client sends is taken up to byte 15" in text
    assert "client.py:5: send(16 bytes) took 15 bytes, and client took that for everything" in text
    assert "'--short', 'client:15'" in test.read_text()
    status, text = pair.check("--short", "client:3")
    assert status == 1
    assert "send(16 bytes) took 3 bytes" in text


HALF_DEAF = CAREFUL.replace("if not part: break", "if not part and len(message) < 9: break")


def test_a_peer_that_dies_as_late_as_it_does_harm(pair: Pair) -> None:
    status, text = pair.write(HALF_DEAF).check()
    assert status == 1
    assert "broken: client dies after 15 bytes" in text
    assert 'server.py:8: recv(1) gave b"", the end of the stream, and server went on\n' in text
    assert 'takes b"" for data' in text


PIECES = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
sock, _ = listener.accept()
for _ in range(2):
    print(sock.recv(64))
"""
TWO_MESSAGES = """
import socket, sys, time
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as sock:
    sock.sendall(b"one")
    time.sleep(0.3)
    sock.sendall(b"two")
"""


@pytest.mark.parametrize(
    ("flags", "wrong", "right", "client"),
    [
        (["--merge", "server"], PIECES, PIECES.replace("64", "3"), TWO_MESSAGES),
        (["--die", "client:15"], HALF_DEAF, HOPEFUL, CLIENT),
    ],
    ids=["merge", "die"],
)
def test_a_kept_test_repeats_just_its_plan(
    pair: Pair, flags: list[str], wrong: str, right: str, client: str
) -> None:
    """What is right under that plan breaks under others."""
    test = pair.folder / "test_plan.py"
    status, text = pair.write(wrong, client).check(*flags, "--test", str(test))
    assert status == 1, text
    assert repr(flags)[1:-1] in test.read_text()
    assert not passes(test)
    (pair.folder / "server.py").write_text(right)
    assert passes(test)
    assert pair.check(*flags) == (0, "held: 1 way to cut the same bytes\n")


def test_programs_that_differ_by_themselves(pair: Pair) -> None:
    loud = CAREFUL + "import time\nprint('x\\n' * (time.monotonic_ns() % 1000))\n"
    status, text = pair.write(loud).check("--budget", "2")
    assert status == 4
    assert "not deterministic" in text
    status, text = pair.check("--budget", "2", "--ignore", r"x\n|^\n")
    assert status == 0, text


def test_programs_that_hang_uncut(pair: Pair) -> None:
    short = CLIENT.replace('b"exactly 16 bytes"', 'b"15 bytes only.."')
    status, text = pair.write(CAREFUL, short).check("--budget", "2")
    assert status == 1
    assert "broken, even uncut: it hangs" in text
    assert "recv()" in text


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["nowhere.py"], "nowhere.py"),
        ([], "name the programs"),
        (["--budget", "0"], "should be a whole number from 1"),
        (["--ignore", "("], "is no regular expression"),
        (["--timeout", "soon"], "should be a number of seconds above 0, is 'soon'"),
        (["--zoo", "unicorn"], "no animal is called unicorn"),
        (["--copy", "x"], "--copy goes with --zoo"),
        (["--zoo", "--copy", "x"], "--copy goes with --zoo NAME"),
        (
            ["--zoo", "no-loop", "--copy", "{folder}"],
            "{folder}/server.py: that file exists already",
        ),
        (["{folder}/server.py {prot}"], "{prot} stands for nothing: a free port is {port}"),
    ],
)
def test_a_wrong_command_gets_one_clear_line(pair: Pair, flags: list[str], problem: str) -> None:
    (pair.folder / "server.py").write_text(HOPEFUL)
    folder = str(pair.folder)
    status, text = pair.check(*(flag.replace("{folder}", folder) for flag in flags))
    assert status == 2
    assert problem.replace("{folder}", folder) in text
    assert text.count("\n") == 1


NINES = "9" * 5000
"""More digits than int() takes."""


@pytest.mark.parametrize(
    ("cut", "problem"),
    [
        ("nobody:3", "--cut nobody:3: no program is called 'nobody', only server and client"),
        ("server:0", "--cut server:0: the first place for a cut is after byte 1"),
        ("server:x", "--cut should be as server:5,17, is 'server:x'"),
        ("5", "--cut should be as server:5,17, is '5'"),
        (f"server:{NINES}", f"--cut should be as server:5,17, is 'server:{NINES}'"),
    ],
)
def test_a_cut_that_is_none(pair: Pair, cut: str, problem: str) -> None:
    assert pair.write(HOPEFUL).check("--cut", cut) == (2, f"sockscope: {problem}\n")


APART = "make no plan together: only --cut and --short do"


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ("--merge nobody", "--merge nobody: no program is called 'nobody', only server and client"),
        ("--die nobody:3", "--die nobody:3: no program is called 'nobody', only server and client"),
        ("--die client", "--die should be as server:5, is 'client'"),
        ("--die client:x", "--die should be as server:5, is 'client:x'"),
        ("--die client:3,5", "--die should be as server:5, is 'client:3,5'"),
        ("--die client:3 --die server:3", "--die goes once: in a plan one program dies"),
        ("--cut server:3 --merge server", f"--cut and --merge {APART}"),
        ("--short client:3 --die client:3", f"--short and --die {APART}"),
        ("--merge server --die client:3", f"--merge and --die {APART}"),
        ("--die client:17", "client sends 16 bytes: it does not die after 17"),
    ],
)
def test_a_plan_that_is_none(pair: Pair, flags: str, problem: str) -> None:
    assert pair.write(CAREFUL).check(*flags.split()) == (2, f"sockscope: {problem}\n")


def test_what_comes_to_nobody_cannot_lie_together(pair: Pair) -> None:
    pair.write(PIECES.replace("64", "3"), TWO_MESSAGES)
    problem = "nothing comes to client that could lie together"
    assert pair.check("--merge", "client") == (2, f"sockscope: {problem}\n")
    assert pair.check("--merge", "client", "--merge", "server")[0] == 0


@pytest.mark.parametrize("flag", ["--trace", "--test", "--junit"])
def test_no_file_of_another_kind_is_written_over(pair: Pair, flag: str) -> None:
    pair.write(HOPEFUL)
    path = pair.folder / "client.py"
    status, text = pair.check(flag, str(path))
    assert (status, path.read_text()) == (2, CLIENT)
    assert text == f"sockscope: {flag} {path}: that file exists, and sockscope did not write it\n"
    status, text = pair.check(flag, str(pair.folder / "none" / "x"))
    assert (status, text.count("\n")) == (2, 1)
    assert f"there is no folder {pair.folder / 'none'}" in text


def test_the_hang_of_a_run_without_cuts_is_kept(pair: Pair) -> None:
    short = CLIENT.replace('b"exactly 16 bytes"', 'b"15 bytes only.."')
    trace, test = pair.folder / "hang.jsonl", pair.folder / "test_hang.py"
    flags = ["--trace", str(trace), "--test", str(test), "--json", "--github"]
    status, text = pair.write(CAREFUL, short).check(*flags)
    told, annotation = text.splitlines()
    verdict = json.loads(told)
    assert status == 1
    assert (verdict["trace"], verdict["test"]) == (str(trace), str(test))
    assert verdict["where"]["call"] in ("recv", "recv_into")
    assert f"file={verdict['where']['file']},line=" in annotation
    assert "recv" in trace.read_text()
    assert test.exists()
    status, text = pair.check("--trace", str(trace))
    assert f"see it: sockscope replay {trace}\n" in text


def test_a_program_that_wants_a_port_is_told_how_it_gets_one(pair: Pair) -> None:
    pair.write(HOPEFUL)
    pair.words = [word.removesuffix(" {port}") for word in pair.words]
    status, text = pair.check()
    assert status == 1
    assert text.startswith("broken, even uncut: server fails at server.py:3: IndexError")
    assert '  a program gets a free port where {port} stands: "server.py {port}"\n' in text


def test_a_server_that_waits_alone_may_lack_its_client(pair: Pair) -> None:
    pair.write(HOPEFUL)
    pair.words = pair.words[:1]
    status, text = pair.check()
    assert status == 1
    assert "no client connects" in text
    assert '  its client may come with it: sockscope check "server.py {port}" ' in text


def test_what_is_not_written_is_said(pair: Pair) -> None:
    trace, test = pair.folder / "run.jsonl", pair.folder / "test_cut.py"
    flags = ["--trace", str(trace), "--test", str(test), "--budget", "2"]
    status, text = pair.write(CAREFUL).check(*flags)
    assert status == 0
    for path in (trace, test):
        assert f"  {path} is not written: nothing broke them\n" in text
        assert not path.exists()


def test_of_asyncios_streams_the_read_that_does_not_wait_is_named(pair: Pair) -> None:
    server = ASYNCIO_SERVER.replace("readexactly", "read")
    status, text = pair.write(server, ASYNCIO_CLIENT).check()
    assert status == 1
    assert "in readline(): recv(262144) gave" in text
    assert "and a read() after readline() took what was left of that for everything" in text


def test_nobody_needs_to_read_the_verdict(pair: Pair) -> None:
    pair.write(CAREFUL)
    check = [sys.executable, "-m", "sockscope", "check", *pair.words, "--budget", "1"]
    with subprocess.Popen(check, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_the_zoo_is_listed_without_programs(pair: Pair) -> None:
    status, text = pair.write(HOPEFUL).check("--zoo")
    problem = "--zoo lists programs, or checks one of them: name no others"
    assert (status, text) == (2, f"sockscope: {problem}\n")


def test_the_zoo_tells_where_the_right_form_is(pair: Pair) -> None:
    status, text = pair.check("--zoo", "no-loop")
    assert status == 1
    (path,) = (line.partition(": ")[2] for line in text.splitlines() if "right form" in line)
    assert Path(path).name == "right.py"
    assert Path(path).exists()


def test_programs_that_exchange_nothing_are_no_success(pair: Pair) -> None:
    status, text = pair.write("import sys\nsys.exit('no')\n", "pass").check()
    assert status == 2
    assert text == (
        "sockscope: no program received a byte of a stream, so there is nothing to cut; "
        "server ends with status 1: no\n"
    )


@pytest.mark.parametrize("flags", [[], ["--relay"]])
def test_a_program_that_fails_by_itself(pair: Pair, flags: list[str]) -> None:
    pair.write(CAREFUL + "print(undefined)\n")
    if flags:
        pair.words = [f"{sys.executable} {word}" for word in pair.words]
    report = pair.folder / "report.xml"
    status, text = pair.check("--json", "--junit", str(report), *flags)
    verdict = json.loads(text)
    assert (status, verdict["verdict"]) == (1, "broken")
    assert (
        verdict["reason"]
        == "server fails at server.py:13: NameError: name 'undefined' is not defined"
    )
    assert ElementTree.parse(report).getroot().get("failures") == "1"


COIN = CAREFUL.replace("print(message)", "print(time.time_ns() // 10_000_000 % 2, message)")


def test_a_run_that_agrees_by_luck_is_repeated(pair: Pair) -> None:
    status, text = pair.write(COIN.replace("import socket", "import time, socket")).check(
        "--budget", "30"
    )
    assert status == 0, text


def test_no_run_takes_longer_than_it_may(pair: Pair) -> None:
    status, text = pair.write("while True: pass", "pass").check("--timeout", "0.5", "--json")
    assert status == 1
    assert json.loads(text)["plans"] == 1
    status, text = pair.check("--timeout", "0.5")
    assert "broken, even uncut: it hangs: after 0.5 s these still run: server" in text


def test_nothing_is_left_running(pair: Pair) -> None:
    pair.write(HTTP_SERVER, HTTP_CLIENT).check("--budget", "2")
    mine = subprocess.run(["pgrep", "-f", str(pair.folder)], capture_output=True, check=False)
    assert mine.stdout == b""


STREAMS = """
import asyncio, sys
async def talk(reader, writer):
    words = await reader.read(100)
    writer.write(words)
    writer.close()
    done.set()
async def main():
    global done
    done = asyncio.Event()
    async with await asyncio.start_server(talk, "127.0.0.1", int(sys.argv[1])):
        await done.wait()
asyncio.run(main())
"""
PROTOCOL = """
import asyncio, sys
class Talk(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data):
        self.transport.write(data)
        self.transport.close()
        done.set()
async def main():
    global done
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Talk, "127.0.0.1", int(sys.argv[1])):
        await done.wait()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("server", "place"), [(STREAMS, "server.py:4, in read()"), (PROTOCOL, "server.py:5")]
)
def test_asyncio_receives_for_a_line_of_the_program(pair: Pair, server: str, place: str) -> None:
    status, text = pair.write(server).check("--cut", "server:3")
    assert status == 1, text
    assert f"  {place}: recv(262144) gave 3 bytes, and server took that for everything" in text
