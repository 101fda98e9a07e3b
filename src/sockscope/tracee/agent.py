"""The tracee's own thread: takes orders, looks at blocked calls, ships what happened."""

from __future__ import annotations

import _socket
import _thread
import atexit
import functools
import json
import os
import signal
import sys
import threading

from . import blocked, nursery, program, wrap
from .breaks import Breaks
from .channel import Channel, Lifeline
from .console import Console
from .cuts import Cuts
from .family import Births, Family
from .gate import FREE, PROMPT, Gate
from .records import Reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
        """Begin to serve; the thread that calls sleeps meanwhile, to show how that looks."""
        ready = _thread.allocate_lock()
        ready.acquire()
        _thread.start_new_thread(self._serve, (blocked.Thread(), ready))
        ready.acquire()

    def _serve(self, sleeper: blocked.Thread, ready: _thread.LockType) -> None:
        self._gate.agent_thread = threading.get_ident()
        self._gate.evidence.learn(sleeper)
        ready.release()
        while True:
            try:
                message = self._channel.receive(self._wait)
            except EOFError:
                self._gate.forget_breaks()
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
            self._gate.grant(message["call"], message.get("limit"))
        elif order == "mode":
            self._gate.set_mode(message["mode"])
        elif order == "breaks":
            self._gate.set_breaks(message["breaks"])
        elif order == "go":
            self._gate.go(message["call"])
        elif order == "stay":
            self._gate.stay(message["call"], message["condition"])
        elif order == "sync":
            self._sync(message)
        elif self._console is not None:
            self._console.obey(message)

    def _sync(self, message: dict[str, Any]) -> None:
        """Ship everything, with a fresh look at the sockets; say whether all is at rest."""
        unsettled = self._find_blocked()
        if message.get("observe"):
            self._gate.observe()
        threads = len(sys._current_frames()) - 1
        alarm = signal.getitimer(signal.ITIMER_REAL)[0]
        self._gate.reports.ship(
            reply=message["id"], settled=not unsettled, threads=threads, alarm=alarm
        )


def main(argv: list[str]) -> None:
    """Set up the tracee and run its program: ``argv`` is the set-up in JSON, then its own.

    Without a program it is a console, which makes the calls that it is told to.
    """
    setup = json.loads(argv[0])
    is_forked = "nursery" in setup
    if is_forked:
        argv = nursery.next_life(setup["nursery"])
        setup = json.loads(argv[0])
    lifeline = Lifeline(setup["lifeline"])
    channel = Channel(setup["read"], setup["write"])
    births = Births(setup["births"]) if "births" in setup else None
    cuts = Cuts(setup["cuts"]) if setup.get("cuts") else None
    breaks = Breaks(setup["breaks"]) if "breaks" in setup else None
    gate = Gate(Reports(channel), setup["mode"], setup["first_call"], cuts, breaks)
    has_program = len(argv) > 1
    if has_program:
        program.prepare(argv[1:])
    _write_lines_at_once()
    wrap.install(gate)
    tick = setup.get("tick", FREE_TICK)

    def serve(channel: Channel) -> None:
        Agent(channel, gate, tick=tick).start()

    Family(gate, births, channel, lifeline, serve).install()
    _watch_what_we_miss(gate)
    atexit.register(gate.go_direct)
    console = None if has_program else Console(gate)
    Agent(channel, gate, console, tick).start()
    if console is not None:
        console.run()
    elif is_forked:
        nursery.live(program.run)
    else:
        program.run()


def _write_lines_at_once() -> None:
    """The program's output goes to a pipe; show it line by line, as a terminal would."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def _watch_what_we_miss(gate: Gate) -> None:
    sys.addaudithook(_auditor(gate))
    _ship_before(gate, "_exit")


def _auditor(gate: Gate) -> Any:
    def audit(event: str, args: Any) -> None:
        if not gate.active:
            return
        if event == "socket.__new__" and type(args[0]) is _socket.socket:
            if not gate.is_looking():
                gate.not_seen("a raw _socket.socket: its calls are not seen")
        elif event in ("os.exec", "os.posix_spawn", "subprocess.Popen"):
            gate.not_seen(f"{event}: what it starts is not seen")
            gate.reports.ship()

    return audit


def _ship_before(gate: Gate, name: str) -> None:
    original = getattr(os, name)

    @functools.wraps(original)
    def ending(*args: Any, **kwargs: Any) -> Any:
        if gate.active:
            gate.reports.ship()
        return original(*args, **kwargs)

    setattr(os, name, ending)
