"""A program forked from a warm interpreter ends as one that was started afresh."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from sockscope.check.plans import WHOLE, Plan
from sockscope.check.running import run
from sockscope.tracer.ensemble import FREE
from sockscope.tracer.nursery import Nursery
from sockscope.tracer.programs import Program, parse
from sockscope.tracer.session import Session

ENDS = {
    "falls off": "print('x')",
    "status": "import sys; sys.exit(3)",
    "large status": "import sys; sys.exit(259)",
    "words": "import sys; sys.exit('words')",
    "exception": "def f(): 1 / 0\nf()",
    "at exit": "import atexit; atexit.register(print, 'bye')",
    "thread": "import threading, time\n"
    "def later(): time.sleep(0.05); print('later')\n"
    "threading.Thread(target=later).start()",
    "unwritten file": "file = open(__file__ + '.left', 'w'); file.write('all of it')",
    "finalizer": "class A:\n    def __del__(self): print('gone')\na = A(); a.itself = a",
    "closed output": "import sys; sys.stdout.close()",
    "interrupt": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS.keys())
def test_the_end_is_the_same(text: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(text)
    left = tmp_path / "program.py.left"
    bare = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False
    )
    written = left.read_text() if left.exists() else None
    left.unlink(missing_ok=True)
    (forked,) = run(parse([str(program)]), Plan(WHOLE)).outcome.programs
    assert (forked.out, forked.err) == (bare.stdout, bare.stderr)
    assert forked.status == max(bare.returncode, -1)  # any signal is -1
    assert (left.read_text() if left.exists() else None) == written


STARTS = {
    "broken off": "print(",
    "warning": "print(1 is 1)",
    "encoding": b"# coding: latin-1\nprint('\xe4')",
    "its place": "import sys; print(sys.path[0], __file__, sys.argv)",
}


@pytest.mark.parametrize("text", STARTS.values(), ids=STARTS.keys())
def test_a_script_is_read_as_python_reads_it(text: str | bytes, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_bytes(text if isinstance(text, bytes) else text.encode())
    bare = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False
    )
    for _ in range(2):
        (forked,) = run([Program("program", str(program))], Plan(WHOLE)).outcome.programs
        assert (forked.out, forked.err) == (bare.stdout, bare.stderr)


def test_a_script_that_changes_runs_as_it_is_now(tmp_path: Path) -> None:
    program, other = tmp_path / "program.py", tmp_path / "other.py"

    def written() -> str:
        return run([Program("program", str(program))], Plan(WHOLE)).outcome.programs[0].out

    program.write_text("print(1)")
    assert [written(), written()] == ["1\n", "1\n"]
    other.write_text("print(2)")
    other.replace(program)
    assert written() == "2\n"
    program.unlink()
    program.mkdir()
    (program / "__main__.py").write_text("print(3)")
    assert written() == "3\n"


def test_a_program_that_has_just_begun_can_be_ended(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import signal; signal.pause()")
    nursery = Nursery()

    async def begin_and_end() -> None:
        session = Session([], mode=FREE)
        session.spawn = nursery.spawn
        session.launch(Program("program", str(program)))
        await asyncio.wait_for(session.close(), 10)

    try:
        for _ in range(10):
            asyncio.run(begin_and_end())
    finally:
        nursery.close()


def test_a_nursery_whose_tracer_is_gone_says_nothing() -> None:
    code = (
        "import os; from sockscope.tracer.nursery import Nursery; nursery = Nursery();"
        ' nursery._orders.send(b\'{"do": "network"}\'); os._exit(0)'
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
