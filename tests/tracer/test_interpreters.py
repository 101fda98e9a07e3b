"""Programs that another Python runs: the same with and without us, whichever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import (
    CONVERSATIONS,
    PROGRAMS,
    Conversation,
    Outcome,
    alone,
    bare,
    free_port,
    headless,
    other_python,
    sockscope,
    steady_text,
)
from sockscope.trace import events as e
from sockscope.trace.codec import decode

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
REQUEST = next(c for c in CONVERSATIONS if c.name == "request")
CALLS_OF_REQUEST = {"bind", "listen", "accept", "connect", "send", "recv", "close"}
WANTED = "give the path of Python 3.8 or newer\n"


def interpreter(version: str) -> str:
    path = other_python(version)
    if path is None:
        pytest.skip(f"there is no Python {version} here")
    return path


def comparable(outcome: Outcome) -> Outcome:
    return Outcome(outcome.status, steady_text(outcome.stdout), steady_text(outcome.stderr))


def leaves_the_same(conversation: Conversation, python: str) -> set[str]:
    """Compare a run with a bare one; gives the names of the calls that were seen."""
    run = headless(conversation, free_port(), "--timeout", "20", "--python", python)
    without = bare(conversation, free_port(), interpreter=python)
    with_us = [run.outcome(name) for name in run.names]
    assert [comparable(o) for o in with_us] == [comparable(o) for o in without]
    return {event.name for event in run.events if isinstance(event, e.CallEntered)}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_conversation_is_seen_and_left_the_same(version: str) -> None:
    assert leaves_the_same(REQUEST, interpreter(version)) >= CALLS_OF_REQUEST


@pytest.mark.parametrize(
    ("version", "words"),
    [("3.8", "identity"), ("3.8", "inner_thread"), ("3.13", "identity"), ("3.13", "ends fork")],
)
def test_a_program_is_left_the_same(version: str, words: str) -> None:
    leaves_the_same(alone(words), interpreter(version))


@pytest.mark.parametrize("version", ["3.8", "3.11"])
def test_its_source_has_the_name_that_its_calls_have(version: str, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "one.py").write_text("import socket\nsocket.socket().close()\n")
    words = ["--trace", "trace", "--python", interpreter(version), "below/../one.py"]
    assert sockscope("run", "--headless", *words, cwd=tmp_path).returncode == 0
    with (tmp_path / "trace").open("rb") as file:
        events = list(decode(file))
    files = {event.file for event in events if isinstance(event, e.CallEntered)}
    assert files <= {event.file for event in events if isinstance(event, e.SourceRead)}
    assert len(files) == 1


def test_each_program_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "which.py"
    path.write_text("import sys\nprint(*sys.version_info[:2], sep='.')\n")
    words = [f"{name}={path}" for name in ("a", "b", "c")]
    options = ["--python", interpreter("3.9"), "--python", f"b={interpreter('3.8')}"]
    done = sockscope("run", "--headless", *options, *words)
    said = [line for line in done.stdout.splitlines() if line[:2] in ("a:", "b:", "c:")]
    assert sorted(said) == ["a: 3.9", "b: 3.8", "c: 3.9"]


def test_what_ours_refuses_the_other_may_take(tmp_path: Path) -> None:
    path = tmp_path / "newer.py"
    path.write_text("""print(f"{"nested"}")\n""")  # PEP 701
    done = sockscope("run", "--headless", "--python", interpreter("3.12"), str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "newer: nested\n" in done.stdout


def test_what_ours_takes_the_other_may_refuse(tmp_path: Path) -> None:
    path = tmp_path / "newer.py"
    path.write_text("match 1:\n    case 1:\n        print('matched')\n")
    done = sockscope("run", "--headless", "--python", interpreter("3.8"), str(path))
    assert (done.returncode, done.stdout) == (2, "")
    message = f"sockscope: {path}:1: not valid Python: invalid syntax (Python 3.8)\n"
    assert done.stderr == message


@pytest.mark.parametrize(
    ("python", "message"),
    [
        ("/nowhere/python", f"'/nowhere/python' is no interpreter that can be run: {WANTED}"),
        ("/bin/cat", f"/bin/cat is no Python: {WANTED}"),
        ("/usr/bin/yes", f"/usr/bin/yes is no Python: {WANTED}"),
        ("other=x", "--python other=x: no program is called 'other': there are one\n"),
    ],
)
def test_what_is_no_interpreter_gets_one_line(python: str, message: str) -> None:
    program = f"one={PROGRAMS / 'echo.py'}"
    done = sockscope("run", "--headless", "--python", python, program)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"sockscope: {message}")


@pytest.mark.parametrize("version", ["2.7", "3.7"])
def test_a_python_that_is_too_old_is_told_so(version: str) -> None:
    python = interpreter(version)
    done = sockscope("run", "--headless", "--python", python, str(PROGRAMS / "echo.py"))
    assert done.stderr == f"sockscope: {python} is Python {version}: {WANTED}"
    assert (done.returncode, done.stdout) == (2, "")
