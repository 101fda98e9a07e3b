"""A step is over once the programs rest: one that computes, or waits for the CPU, does not."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from driving import BOTH_ENDS, Driven, Driver

COMPUTES = """
def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
"""
TWO_THREADS = (
    BOTH_ENDS
    + COMPUTES
    + """
import time

def work():
    a.send(b"one")
    compute(0.1)
    a.send(b"two")

threading.Thread(target=work).start()
b.recv(3)
b.recv(3)
"""
)
ALONE = (
    BOTH_ENDS
    + COMPUTES
    + """
import os, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
a.send(b"one")
compute(0.25)
a.send(b"two")
"""
)
FOR_EVER = (
    BOTH_ENDS
    + COMPUTES
    + """
import time
a.send(b"one")
compute(60)
"""
)
SLEEPS = BOTH_ENDS + "import time\na.send(b'one')\ntime.sleep(60)\n"


def gated(driven: Driven) -> dict[str, str]:
    """The calls at their gates, by the thread that makes them."""
    return {c.thread: c.name for c in driven.state.processes["one"].open if c.phase == "gate"}


async def test_a_thread_that_computes_is_waited_for_though_another_sleeps(driver: Driver) -> None:
    one = await driver.start(one=TWO_THREADS)
    while one.gated("one").name not in ("send", "recv"):  # either thread may be the first
        await one.step("one")
    await one.until("both at their gates", lambda: len(gated(one)) == 2)
    calls = {c.name: c.id for c in one.state.processes["one"].open}
    await one.session.step("one", number=calls["recv"])
    assert one.blocked("one") == ["recv"]
    await one.session.step("one", number=calls["send"])
    assert sorted(gated(one).values()) == ["recv", "send"]


@contextlib.contextmanager
def crowd() -> Iterator[None]:
    """Five others want the CPU on which the program is, all the time."""
    where = min(os.sched_getaffinity(0))
    spins = f"import os; os.sched_setaffinity(0, {{{where}}})\nprint()\nwhile True: pass"
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            words = [sys.executable, "-uc", spins]
            other = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE))
            stack.callback(other.kill)
            assert other.stdout is not None
            other.stdout.readline()
        yield


async def test_a_program_that_gets_little_of_the_cpu_is_waited_for_longer(driver: Driver) -> None:
    one = await driver.start(one=ALONE)
    await one.step_to("one", "send")
    with crowd():
        await one.step("one")
    assert one.gated("one").name == "send"


@pytest.mark.parametrize("text", [FOR_EVER, SLEEPS])
async def test_what_comes_to_no_call_is_not_waited_for_long(driver: Driver, text: str) -> None:
    one = await driver.start(one=text)
    await one.step_to("one", "send")
    began = time.monotonic()
    await one.step("one")
    assert not one.state.processes["one"].open
    assert time.monotonic() - began < 5
