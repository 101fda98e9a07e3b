"""Tracees that run side by side, and the one trace of what they do.

Everything happens in the event loop of whoever made the ensemble; nothing here blocks
it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from ..trace import events as e
from ..trace.families import child_name
from ..trace.places import waits_at
from ..tracee.proc import descendants
from . import queues, rows, unheld
from .beginnings import Beginning, adopt, first_call, start
from .births import Birth, Births
from .deadlock import Graph
from .errors import SessionError
from .process import Tracee
from .programs import Program
from .publisher import Mapper, Publisher
from .sleeping import Sleep
from .spawning import Spawn, spawn
from .stillness import Patience, computes, sleep
from .waits import graph

STEP, FREE, UNTIL_BLOCKED = "step", "free", "until_blocked"

ROUND_INTERVAL = 0.02
"""Seconds from one collection of a free run's events to the next."""

LOOK_INTERVAL = 0.25
"""Seconds between two looks at the sockets while nobody steps."""

LOOK = 0.005
"""Seconds between two looks at programs that have not come to rest."""

REST_DEADLINE = 0.3
"""Seconds that a step waits for the programs to come to their next call.

Where pictures must not vary, as long as for a step: a slow machine changes nothing then.
"""

STEP_DEADLINE = 10.0
"""Seconds after which a step is no longer waited for; its end is still reported."""

BRIEF = frozenset({"FIN_WAIT1", "CLOSING", "LAST_ACK"})
"""States that the peer's next acknowledgement ends, within 40 ms (tcp(7), quickack)."""


class Ensemble(Publisher):
    """The tracees of one trace, and what they tell; how they are driven is added to it."""

    def __init__(self, mode: str, mapper: Mapper | None = None) -> None:
        super().__init__(mapper)
        self.only_ends = False
        self._mode = mode
        self._dirty = asyncio.Event()
        self._collecting = asyncio.Lock()
        self._looked = 0.0
        self._unheld: dict[unheld.Pair, e.SocketView] = {}
        self._pump: asyncio.Task[None] | None = None
        self._waits: tuple[e.Wait, ...] = ()
        self.deadlock: tuple[str, ...] = ()
        self.spawn: Spawn = spawn
        self._births: Births | None = None
        self._order = count()
        self._children: Counter[str] = Counter()
        self._strays: dict[int, int] = {}

    # -- life --------------------------------------------------------------------

    def launch(self, program: Program) -> Tracee:
        """Start one more program."""
        if self._pump is None:
            self._pump = asyncio.create_task(self._collect_for_ever())
        if self._births is None:
            self._births = Births(self._born)
        number, births = next(self._order), self._births.fd
        beginning = start(program, number, self._mode, births, program.spawn or self.spawn)
        tracee = self._join(beginning, self._mode)
        if program.path:
            self._read_source(program.file or os.path.join(os.getcwd(), program.path), tracee)
        return tracee

    def _join(self, beginning: Beginning, mode: str) -> Tracee:
        """Follow a process from its beginning on."""
        self._merge.open(beginning.name, beginning.began)
        tracee = Tracee(beginning, mode, self._arrived, self.only_ends)
        self.tracees[beginning.name] = tracee
        if not tracee.is_here:
            self.desk.elsewhere.add(beginning.name)
        return tracee

    def _born(self, birth: Birth) -> None:
        """A process has become a tracee: a child goes on as freely as its parent.

        What has its own pid for its parent has executed another program.
        """
        parent = self._with_pid(birth.parent)
        if parent is not None and birth.parent == birth.pid:
            parent.begin_anew(birth.ends, birth.argv)
            self._begin(parent, parent.mode)
        elif parent is None or not (child := adopt(birth, self._child_name(parent), parent.name)):
            birth.ends.give_up()
        else:
            self._begin(self._join(child, parent.mode), parent.mode)

    def _begin(self, tracee: Tracee, mode: str) -> None:
        tracee.mode = FREE if mode == FREE else STEP
        number, setup = first_call(next(self._order)), self._setup(tracee.name)
        tracee.order("begin", mode=tracee.mode, first_call=number, **setup)

    def _setup(self, _proc: str) -> Mapping[str, Any]:
        """What a tracee is told when it begins, besides what each is told."""
        return {}

    def _with_pid(self, pid: int) -> Tracee | None:
        """The newest tracee of this pid here: the kernel may give the pid of an old one anew."""
        near = (t for t in reversed(self.tracees.values()) if t.is_here)
        return next((t for t in near if t.pid == pid), None)

    def _child_name(self, parent: Tracee) -> str:
        while True:
            self._children[parent.name] += 1
            name = child_name(parent.name, self._children[parent.name])
            if name not in self.tracees:
                return name

    async def close(self) -> None:
        """End every tracee; nothing is left running.

        They are stopped before the first is killed, so that none lives to complain about
        the end of another.  The last that began is the first to end: then it is clients, not
        their server, whose port stays in TIME_WAIT, and the server can have its own again.
        """
        for tracee in self.tracees.values():
            tracee.kill(signal.SIGSTOP, whole_group=True)
        self._end_strays()
        if self._births is not None:
            self._births.close()
            self._births = None
        for tracee in reversed(list(self.tracees.values())):
            await tracee.close()
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait((self._pump,))  # our own cancellation is not taken for the pump's
            if not self._pump.cancelled():
                self._pump.result()
        self._publish_all(self._due + self._merge.flush())

    def note_strays(self) -> None:
        """Remember what tracees have started that is none, before these may end."""
        pids = [t.pid for t in self.tracees.values() if t.is_here and not t.exited.is_set()]
        started = {pid for tracee in pids for pid in descendants(tracee)}
        for pid in started.difference(pids, self._strays):
            with contextlib.suppress(OSError):
                self._strays[pid] = os.pidfd_open(pid)

    def _end_strays(self) -> None:
        """End them: a session of their own keeps them from the end of the tracee's group."""
        self.note_strays()
        for handle in self._strays.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        self._strays.clear()

    async def finished(self) -> None:
        """Wait until every program, and every child that we follow, has ended."""
        while alive := [t for t in self.tracees.values() if not t.exited.is_set()]:
            await alive[0].exited.wait()
        for tracee in self.tracees.values():
            tracee.drain()
        await self._collect(observe=False)

    # -- what anybody may ask for --------------------------------------------------

    async def kill(self, proc: str, signal_name: str = "SIGKILL") -> None:
        """Send a signal to a tracee, and wait a while for what it does."""
        tracee = self._send_signal(proc, signal_name)
        await first_of(REST_DEADLINE, tracee.exited.wait())
        await self._rest()

    def _send_signal(self, proc: str, signal_name: str) -> Tracee:
        tracee = self._tracee(proc)
        number = getattr(signal, signal_name, None)
        if not isinstance(number, signal.Signals):
            raise SessionError(f"{signal_name} is no signal: try SIGTERM, SIGINT or SIGKILL")
        if tracee.exited.is_set():
            raise SessionError(self.desk.why_not(proc, True))
        tracee.kill(number)
        return tracee

    async def observe(self) -> None:
        """Look at every socket now."""
        await self._collect(observe=True)

    def _tracee(self, proc: str) -> Tracee:
        try:
            return self.tracees[proc]
        except KeyError:
            known = ", ".join(self.tracees)
            raise SessionError(f"no program is called {proc!r}: there are {known}") from None

    async def catch_up(self) -> None:
        """Have all told that has happened up to now."""
        await self._collect(observe=False)

    def waits(self, tracee: Tracee) -> bool:
        """Whether a program waits: in a call, for any of its sockets, or for a child that does.

        Of a child elsewhere nobody knows: it is taken to wait, as its parent does.
        """
        if any(self.desk.blocked(tracee.name)) or tracee.waits_for_any():
            return True
        children = [t for t in self.tracees.values() if t.parent == tracee.name]
        is_unseen = not tracee.is_here and bool(tracee.children())
        return (is_unseen or any(map(self.waits, children))) and tracee.rest() is not None

    # -- collecting --------------------------------------------------------------

    async def _rest(self) -> None:
        """Until every tracee waits at a gate, is blocked or has ended, or time is up."""
        await self._settle(REST_DEADLINE if self._mapper is None else STEP_DEADLINE)
        if self._mapper is not None:
            await self._until_answered()
            await self._close_step()

    async def _settle(self, seconds: float, only: Tracee | None = None) -> None:
        """Until every tracee, or this one, has come to rest, or had so long to do so."""
        patience = Patience(seconds, STEP_DEADLINE)
        while True:
            tracees = list(self.tracees.values()) if only is None else [only]
            for tracee in tracees:
                tracee.stirred.clear()
            before = {t: sleep(t, self.desk.count(t.name)) for t in tracees}
            await self._collect(observe=True)
            if self._are_at_rest(tracees, before) or patience.is_over(tracees):
                return
            await first_of(LOOK, *(t.stirred.wait() for t in tracees if not t.exited.is_set()))

    async def _until_answered(self) -> None:
        """Until no half of a closed connection still waits for an acknowledgement."""
        deadline = time.monotonic() + REST_DEADLINE
        while time.monotonic() < deadline and any(map(_is_brief, self._unheld.values())):
            await self._collect(observe=True)

    def _are_at_rest(
        self, tracees: Sequence[Tracee], before: Mapping[Tracee, Sleep | None]
    ) -> bool:
        """Whether all are; ``before`` says how they slept before they were last asked."""
        return all(
            tracee.exited.is_set()
            or (
                tracee.settled
                and self._is_still(tracee.name, tracee)
                and not computes(tracee, self.desk.count(tracee.name), before[tracee])
            )
            for tracee in tracees
        )

    def _is_still(self, name: str, tracee: Tracee) -> bool:
        """Whether a settled tracee waits for something that is not its own."""
        return self.desk.is_still(name) or tracee.waits_for_any() or tracee.rest() is not None

    async def _collect_for_ever(self) -> None:
        """Collect when something happened, and otherwise now and then.

        What the world outside does to a socket, a timer or a late acknowledgement too, is
        told by nobody: it must be looked for.  Pictures that must not vary do without.
        """
        interval = LOOK_INTERVAL if self._mapper is None else None
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(interval):
                    await self._dirty.wait()
            began = time.monotonic()
            await self._collect(observe=time.monotonic() - self._looked >= LOOK_INTERVAL)
            if any(t.mode == FREE and not t.exited.is_set() for t in self.tracees.values()):
                if self._mapper is not None:
                    await self._close_step()
                await asyncio.sleep(ROUND_INTERVAL - (time.monotonic() - began))

    async def _collect(self, observe: bool) -> None:
        """Have all tracees report, and publish what can be put in order."""
        async with self._collecting:
            await self._look(observe)
            if self._mapper is None:
                await self._observe_waits(observe)

    async def _look(self, observe: bool) -> None:
        self._dirty.clear()
        if observe:
            self._looked = time.monotonic()
        await asyncio.gather(*(t.sync(observe) for t in self.tracees.values()))
        behind = [t for t in self.tracees.values() if t.upto < self._merge.latest]
        settled = {tracee for tracee in behind if tracee.settled}
        await asyncio.gather(*(t.sync(False) for t in behind))
        for tracee in behind:  # why it is settled only now may be too late to be published
            tracee.settled = tracee.settled and tracee in settled
        await self._publish_ready()
        if observe:
            await self._observe_unheld()

    async def _observe_unheld(self) -> None:
        """Ask for the halves of our connections that no tracee holds; publish what changed."""
        pairs, listeners = self.desk.unheld(), self.desk.listeners()
        if not (pairs or listeners or self._unheld):
            return
        views = {_pair(view): view for view in await asyncio.to_thread(unheld.read, pairs)}
        missing = {pair for pair in pairs - views.keys() if pair[::-1] not in views}
        self.desk.forget(missing)
        over = pairs - views.keys()
        known = self._unheld | dict(sorted(views.items()))  # the new ones come last
        now = {p: known[p] for p in known if p not in over and self.desk.is_unheld(p)}
        now |= await self._strangers(listeners, now)
        if _timeless(now) != _timeless(self._unheld):
            sockets = tuple(now.values())
            self._publish(e.UnheldObserved(n=self._n + 1, t=self._now(), sockets=sockets))
        self._unheld = now

    def graph(self) -> Graph:
        """Who waits for whom, as far as it is known now."""
        return graph(self.tracees.values(), self.desk)

    async def _observe_waits(self, observe: bool) -> bool:
        """Publish who waits for whom where that has changed; whether that is certain.

        A deadlock is one once a second look at every thread and socket shows the same.  What
        is no deadlock is not published before the sockets were looked at.
        """
        if not (self._waits or self.desk.has_blocked()):
            return True
        now = self.graph()
        deadlock = now.stuck()
        is_certain = (now.waits, deadlock) == (self._waits, self.deadlock)
        if deadlock and not is_certain:
            before = _calls(now, deadlock)
            await self._look(observe=True)
            now = self.graph()
            is_same = _calls(now, now.stuck()) == before
            is_certain = is_same and self._are_settled() and not now.is_coming()
        if not deadlock and not observe:
            return True
        found = now.waits, deadlock if is_certain else ()
        if found != (self._waits, self.deadlock):
            self._waits, self.deadlock = found
            n, t = self._n + 1, self._now()
            self._publish(e.WaitsObserved(n=n, t=t, waits=found[0], deadlock=found[1]))
        return is_certain or not deadlock

    def _are_settled(self) -> bool:
        return all(t.settled for t in self.tracees.values() if not t.exited.is_set())

    async def _strangers(
        self, listeners: Sequence[e.SocketView], known: Mapping[unheld.Pair, e.SocketView]
    ) -> dict[unheld.Pair, e.SocketView]:
        """Who waits to be accepted where more wait than are known: their clients are not ours."""
        more = [
            listener
            for listener in listeners
            if (listener.accept_length or 0) > sum(waits_at(listener, v) for v in known.values())
        ]
        if not more:
            return {}
        found = {_pair(view): view for view in await asyncio.to_thread(queues.read, more)}
        for pair in found:
            self.desk.ask_for(pair)
        return found

    def _arrived(self, reports: Sequence[rows.Timed]) -> None:
        if reports:
            self._merge.push(reports)
            self._dirty.set()

    async def _close_step(self) -> None:
        """Publish what a step has brought, once it is certain who waits for whom."""
        deadline = time.monotonic() + REST_DEADLINE
        async with self._collecting:
            while not await self._observe_waits(True) and time.monotonic() < deadline:
                await self._look(observe=True)
        self._publish_held()


async def first_of(seconds: float, *waits: Coroutine[Any, Any, Any] | Any) -> None:
    """Until one of ``waits`` is over, or the time is."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _calls(found: Graph, deadlock: Sequence[str]) -> set[tuple[str, int]]:
    """The calls in which those of a deadlock are blocked."""
    return {(wait.proc, wait.call) for wait in found.waits if wait.proc in deadlock}


def _is_brief(view: e.SocketView) -> bool:
    """Whether a half is about to change by itself: FIN_WAIT2 has a timer once close() is over."""
    return view.state in BRIEF or (view.state == "FIN_WAIT2" and view.timer is None)


def _pair(view: e.SocketView) -> unheld.Pair:
    assert view.local is not None
    assert view.peer is not None
    return view.local, view.peer


def _timeless(views: Mapping[unheld.Pair, e.SocketView]) -> Mapping[unheld.Pair, e.SocketView]:
    """Views without their timers: that these run is no news."""
    return {pair: replace(view, timer=None) for pair, view in views.items()}
