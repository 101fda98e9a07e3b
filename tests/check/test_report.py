"""The verdict in the words and forms in which it is told."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from sockscope.check.outcome import Outcome
from sockscope.check.plans import DIES, MERGED, ONE_CUT, RANDOM, Plan
from sockscope.check.report import (
    BROKEN,
    HELD,
    INTERRUPTED,
    Verdict,
    Written,
    as_github,
    as_json,
    as_junit,
    as_test,
    lines,
)
from sockscope.check.running import Ran
from sockscope.check.search import Broken
from sockscope.trace import events as e


def test_a_number_agrees_with_its_word() -> None:
    assert list(lines(Verdict(HELD, 1))) == ["held: 1 way to cut the same bytes"]
    assert list(lines(Verdict(HELD, 2))) == ["held: 2 ways to cut the same bytes"]


@pytest.mark.parametrize(
    ("cut", "at"), [(5, " --at 2"), (9, "")], ids=["a call shows why", "no call shows why"]
)
def test_the_stage_opens_where_the_call_that_shows_why_is_over(cut: int, at: str) -> None:
    events = (
        e.ProcessStarted(proc="server", pid=1, argv=("server.py",)),
        e.CallEntered(proc="server", call=1, fd=4, name="recv", args=(16,)),
        e.CallReturned(proc="server", call=1, value=5, data=b"exact"),
        e.CallEntered(proc="server", call=2, fd=4, name="send", args=({"bytes": 5},)),
    )
    broken = Broken(Plan(ONE_CUT, {"server": (cut,)}), Ran(Outcome(()), events, {}), ())
    told = list(lines(Verdict(BROKEN, 3, broken), Written("broken.jsonl")))
    assert told[-1] == f"  see it: sockscope replay broken.jsonl{at}"


def test_what_was_interrupted_has_not_held() -> None:
    verdict = Verdict(INTERRUPTED, 7, interrupted=True)
    assert json.loads(as_json(verdict, Written()))["verdict"] == "interrupted"
    suite = ElementTree.fromstring(as_junit(verdict, "server.py client.py"))
    assert suite.get("failures") == "1"
    assert as_github(verdict).startswith("::error::held so far: 7 ways")


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(RANDOM, {"server": (3, 5), "client": ()}), ["--cut", "server:3,5"]),
        (Plan(RANDOM, {}, {"client": (4,)}), ["--short", "client:4"]),
        (Plan(MERGED, held=("server", "client")), ["--merge", "server", "--merge", "client"]),
        (Plan(DIES, dies=("client", 0)), ["--die", "client:0"]),
    ],
    ids=lambda value: value.kind if isinstance(value, Plan) else "",
)
def test_a_test_has_the_flags_of_its_plan(plan: Plan, words: list[str]) -> None:
    assert f"words = {['server.py', *words]}\n" in as_test(plan, ["server.py"], ".")
