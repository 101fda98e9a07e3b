"""The tracee's own thread: takes orders, looks at blocked calls, ships what happened."""

from __future__ import annotations

import _thread
import atexit
import functools
import json
import os
import signal
import sys
import threading

from . import nursery, program, wrap
from .channel import Channel, Lifeline
from .command_line import SCRIPT
from .console import Console
from .cuts import Cuts
from .family import Births, Family
from .gate import FREE, PROMPT, Gate
from .records import Reports
from .starting import Starting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from .family import Json

FREE_TICK = 20.0
"""Milliseconds between two looks at a free run."""

FIRST_LOOK = 0.5
"""Milliseconds until the first look at a call that was let through; doubled each time."""


class Agent:
    """Serves the tracer while the program runs, sleeps or waits at a gate.

    Its thread is a bare one: a program that lists or counts its threads does not find it.
    """

    def __init__(
        self,
        channel: Channel,
        gate: Gate,
        console: Console | None = None,
        tick: float = FREE_TICK,
    ) -> None:
        self._tick = tick
        self._channel = channel
        self._gate = gate
        self._console = console
        self._wait: float | None = None if gate.mode in PROMPT else tick

    def start(self) -> None:
        """Begin to serve."""
        _thread.start_new_thread(self._serve, ())

    def _serve(self) -> None:
        self._gate.agent_thread = threading.get_ident()
        while True:
            try:
                message = self._channel.receive(self._wait)
            except EOFError:
                self._gate.stops.forget()
                self._gate.set_mode(FREE)
                return
            if message is not None:
                self._obey(message)
            else:
                self._look()

    def _look(self) -> None:
        unsettled = self._find_blocked()
        self._gate.reports.ship_if_any()
        if self._gate.mode not in PROMPT:
            self._wait = self._tick
        elif unsettled:
            self._wait = min((self._wait or FIRST_LOOK) * 2, self._tick)
        else:
            self._wait = None

    def _find_blocked(self) -> bool:
        """Whether any call, made or ordered, is still neither at its end nor asleep."""
        console = self._console
        is_coming = console is not None and not console.is_idle
        unsettled = self._gate.find_blocked()
        return unsettled or (is_coming and not self._gate.reports.under_way)

    def _obey(self, message: dict[str, Any]) -> None:
        order = message["do"]
        self._wait = FIRST_LOOK if self._gate.mode in PROMPT else self._tick
        if order == "grant":
            self._gate.step(message["call"], message.get("limit"), message.get("into", True))
        elif order == "mode":
            self._gate.set_mode(message["mode"])
        elif order == "every_call":
            self._gate.every_call = message["value"]
        elif order == "breaks":
            self._gate.stops.set(message["breaks"])
        elif order == "go":
            self._gate.stops.go(message["call"], message["open"])
        elif order == "stay":
            self._gate.stops.stay(message["call"], message["condition"])
        elif order == "sync":
            self._sync(message)
        elif self._console is not None:
            self._console.obey(message)

    def _sync(self, message: dict[str, Any]) -> None:
        """Ship everything, with a fresh look at the sockets; say whether all is at rest."""
        unsettled = self._find_blocked()
        if message.get("observe"):
            self._gate.looks.observe()
        threads = len(sys._current_frames()) - 1
        alarm = signal.getitimer(signal.ITIMER_REAL)[0]
        self._gate.reports.ship(
            reply=message["id"],
            settled=not unsettled,
            threads=threads,
            alarm=alarm,
            agent=threading.get_native_id(),
        )


def main(argv: list[str]) -> None:
    """Set up the tracee and run its program: ``argv`` is the set-up in JSON, then its own.

    Without a program it is a console, which makes the calls that it is told to.  A program
    that another tracee has started has its kind before it, and is told by the tracer how to
    begin.
    """
    setup, words, run, family = json.loads(argv[0]), argv[1:], None, None
    is_forked = "nursery" in setup
    if is_forked:
        family = _install()
        setup, words = nursery.next_life(setup["nursery"])
    kind = words.pop(0) if "parent" in setup else SCRIPT
    if words:
        run = program.prepare(words, kind, setup.get("as_given"))
    lifeline = Lifeline(setup["lifeline"])
    births = Births(setup["births"]) if "births" in setup else None
    try:
        channel, first = _channel(setup, births)
    except (OSError, EOFError):  # there is no tracer any more
        assert run is not None
        if "known" in setup:
            os.close(setup["known"])
        run()
        return
    if is_forked and run is not None:
        run = functools.partial(nursery.live, run)
    family = family or _install()
    gate, tick = family.gate, setup.get("tick", FREE_TICK)
    _begin(gate, channel, {**setup, **first})
    _follow(family, channel, lifeline, births, setup)
    console = None if run is not None else Console(gate)
    Agent(channel, gate, console, tick).start()
    if "known" in setup:
        family.begun(setup["known"])
    if run is not None:
        run()
    elif console is not None:
        console.run()


def _channel(setup: Json, births: Births | None) -> tuple[Channel, Json]:
    """The pipes between this process and the tracer, and how it is to begin."""
    if births is not None and "parent" in setup:
        return births.announce(setup["parent"])
    return Channel(setup["read"], setup["write"]), {}


def _install() -> Family:
    """Wrap all that a tracee is seen by; nothing is told yet."""
    gate = Gate()
    gate.evidence.learn()
    wrap.install(gate)
    family = Family(gate)
    family.install()
    Starting(family).install()
    _ship_before(gate, "_exit")
    atexit.register(gate.go_direct)
    return family


def _begin(gate: Gate, channel: Channel, first: Json) -> None:
    """Have everything pass the gate."""
    gate.cuts = Cuts(first["cuts"]) if first.get("cuts") else None
    gate.every_call = first.get("every_call", True)
    gate.begin(Reports(channel), first["mode"], first["first_call"], first.get("breaks"))


def _follow(
    family: Family, channel: Channel, lifeline: Lifeline, births: Births | None, setup: Json
) -> None:
    """Have what is started followed."""
    outputs = setup.get("outputs") or [os.fstat(fd).st_ino for fd in (1, 2)]
    _write_lines_at_once(outputs)
    tick = setup.get("tick", FREE_TICK)

    def serve(channel: Channel) -> None:
        Agent(channel, family.gate, tick=tick).start()

    family.told = {"tick": tick, "outputs": outputs}
    family.begin(channel, lifeline, births, serve)


def _write_lines_at_once(outputs: Sequence[int]) -> None:
    """What goes to the tracer's pipes, whose inodes are given, it is shown line by line.

    So a terminal would have it.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and os.fstat(stream.fileno()).st_ino in outputs:
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _ship_before(gate: Gate, name: str) -> None:
    original = getattr(os, name)

    @functools.wraps(original)
    def ending(*args: Any, **kwargs: Any) -> Any:
        if gate.active:
            gate.reports.ship()
        return original(*args, **kwargs)

    setattr(os, name, ending)
