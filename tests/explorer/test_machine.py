"""Any call, right or wrong, on any socket of any process, in any order.

``SOCKSCOPE_STEPS`` sets how many steps are taken in all (a few hundred unless it is set).
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from person import Person

from conservation import check, check_order, offered
from running import free_port
from sockscope.trace import fields
from sockscope.trace.menu import closed_fds, menu, socket_in_focus
from sockscope.trace.orders import CALLS, Form, order
from sockscope.trace.script import Scripts
from sockscope.tracer.explorer import Explorer, SessionError

STEPS = int(os.environ.get("SOCKSCOPE_STEPS", "600"))
A_MACHINE = 60
# A step takes milliseconds, so a failure is made small only on request: that may take minutes.
PHASES = tuple(Phase) if "SOCKSCOPE_SHRINK" in os.environ else (Phase.reuse, Phase.generate)

TEXTS = {
    "family": st.sampled_from(["AF_INET", "AF_INET", "AF_UNIX", "AF_INET6"]),
    "type": st.sampled_from(["SOCK_STREAM", "SOCK_STREAM", "SOCK_DGRAM"]),
    "backlog": st.sampled_from(["-1", "0", "1", "5"]),
    "data": st.sampled_from(
        ["Hi there, server", '""', "0x00ff1b5b", "300B", "70k", "3M", "[b]\\n"]
    ),
    "size": st.sampled_from(["0", "1", "4", "16", "64k", "3M"]),
    "flags": st.sampled_from(
        ["", "", "MSG_PEEK", "MSG_DONTWAIT", "MSG_DONTWAIT MSG_WAITALL", "MSG_OOB"]
    ),
    "how": st.sampled_from(fields.HOW.choices),
    "option": st.sampled_from(fields.OPTION.choices),
    "value": st.sampled_from(["0", "1", "2048", "-1"]),
    "seconds": st.sampled_from(["blocking", "non-blocking", "0.01"]),
}

procs = st.integers(0, 9)
picks = st.integers(0, 99)
names = st.sampled_from([name for name in CALLS if name != "socket"])


class Chaos(RuleBasedStateMachine):
    """Orders without sense.  What they come to is checked after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.ports = [free_port(), free_port()]
        self.refusals: list[str] = []
        self.fds = set(os.listdir("/proc/self/fd"))
        self.runner = asyncio.Runner()
        self.person = self.runner.run(_begin())
        self.last = 0

    @initialize()
    def a_conversation(self) -> None:
        """So that random calls find more than new sockets."""
        address = f"127.0.0.1:{self.ports[0]}"
        self.do("server", None, "socket", {})
        self.do("server", 3, "bind", {"address": address})
        self.do("server", 3, "listen", {})
        self.do("client", None, "socket", {})
        self.do("client", 3, "connect", {"address": address})
        self.do("server", 3, "accept", {})

    def do(self, proc: str, fd: int | None, name: str, typed: dict[str, str]) -> None:
        explorer = self.person.explorer
        try:
            self.runner.run(explorer.perform(order(proc, fd, name, typed)))
        except (fields.OrderError, SessionError) as error:
            self.refusals.append(str(error))

    def alive(self) -> list[str]:
        return [p.name for p in self.person.state.processes.values() if not p.exited]

    def proc(self, number: int) -> str:
        alive = self.alive()
        return alive[number % len(alive)]

    @rule(number=procs, family=TEXTS["family"], kind=TEXTS["type"])
    def a_new_socket(self, number: int, family: str, kind: str) -> None:
        self.do(self.proc(number), None, "socket", {"family": family, "type": kind})

    @rule(number=procs, pick=picks, name=names, data=st.data())
    def any_call(self, number: int, pick: int, name: str, data: st.DataObject) -> None:
        proc = self.proc(number)
        fds = [*(fd for p, fd in self.person.state.sockets if p == proc)]
        fds += closed_fds(self.person.state, proc)
        if fds:
            self.do(proc, fds[pick % len(fds)], name, self.typed(CALLS[name], pick, data))

    def typed(self, form: Form, pick: int, data: st.DataObject) -> dict[str, str]:
        texts = {f.name: TEXTS[f.name] for f in form.fields if f.name != "address"}
        typed = {name: data.draw(texts[name], label=name) for name in texts}
        if any(f.name == "address" for f in form.fields):
            typed["address"] = self.addresses()[pick % len(self.addresses())]
        return typed

    def addresses(self) -> list[str]:
        known = [fields.address_field(s.view.local) for s in self.person.state.sockets.values()]
        fixed = [f"127.0.0.1:{port}" for port in (*self.ports, 0)]
        return [*filter(None, known), *fixed, f"@sockscope-{os.getpid()}", "[::1]:0", "127.0.0.1:1"]

    @rule(number=procs, pick=picks)
    def what_the_menu_offers(self, number: int, pick: int) -> None:
        proc = self.proc(number)
        shown = menu(self.person.state, proc, socket_in_focus(self.person.state, proc))
        choices = (*shown.sensible, *shown.wrong)
        if choices:
            chosen = choices[pick % len(choices)].order
            self.do(chosen.proc, chosen.fd, chosen.name, dict(chosen.typed))
        else:
            assert shown.waits
            self.do(proc, None, "signal", {"signal": "SIGINT"})

    @rule(number=procs, signal=st.sampled_from(["SIGINT", "SIGINT", "SIGTERM", "SIGKILL"]))
    def a_signal(self, number: int, signal: str) -> None:
        if len(self.alive()) > 2 or signal == "SIGINT":
            self.do(self.proc(number), None, "signal", {"signal": signal})

    @rule()
    def one_more_process(self) -> None:
        if len(self.alive()) < 4:
            self.runner.run(self.person.explorer.add())

    @invariant()
    def every_refusal_is_one_line(self) -> None:
        assert all(line and "\n" not in line for line in self.refusals)

    @invariant()
    def every_octet_has_its_place(self) -> None:
        state = self.person.state
        offers = offered(state)
        for number, stream in state.streams.items():
            check_order(state, stream, offers.get(number, 0))

    @invariant()
    def every_end_of_a_call_is_explained(self) -> None:
        calls = self.person.state.calls
        for call in calls[self.last :]:
            assert call.meaning
            assert call.errno is None or call.meaning != call.message, call
        self.last = len(calls)

    def teardown(self) -> None:
        pids = [process.pid for process in self.person.state.processes.values()]
        self.runner.run(self.person.explorer.close())
        self.runner.close()
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
        assert set(os.listdir("/proc/self/fd")) <= self.fds
        check(self.person.events)
        for text in Scripts(self.person.events).files().values():
            compile(text, "exported", "exec")


async def _begin() -> Person:
    person = Person(Explorer())
    await person.explorer.start()
    return person


Chaos.TestCase.settings = settings(
    max_examples=max(1, STEPS // A_MACHINE),
    stateful_step_count=A_MACHINE,
    deadline=None,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
TestChaos = pytest.mark.timeout(max(120, STEPS))(Chaos.TestCase)
