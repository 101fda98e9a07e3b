"""The state after one more event: ``fold`` is ``apply`` over a whole trace.

``apply`` is pure and total: any event may follow any other, because a trace may come
from a crashed session, from elsewhere, or from a newer version.  An event that speaks
of a call or process that was never seen changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from . import events as e
from .connections import after_return, carried_beneath, close, observe, observe_unheld
from .evolve import complete, evolve, evolve_slots
from .explain import blocked_meaning, meaning
from .names import BLOCKED, GATE, RAISED, RETURNED, RUNNING
from .state import EMPTY, Call, Process, State

Handler = Callable[[Any, State], State]
H = TypeVar("H", bound=Handler)

_handlers: dict[type[e.Event], Handler] = {}


def fold(events: Iterable[e.Event], state: State = EMPTY) -> State:
    """The state after all of ``events``."""
    for event in events:
        state = apply(state, event)
    return state


def states(events: Iterable[e.Event], state: State = EMPTY) -> Iterator[State]:
    """The state after each of ``events``."""
    for event in events:
        state = apply(state, event)
        yield state


def apply(state: State, event: e.Event) -> State:
    """The state after one more event."""
    state = evolve(state, n=event.n, t=event.t)
    handler = _handlers.get(type(event))
    return handler(event, state) if handler else state


def _on(kind: type[e.Event]) -> Callable[[H], H]:
    def register(handler: H) -> H:
        _handlers[kind] = handler
        return handler

    return register


# -- processes -------------------------------------------------------------------


@_on(e.ProcessStarted)
def _started(event: e.ProcessStarted, state: State) -> State:
    if event.proc is None:
        return state
    known = state.processes.get(event.proc)
    if known is not None and known.pid == event.pid:  # it has executed another program
        return _with_process(state, evolve(known, argv=event.argv, open=()))
    process = Process(
        name=event.proc,
        order=len(state.processes),
        pid=event.pid,
        argv=event.argv,
        watched=event.watched,
        parent=event.parent,
    )
    return _with_process(state, process)


@_on(e.SourceRead)
def _source(event: e.SourceRead, state: State) -> State:
    return evolve(state, sources={**state.sources, event.file: event.text})


@_on(e.NotSeen)
def _not_seen(event: e.NotSeen, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None or event.what in process.not_seen:
        return state
    return _with_process(state, evolve(process, not_seen=(*process.not_seen, event.what)))


@_on(e.Output)
def _output(event: e.Output, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    output = process.output.append((event.stream, event.text))
    return _with_process(state, evolve(process, output=output))


@_on(e.ProcessExited)
def _exited(event: e.ProcessExited, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    for key in [key for key in state.sockets if key[0] == process.name]:
        state = close(state, key)
    process = evolve(
        process, exited=True, status=event.status, signal=event.signal, open=(), stands=False
    )
    return _without_waits(_with_process(state, process), process.name)


def _with_process(state: State, process: Process) -> State:
    return evolve(state, processes={**state.processes, process.name: process})


# -- calls -----------------------------------------------------------------------


@_on(e.CallEntered)
def _entered(event: e.CallEntered, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    call = Call(
        id=event.call,
        proc=process.name,
        fd=event.fd,
        name=event.name,
        args=event.args,
        file=event.file,
        line=event.line,
        thread=event.thread,
        locals=event.locals,
        would_block=event.would_block,
        via=event.via,
        within=event.within,
        timeout=event.timeout,
        phase=GATE if event.gated else RUNNING,
        entered=event.n,
    )
    if process.stands:
        state = evolve(state, stopped=None)
    return _with_process(state, evolve(process, open=(*process.open, call), stands=False))


@_on(e.CallGranted)
def _granted(event: e.CallGranted, state: State) -> State:
    if state.stopped is not None:
        state = evolve(state, stopped=None)
    return _change_call(state, event, phase=RUNNING, limit=event.limit)


@_on(e.CallBlocked)
def _blocked(event: e.CallBlocked, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    sentence = blocked_meaning(state, call)
    return _change_call(
        state, event, phase=BLOCKED, where=event.where, was_blocked=True, meaning=sentence
    )


@_on(e.CallReturned)
def _returned(event: e.CallReturned, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    call = evolve_slots(
        call,
        phase=RETURNED,
        value=event.value,
        data=event.data,
        elapsed_ns=event.elapsed_ns,
        limit=event.limit if event.limit is not None else call.limit,
        cipher_sent=event.cipher_sent,
        cipher_received=event.cipher_received,
        finished=event.n,
    )
    return after_return(_finish(state, call), call)


@_on(e.CallRaised)
def _raised(event: e.CallRaised, state: State) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    call = evolve_slots(
        call,
        phase=RAISED,
        errno=event.errno,
        exception=event.exception,
        message=event.message,
        elapsed_ns=event.elapsed_ns,
        cipher_sent=event.cipher_sent,
        cipher_received=event.cipher_received,
        finished=event.n,
    )
    return carried_beneath(_finish(state, call), call)


@_on(e.Stopped)
def _stopped(event: e.Stopped, state: State) -> State:
    process = state.processes.get(event.proc or "")
    if process is None:
        return state
    has_ended = _open_call(state, event) is None
    return _with_process(evolve(state, stopped=event), evolve(process, stands=has_ended))


def _open_call(state: State, event: Any) -> Call | None:
    process = state.processes.get(event.proc or "")
    if process is None:
        return None
    for call in process.open:
        if call.id == event.call:
            return call
    return None


def _change_call(state: State, event: Any, **changes: Any) -> State:
    call = _open_call(state, event)
    if call is None:
        return state
    process = state.processes[call.proc]
    changed = evolve_slots(call, **changes)
    return _with_process(
        state, evolve(process, open=tuple(changed if c is call else c for c in process.open))
    )


def _finish(state: State, call: Call) -> State:
    complete(call, meaning=meaning(state, call))
    if state.waits:
        state = _without_waits(state, call.proc, call.id)
    process = state.processes[call.proc]
    still_open = tuple([c for c in process.open if c.id != call.id])
    process = evolve(process, open=still_open, last=call)
    return evolve(
        state,
        processes={**state.processes, process.name: process},
        calls=state.calls.append(call),
    )


# -- what the kernel holds -------------------------------------------------------


@_on(e.SocketsObserved)
def _observed(event: e.SocketsObserved, state: State) -> State:
    proc = event.proc
    if proc is None or proc not in state.processes:
        return state
    if not event.partial:
        seen = {view.fd for view in event.sockets}
        for key in [key for key in state.sockets if key[0] == proc and key[1] not in seen]:
            state = close(state, key)
    for fd in event.gone:
        state = close(state, (proc, fd))
    for view in event.sockets:
        if view.fd is not None:
            state = observe(state, (proc, view.fd), view)
    return state


@_on(e.UnheldObserved)
def _unheld(event: e.UnheldObserved, state: State) -> State:
    return observe_unheld(state, event.sockets)


# -- who waits for whom ------------------------------------------------------------


@_on(e.WaitsObserved)
def _waits(event: e.WaitsObserved, state: State) -> State:
    alive = [process for process in state.processes.values() if not process.exited]
    under_way = {(p.name, call.id) for p in alive for call in p.open}
    under_way.update((p.name, e.NO_CALL) for p in alive)
    waits = tuple(wait for wait in event.waits if (wait.proc, wait.call) in under_way)
    is_whole = waits == event.waits and {wait.proc for wait in waits}.issuperset(event.deadlock)
    return evolve(state, waits=waits, deadlock=event.deadlock if is_whole else ())


def _without_waits(state: State, proc: str, call: int | None = None) -> State:
    """The waits without that of a call which has moved on, or those of and for a process."""
    waits = state.waits
    left = tuple(wait for wait in waits if not _is_over(wait, proc, call))
    if len(left) == len(waits):
        return state
    return evolve(state, waits=left, deadlock=() if proc in state.deadlock else state.deadlock)


def _is_over(wait: e.Wait, proc: str, call: int | None) -> bool:
    if call is not None:
        return (wait.proc, wait.call) == (proc, call)
    return wait.proc == proc or any(reason.on == proc for reason in wait.reasons)
