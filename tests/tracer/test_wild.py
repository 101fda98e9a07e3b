"""Clients and servers that others wrote: the same with us and without, and as strace saw them."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from driving import Driver
from test_shapes import comparable
from witness import Life, of_strace, of_trace

from running import HAS_STRACE, Conversation, Run, bare, free_port, headless, straced
from sockscope.trace import events as e
from sockscope.tracer.programs import parse

WILD = Path(__file__).parent / "wild"
CHECKED = Path(__file__).parent.parent / "check" / "wild"

MASKED = {"aiohttp", "websockets"}
"""Those whose frames are masked with random octets: only their lengths can be compared."""


def pair(name: str, server: Path, client: Path) -> Conversation:
    return Conversation(name, (f"server={server} PORT", f"client={client} PORT"))


PAIRS = (
    pair("uvicorn", WILD / "uvicorn_server.py", WILD / "requests_client.py"),
    pair("aiohttp", WILD / "aiohttp_server.py", WILD / "aiohttp_client.py"),
    pair("websockets", WILD / "websockets_server.py", WILD / "websockets_client.py"),
    pair("h11", CHECKED / "h11_server.py", CHECKED / "h11_client.py"),
)
REDIS = Conversation("redis", (f"client={WILD / 'redis_client.py'} PORT",))

of_pairs = pytest.mark.parametrize("conversation", PAIRS, ids=lambda c: c.name)
needs_strace = pytest.mark.skipif(not HAS_STRACE, reason="strace is not installed")


@functools.cache
def run_of(conversation: Conversation) -> Run:
    return headless(conversation, free_port(), "--timeout", "20")


@pytest.fixture(scope="module")
def redis_port() -> Iterator[int]:
    """Where a redis-server listens that holds nothing."""
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server here")
    port = free_port()
    words = ["redis-server", "--port", str(port), "--save", "", "--daemonize", "no"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("Ready to accept connections" in line for line in server.stdout)
        yield port
        server.terminate()


def same_calls(name: str, run: Run, straces: list[list[str]]) -> None:
    for proc, lines in zip(run.names, straces, strict=True):
        ours, theirs = (
            comparable([without_masks(life) if name in MASKED else life for life in lives])
            for lives in (of_trace(run.of(proc)), of_strace(lines))
        )
        assert ours == theirs, proc
        assert sum(len(life) for life in of_trace(run.of(proc))) >= 9
        assert not [event.what for event in run.of(proc) if isinstance(event, e.NotSeen)]


def without_masks(life: Life) -> Life:
    return tuple(replace(seen, data=b"") for seen in life)


@of_pairs
def test_it_does_the_same(conversation: Conversation) -> None:
    run = run_of(conversation)
    assert [run.outcome(name) for name in run.names] == bare(conversation, free_port())
    assert run.status == 0


@needs_strace
@of_pairs
def test_every_call_is_seen(conversation: Conversation) -> None:
    run = run_of(conversation)
    same_calls(conversation.name, run, straced(conversation, free_port()))


def test_redis_does_the_same(redis_port: int) -> None:
    run = headless(REDIS, redis_port, "--timeout", "20")
    assert [run.outcome("client")] == bare(REDIS, redis_port)
    assert run.status == 0
    if HAS_STRACE:
        same_calls("redis", run, straced(REDIS, redis_port))


@pytest.mark.parametrize("conversation", [PAIRS[0], PAIRS[3]], ids=lambda c: c.name)
async def test_it_does_the_same_step_by_step(driver: Driver, conversation: Conversation) -> None:
    stepped = await driver.start(*parse(conversation.commands(free_port())))
    while not all(process.exited for process in stepped.state.processes.values()):
        if stepped.session.next_in_turn() is not None:
            await stepped.session.step_next()
        else:  # each waits, but one of them not for ever
            await stepped.session.observe()
    for name, outcome in zip(("server", "client"), bare(conversation, free_port()), strict=True):
        assert stepped.output(name) == outcome.stdout + outcome.stderr
        assert stepped.state.processes[name].status == outcome.status == 0
