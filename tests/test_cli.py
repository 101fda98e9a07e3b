"""The command: what it says of bad input, how it ends, and what it writes."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from running import BUNDLED, DEADLINE, PROGRAMS, SOCKSCOPE, free_port, pair, sockscope, until
from sockscope import __version__, cli
from sockscope.trace import events as e
from sockscope.trace.codec import decode, encode, header

ECHO = str(PROGRAMS / "echo.py")
HEADER = header()


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command says on standard error, in the one line that it may say."""
    with pytest.raises(SystemExit) as raised:
        cli.main(words)
    out, err = capsys.readouterr()
    assert raised.value.code == 2
    assert out == ""
    assert err.startswith("sockscope: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err.removeprefix("sockscope: ").rstrip("\n")


# -- bad input -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["frob"], "argument COMMAND: invalid choice: 'frob'"),
        (["--frob"], "unrecognized arguments: --frob"),
        (["run", "--headless", "--fr\nob\x1b[31m", ECHO], "unrecognized arguments: --fr\\nob\\x1b"),
        (["run", "--headless", "missing.py"], "missing.py: no such file or directory"),
        (["run", "--headless", "--", ECHO], "what stands after -- goes to a program"),
        (["run", "--headless", "--trace", ECHO, ECHO], f"{ECHO} exists and is no trace"),
        (["run", "--headless", "'mis\nsing.py'"], "mis\\nsing.py: no such file"),
        (["run", "--headless", "x=missing.py 4"], "missing.py: no such file or directory"),
        (["run", "--headless", "x" * 5000], "x"),
        (["run", "--headless", f"{ECHO}/inside"], f"{ECHO}/inside: not a directory"),
        (["run", "--headless", "/"], "/: is a directory"),
        (["run", "--headless", ""], "'' names no program: give a Python file"),
        (["run", "--headless", "''"], "\"''\" names no program: give a Python file"),
        (["run", "--headless", "name="], "'name=' names no program: give a Python file"),
        (["run", "--headless", "'echo.py"], '"\'echo.py": No closing quotation'),
        (["run", "--headless", "--timeout", "0", ECHO], "argument --timeout: should be a number"),
        (["run", "--headless", "--timeout", "x", ECHO], "argument --timeout: should be a number"),
        (["run", "--headless", "--timeout", "nan", ECHO], "argument --timeout: should be a number"),
        (["run", "--headless", "--timeout", "inf", ECHO], "argument --timeout: should be a number"),
        (["run", "--json", ECHO], "--json goes with --headless"),
        (["run", "--every-call", "--headless", ECHO], "--every-call is for stepping"),
        (["run", "--break", "rcv", ECHO], "--break 'rcv': no call is called 'rcv': write recv"),
        (["run", "--headless", "--break", "recv <", ECHO], "--break 'recv <': at 6: expected"),
        (["run", "--timeout", "3", ECHO], "--timeout goes with --headless"),
        (["run", "--headless", "--trace", "/none/x", ECHO], "cannot write /none/x: no such file"),
        (["run", "--headless", "--trace", "/", ECHO], "cannot write /: is a directory"),
        (["replay"], "the following arguments are required: TRACE"),
        (["replay", "missing"], "cannot read missing: no such file or directory"),
        (["replay", "/"], "cannot read /: is a directory"),
        (["replay", "--json", "x"], "--json goes with --headless"),
        (["replay", "x", "--", "y"], "arguments after -- are for `run`"),
    ],
    ids=lambda value: None if isinstance(value, str) else " ".join(value)[:30],
)
def test_a_wrong_command_gets_one_clear_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, *words).startswith(message)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"x = (\n", ":1: not valid Python: '(' was never closed"),
        (b"x = 'caf\xe9'\n", ":1: not valid Python: (unicode error) 'utf-8' codec"),
        (b"x = 1\0\n", ": not valid Python: "),
        (b"# coding: nonsense\n", ": not valid Python: "),
        (b"-" * 100_000 + b"1", ": not valid Python: "),
        (b"break\n", ":1: not valid Python: 'break' outside loop"),
    ],
)
def test_a_file_that_is_not_python_is_refused(
    source: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "program.py"
    path.write_bytes(source)
    assert said(capsys, "run", "--headless", str(path)).startswith(f"{path}{message}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "program.py"
    path.touch(mode=0)
    message = "permission denied"
    assert said(capsys, "run", "--headless", str(path)) == f"{path}: {message}"
    assert said(capsys, "replay", str(path)) == f"cannot read {path}: {message}"


def test_the_home_screen_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys) == "this is no terminal: `sockscope --help` lists the commands"


@pytest.mark.parametrize("words", [["run"], ["run", ECHO], ["replay", "TRACE"]])
def test_a_screen_needs_a_terminal(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace"
    trace.write_text(HEADER)
    message = said(capsys, *[word.replace("TRACE", str(trace)) for word in words])
    assert message == "this is no terminal: add --headless for plain text"


def line(**fields: object) -> str:
    return json.dumps({"n": 1, "t": 0, "event": "output", **fields}) + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("hello\n", "is not a sockscope trace"),
        ("[" * 100_000, "is not a sockscope trace"),
        ('{"sockscope": 99}\n', "was written by a newer sockscope (format 99"),
        ('{"sockscope": "\\u001b[2J"}\n', "is not a sockscope trace"),
        (HEADER + line(n=2, stream="stdout", text=""), "line 2: `n` should be 1, is 2"),
        (HEADER + line(stream=1, text=""), "line 2: "),
        (HEADER + "nonsense\n", "line 2: is not JSON"),
        (HEADER + "\xff\n", "line 2: is not UTF-8"),
        (HEADER + line(stream="stdout", text="", x=[[[]]] * 3)[:-2] + "\n", "line 2: is not JSON"),
        (HEADER + '{"n":1,"x":' + "[" * 100 + "]" * 100 + "}\n", "line 2: is nested too deeply"),
    ],
)
def test_a_file_that_is_no_trace_is_refused(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "trace"
    path.write_bytes(text.encode("latin-1"))
    assert said(capsys, "replay", "--headless", str(path)).startswith(f"{path}: {message}")


def test_a_hostile_trace_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    def event(n: int, **fields: object) -> str:
        return json.dumps({"n": n, "t": n, "proc": "\x1b[31mevil", **fields}) + "\n"

    big = base64.b64encode(b"\x1b[2J" * 250_000).decode()
    path = tmp_path / "trace"
    path.write_text(
        HEADER
        + event(1, event="process_started", pid=1, argv=["\x1b[2J"])
        + event(2, event="call_entered", call=1, fd=3, name="re\ncv\x1b[2J", args=[10**9])
        + event(3, event="call_returned", call=1, value="\x07", data=big)
        + event(4, event="from the future", what="\x1b[2J")
        + event(5, event="not_seen", what="a\nb\x1b[2J")
        + event(6, event="output", stream="stdout", text="\t\x1b[2J\ud800\x9b\nun")
        + event(7, event="output", stream="stderr", text="\x1b[2J\n")
        + event(8, event="output", stream="neither", text="\x1b[2J")
        + event(9, event="process_exited", signal="\x1b[2J")
        + event(10, event="output")[:-20]
    )
    done = sockscope("replay", "--headless", str(path))
    assert done.returncode == 0
    assert done.stderr == "\\x1b[31mevil: \\x1b[2J\n"
    assert "\\x1b[31mevil: \t\\x1b[2J\\ud800\\x9b\n" in done.stdout
    assert done.stdout.count("\n") == 6
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert len(done.stdout) < 2000


# -- how it ends -----------------------------------------------------------------


def test_version_is_quick_to_tell() -> None:
    script = (
        "import sys; from sockscope.cli import main\n"
        "try: main(['--version'])\n"
        "finally: assert not {'textual', 'sockscope.tracer', 'sockscope.trace'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == f"sockscope {__version__}\n"
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([f"{PROGRAMS / 'ends.py'} exit"], 5),
        ([f"{PROGRAMS / 'ends.py'} kill"], 128 + signal.SIGKILL),
        ([f"{PROGRAMS / 'no_socket.py'}"], 0),
        ([f"{PROGRAMS / 'no_socket.py'}", f"{PROGRAMS / 'ends.py'} os-exit"], 7),
        ([f"{PROGRAMS / 'ends.py'} {how}" for how in ("exit", "os-exit")], 5),
    ],
)
def test_the_first_status_that_is_not_zero_is_ours(words: list[str], status: int) -> None:
    assert sockscope("run", "--headless", *words).returncode == status


def test_a_deadlock_is_named(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    done = sockscope(
        "run", "--headless", "--trace", str(trace), *pair("deadlock").commands(free_port())
    )
    assert done.returncode == 3
    size = r"\(\d+\.\d [kM]B\)"
    server, client = (
        rf"{name} is blocked in send\(\) at line 10: its send buffer is full {size},"
        rf" because {peer}'s receive buffer is full {size}"
        for name, peer in (("server", "client"), ("client", "server"))
    )
    together = "so server and client wait for each other"
    words = f"sockscope: deadlock: {server}, because {client}; {together}\n"
    assert re.fullmatch(words, done.stderr)
    again = sockscope("replay", "--headless", str(trace))
    assert again.stderr == "sockscope: deadlock: server and client wait for each other\n"


def test_a_timeout_names_the_blocked_call() -> None:
    done = sockscope("run", "--headless", "--timeout", "0.6", f"{BUNDLED}/server.py {free_port()}")
    assert done.returncode == 124
    assert done.stderr == (
        "sockscope: ended after 0.6 s: server is blocked in accept() at line 27:"
        " no client connects (somebody outside may end it)\n"
    )


def test_an_interrupt_ends_a_run() -> None:
    command = ["run", "--headless", f"{BUNDLED}/server.py {free_port()}"]
    with subprocess.Popen(
        [*SOCKSCOPE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for shown in process.stdout:
            if "accept()" in shown:
                assert "blocked" in shown
                break
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert "KeyboardInterrupt" in told
    assert "tracee" not in told


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    program = f"{PROGRAMS / 'talkative.py'}"
    with subprocess.Popen(
        [*SOCKSCOPE, "run", "--headless", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(DEADLINE) == 0
    assert b"Traceback" not in told


def test_a_port_in_use_is_the_programs_own_error() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = sockscope("run", "--headless", f"{BUNDLED}/server.py {port}")
    assert done.returncode == 1
    assert "OSError: EADDRINUSE" in done.stdout
    assert done.stderr.splitlines()[-1] == "server: OSError: [Errno 98] Address already in use"


# -- what it writes --------------------------------------------------------------


def test_a_terminal_that_knows_few_characters_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "café.py"
    path.write_text("import socket; a, b = socket.socketpair(); print(a.send('é'.encode() * 99))")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = sockscope("run", "--headless", str(path), env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "caf\\xe9: 198" in done.stdout
    done = sockscope("run", "--headless", "--json", str(path), env=environment, text=False)
    assert done.returncode == 0
    *_, last = decode(done.stdout.splitlines(keepends=True))
    assert last.proc == "café"


def test_a_run_passes_output_on_with_names() -> None:
    port = free_port()
    words = [f"{BUNDLED / name}.py {port}" for name in ("server", "client")]
    done = sockscope("run", "--headless", *words)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "server: it says b'Hi there, server'" in lines
    assert "client: it says b'Farewell, client'" in lines
    assert any(line.split()[1:4] == ["server", "accept()", "blocked"] for line in lines)


def test_a_replay_shows_what_the_run_showed(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    done = sockscope(
        "run", "--headless", "--trace", str(trace), *pair("reset").commands(free_port())
    )
    again = sockscope("replay", "--headless", str(trace))
    assert again.stdout == done.stdout
    assert "ConnectionResetError: ECONNRESET" in again.stdout
    assert (again.returncode, again.stderr) == (0, "")


def test_a_trace_goes_round(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    done = sockscope(
        *("run", "--headless", "--json", "--trace", str(trace)),
        *pair("request").commands(free_port()),
    )
    assert trace.read_text() == done.stdout
    assert sockscope("replay", "--headless", "--json", str(trace)).stdout == done.stdout
    events = list(decode(trace.open("rb")))
    assert HEADER + "".join(map(encode, events)) == done.stdout
    assert [event.n for event in events] == list(range(1, len(events) + 1))
    times = [event.t for event in events]
    assert times == sorted(times)


def test_names_and_arguments_reach_the_programs(tmp_path: Path) -> None:
    path = tmp_path / "my program.py"
    path.write_text("import sys; print(sys.argv[1:])")
    done = sockscope(
        *("run", "--headless", str(path), f"second='{path}' 1 'two words'", f"third={path}"),
        *("--", "--json", "-x", "--", "last"),
    )
    said = [line for line in done.stdout.splitlines() if ":" in line]
    assert said == [
        "my program: []",
        "second: ['1', 'two words']",
        "third: ['--json', '-x', '--', 'last']",
    ]


def test_a_trace_that_cannot_be_written_is_said_and_the_run_goes_on() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    program = f"{PROGRAMS / 'ends.py'} exit"
    done = sockscope("run", "--headless", "--trace", "/dev/full", program)
    assert done.stderr == "sockscope: cannot write /dev/full: no space left on device\n"
    assert done.returncode == 5


def test_a_trace_grows_line_by_line(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = ["run", "--headless", "--trace", str(trace), f"{BUNDLED}/server.py {free_port()}"]
    with subprocess.Popen([*SOCKSCOPE, *command], stdout=subprocess.DEVNULL) as process:
        until("a blocked call", lambda: trace.exists() and "call_blocked" in trace.read_text())
        process.kill()
    events = list(decode(trace.open("rb")))
    assert any(isinstance(event, e.CallBlocked) for event in events)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_has_no_room_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*SOCKSCOPE, "run", "--headless", f"{PROGRAMS / 'no_socket.py'}"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=DEADLINE,
        )
    assert done.returncode == 1
    assert done.stderr == ("sockscope: cannot write to standard output: no space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_trace_that_has_no_room_is_no_success() -> None:
    program = str(PROGRAMS / "no_socket.py")
    done = sockscope("run", "--headless", "--trace", "/dev/full", program)
    assert done.returncode == 1
    assert done.stderr == "sockscope: cannot write /dev/full: no space left on device\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda s: s.name)
def test_a_signal_is_passed_on(number: signal.Signals, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    waiting = tmp_path / "waiting.py"
    waiting.write_text("import socket; socket.create_server(('127.0.0.1', 0)).accept()")
    words = [*SOCKSCOPE, "run", "--headless", "--trace", str(trace), str(waiting)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        until("blocked", lambda: trace.exists() and "call_blocked" in trace.read_text())
        process.send_signal(number)
        out, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 128 + number
    assert f"ended by {number.name}" in out
