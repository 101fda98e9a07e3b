"""What a session must remember of its own trace: who waits, who is blocked, which
addresses are ours.  The full picture is ``trace.state``; this is the little that driving
needs, kept cheap because a free run passes every event through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from ..trace import events as e
from .pairs import Pairs
from .sockets import Sockets
from .turn import Standing
from .unheld import Pair


class _Tracee:
    def __init__(self, is_here: bool = True) -> None:
        self.is_here = is_here
        self.open: dict[int, e.CallEntered] = {}
        self.gated: set[int] = set()
        self.blocked: set[int] = set()
        self.stands: set[int] = set()
        self.has_waited = False
        self.has_begun = False
        self.was_observed = False
        self.fds: set[int] = set()
        self.views: dict[int | None, e.SocketView] = {}
        self.queues: dict[int | None, e.SocketView] = {}

    def forget_calls(self) -> None:
        """None is under way any more."""
        for calls in (self.open, self.gated, self.blocked):
            calls.clear()


class Desk:
    """Follows the events of a session, one at a time and in order."""

    def __init__(self) -> None:
        self._tracees: dict[str, _Tracee] = {}
        self._expected: dict[tuple[str, int], asyncio.Future[None]] = {}
        self._expect_blocked: dict[str, asyncio.Future[None]] = {}
        self._pairs = Pairs()
        self.sockets = Sockets()
        self.elsewhere: set[str | None] = set()
        """The tracees whose kernel cannot be asked from here what it holds besides."""

    # -- what happened -----------------------------------------------------------

    def take(self, event: e.Event) -> bool:
        """Note one event; False where it says nothing new and can be left out."""
        tracee = self._tracees.get(event.proc or "")
        if tracee is None:
            is_here = event.proc not in self.elsewhere
            tracee = self._tracees[event.proc or ""] = _Tracee(is_here)
        if isinstance(event, e.CallEntered):
            tracee.open[event.call] = event
            tracee.stands.clear()
            if event.gated:
                tracee.gated.add(event.call)
        elif isinstance(event, (e.CallReturned, e.CallRaised)):
            self._note_end(tracee, event)
        elif isinstance(event, (e.CallGranted, e.Stopped)):
            self._note_gate(tracee, event)
        elif isinstance(event, e.CallBlocked):
            tracee.blocked.add(event.call)
            tracee.has_waited = True
            self._resolve(event.proc, event.call)
            self._resolve_blocked(event.proc)
        elif isinstance(event, e.SocketsObserved):
            return self._note_sockets(tracee, event)
        elif isinstance(event, e.ProcessStarted):
            tracee.forget_calls()  # of the program that it was before
        else:
            self._note_end_of_process(tracee, event)
        return True

    def _note_end_of_process(self, tracee: _Tracee, event: e.Event) -> None:
        if isinstance(event, e.ProcessExited):
            for view in tracee.views.values():
                self._let_go(tracee, view)
                self.sockets.drop(event.proc or "", view)
            self._tracees[event.proc or ""] = _Tracee(tracee.is_here)

    def _note_gate(self, tracee: _Tracee, event: e.CallGranted | e.Stopped) -> None:
        if isinstance(event, e.CallGranted):
            tracee.has_begun = True
            tracee.gated.discard(event.call)
            return
        if event.call not in tracee.open:
            tracee.stands.add(event.call)
        self._resolve_blocked(event.proc)

    def _note_end(self, tracee: _Tracee, event: e.CallReturned | e.CallRaised) -> None:
        tracee.has_begun = True
        tracee.open.pop(event.call, None)
        tracee.gated.discard(event.call)
        tracee.blocked.discard(event.call)
        if self._expected:
            self._resolve(event.proc, event.call)

    def _note_sockets(self, tracee: _Tracee, event: e.SocketsObserved) -> bool:
        """Note what is new in a report, at a cost that sockets not in it add nothing to."""
        views = tracee.views
        changed = [view for view in event.sockets if views.get(view.fd) != view]
        gone: Iterable[int | None] = event.gone
        if not event.partial:
            gone = views.keys() - {view.fd for view in event.sockets}
        if not changed and not gone and tracee.was_observed:
            return False
        tracee.was_observed = True
        for fd in gone:
            self._note_socket(tracee, event.proc or "", fd, None)
        for view in changed:
            self._note_socket(tracee, event.proc or "", view.fd, view)
        tracee.fds.update(view.fd for view in changed if view.fd is not None)
        return True

    def _note_socket(
        self, tracee: _Tracee, proc: str, fd: int | None, view: e.SocketView | None
    ) -> None:
        """Note how a socket looks now, None where it is gone."""
        before = tracee.views.pop(fd, None)
        self._let_go(tracee, before)
        tracee.queues.pop(fd, None)
        if before is not None:
            self.sockets.drop(proc, before)
        if view is not None:
            tracee.views[fd] = view
            self.sockets.put(proc, view)
            if tracee.is_here:
                self._pairs.hold(_pair(view))
                if view.accept_length:
                    tracee.queues[fd] = view

    def _let_go(self, tracee: _Tracee, view: e.SocketView | None) -> None:
        if tracee.is_here:
            self._pairs.let_go(_pair(view))

    def _resolve(self, proc: str | None, call: int) -> None:
        future = self._expected.pop((proc or "", call), None)
        if future is not None and not future.done():
            future.set_result(None)

    def _resolve_blocked(self, proc: str | None) -> None:
        future = self._expect_blocked.pop(proc or "", None)
        if future is not None and not future.done():
            future.set_result(None)

    # -- what is awaited ---------------------------------------------------------

    def expect(self, proc: str, call: int) -> asyncio.Future[None]:
        """Done once the call has returned, raised or blocked."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._expected[proc, call] = future
        return future

    def expect_blocked(self, proc: str) -> asyncio.Future[None]:
        """Done once any call of ``proc`` is found blocked."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._expect_blocked[proc] = future
        return future

    # -- what is -----------------------------------------------------------------

    def at_gate(self, proc: str, number: int | None = None) -> e.CallEntered | None:
        """The oldest call of ``proc`` that waits at its gate, or the one with this ``number``."""
        tracee = self._tracees.get(proc)
        if tracee is None or not tracee.gated:
            return None
        if number is None:
            return tracee.open[min(tracee.gated)]
        return tracee.open[number] if number in tracee.gated else None

    def is_still(self, proc: str) -> bool:
        """Whether ``proc`` has come to a gate or is blocked."""
        tracee = self._tracees.get(proc)
        if tracee is None or not (tracee.open or tracee.stands):
            return False
        return all(call in tracee.gated or call in tracee.blocked for call in tracee.open)

    def count(self, proc: str) -> int:
        """How many calls ``proc`` is in, or stands after."""
        tracee = self._tracees.get(proc, _Tracee())
        return len(tracee.open) + len(tracee.stands)

    def has_begun(self, proc: str) -> bool:
        """Whether ``proc`` was let through its first call."""
        return self._tracees.get(proc, _Tracee()).has_begun

    def stands_after(self, proc: str) -> int | None:
        """A call after which ``proc`` stands still, since it met a breakpoint."""
        return next(iter(self._tracees.get(proc, _Tracee()).stands), None)

    def goes_on(self, proc: str, call: int) -> None:
        """``proc`` was told to go on after this call."""
        self._tracees[proc].stands.discard(call)

    def is_free_or_blocked(self, proc: str) -> bool:
        """Whether ``proc`` is in no call, or only in blocked ones."""
        tracee = self._tracees.get(proc, _Tracee())
        return tracee.blocked >= tracee.open.keys()

    def under_way(self, proc: str) -> e.CallEntered | None:
        """The oldest call that ``proc`` is in."""
        return next(iter(self._tracees.get(proc, _Tracee()).open.values()), None)

    def known_fds(self, proc: str) -> set[int]:
        """The fds at which ``proc`` has, or has had, a socket."""
        return self._tracees.get(proc, _Tracee()).fds

    def has_blocked(self) -> bool:
        """Whether any call is blocked."""
        return any(tracee.blocked for tracee in self._tracees.values())

    def blocked(self, proc: str) -> Iterator[e.CallEntered]:
        """The calls of ``proc`` that are blocked."""
        tracee = self._tracees.get(proc, _Tracee())
        return (tracee.open[call] for call in sorted(tracee.blocked) if call in tracee.open)

    def views(self, proc: str) -> tuple[e.SocketView, ...]:
        """The sockets of ``proc`` as last seen."""
        views = self._tracees.get(proc, _Tracee()).views
        return tuple(view for _, view in sorted(views.items(), key=str))

    def standing(self, proc: str, has_ended: bool, waits: bool = False) -> Standing:
        """Where ``proc`` stands in the order of turns; ``waits``: for any of its sockets."""
        tracee = self._tracees.get(proc, _Tracee())
        tracee.has_waited = tracee.has_waited or waits
        return Standing(proc, bool(tracee.gated or tracee.stands), tracee.has_waited, has_ended)

    def why_not(self, proc: str, has_ended: bool, rest: str | None = None) -> str:
        """Why ``proc`` cannot be stepped, in one line; ``rest`` is what it sleeps in otherwise."""
        if has_ended:
            return f"{proc} has ended: restart to run it again"
        call = next(self.blocked(proc), None)
        if call is not None:
            return f"{proc} is blocked in {call.name}(): only another program can wake it"
        if rest is not None:
            return f"{proc} sleeps in {rest}(): another process must go on first"
        return f"{proc} waits at no call: it is running its own code"

    def listeners(self) -> list[e.SocketView]:
        """The TCP sockets of tracees in whose accept queue somebody waits."""
        return [view for tracee in self._tracees.values() for view in tracee.queues.values()]

    def unheld(self) -> set[Pair]:
        """Connections of ours that no tracee holds, to be asked for now."""
        return self._pairs.due()

    def is_unheld(self, pair: Pair) -> bool:
        """Whether no tracee holds this half of a connection of ours."""
        return pair in self._pairs

    def ask_for(self, pair: Pair) -> None:
        """A connection of ours that no tracee holds was found."""
        self._pairs.ask_for(pair)

    def forget(self, pairs: set[Pair]) -> None:
        """The kernel keeps nothing of these connections any more."""
        self._pairs.forget(pairs)


def _pair(view: e.SocketView | None) -> Pair | None:
    """The two addresses of a TCP socket that has both."""
    if view is None or isinstance(view.local, str) or isinstance(view.peer, str):
        return None
    is_half = view.local is not None and view.peer is not None and view.type == "stream"
    return (view.local, view.peer) if is_half else None  # type: ignore[return-value]
