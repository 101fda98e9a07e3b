"""The explorer as pictures of real calls: ``screenshots/test_explore_pictures/``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from exploring import Explored
from textual.pilot import Pilot

from network import own_network
from sockscope.trace.stable import Stable
from sockscope.tui.explore_app import ExploreApp
from sockscope.tui.themes import DARK, LIGHT

Compare = Callable[..., bool]
Doing = Callable[[Explored], Awaitable[None]]

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
USUAL = 1060
SMALLEST = "1"
USUALLY_UNSENT = (4032, 1728)


@pytest.fixture(autouse=True)
def _the_usual_port() -> Iterator[None]:
    with own_network(USUAL):
        yield


async def nothing(explored: Explored) -> None:
    """As it opens."""


async def form(explored: Explored) -> None:
    """What can be said before bind(), with a mistake in it."""
    await explored.press("s", "B")
    await explored.write("address", "127.0.0.1:99999")


async def options(explored: Explored) -> None:
    """The longest form."""
    await explored.press("s", "O")


async def three_wait(explored: Explored) -> None:
    """Three clients in the accept queue."""
    await explored.press("s", "b")
    await explored.fill("L", backlog="5")
    await explored.press("2", "s", "c", "plus", "s", "c", "plus", "s", "c", "1")


async def wrong(explored: Explored) -> None:
    """A listening socket will never receive."""
    await explored.press("s", "b", "l", "r")


async def both_blocked(explored: Explored) -> None:
    """Each sends more than all buffers hold, and nobody reads.

    How much a send buffer holds depends on when an acknowledgement comes: now and then it is
    a segment more, and then it is tried again.
    """
    for _ in range(5):
        await block_both(explored)
        unsent = {socket.view.unsent for socket in explored.state.sockets.values()}
        if unsent == {None, *USUALLY_UNSENT}:
            return
        await explored.press("ctrl+r")


async def block_both(explored: Explored) -> None:
    await explored.press("1", "s")
    await shrink(explored)
    await explored.press("b", "l", "2", "s")
    await shrink(explored)
    await explored.press("c", "1", "a", "2")
    await explored.fill("W", data="1M")
    await explored.press("1")
    await explored.fill("W", data="1M")


async def shrink(explored: Explored) -> None:
    """Ask for the smallest buffers that the kernel gives."""
    for option in ("SO_SNDBUF", "SO_RCVBUF"):
        await explored.fill("O", option=option, value=SMALLEST)


async def time_wait(explored: Explored) -> None:
    """The end that closed first waits, held by no process."""
    await explored.press(*["space"] * 12)


async def cut_datagram(explored: Explored) -> None:
    """Six bytes are taken of a datagram of sixteen, and the rest is gone."""
    await explored.press("1")
    await explored.fill("S", type="SOCK_DGRAM")
    await explored.press("b", "2")
    await explored.fill("S", type="SOCK_DGRAM")
    await explored.press("t", "1")
    await explored.fill("F", size="6")


async def interrupted(explored: Explored) -> None:
    """A process that is blocked, and what ends that."""
    await explored.press("s", "b", "l", "a")


async def looked_back(explored: Explored) -> None:
    """An earlier moment: the scripts are as long as they were then."""
    await explored.press(*["space"] * 8, "left", "left")


MOMENTS: dict[str, Doing] = {
    "empty": nothing,
    "form": form,
    "options": options,
    "three-in-the-accept-queue": three_wait,
    "wrong-call": wrong,
    "both-blocked": both_blocked,
    "time-wait": time_wait,
    "datagram-cut-short": cut_datagram,
    "blocked": interrupted,
    "past": looked_back,
}


def opened(doing: Doing) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, ExploreApp)
        explored = Explored(pilot.app, pilot, USUAL)
        await explored.settled()
        await doing(explored)
        await explored.settled()

    return run


def app_of(theme: str = DARK.name) -> ExploreApp:
    return ExploreApp(make_mapper=lambda: Stable(ports={USUAL: USUAL}), theme=theme)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", MOMENTS)
def test_explorer(snap_compare: Compare, moment: str, size: str) -> None:
    run = opened(MOMENTS[moment])
    assert snap_compare(app_of(), terminal_size=SIZES[size], run_before=run)


@pytest.mark.parametrize("size", SIZES)
def test_light(snap_compare: Compare, size: str) -> None:
    run = opened(three_wait)
    assert snap_compare(app_of(LIGHT.name), terminal_size=SIZES[size], run_before=run)
