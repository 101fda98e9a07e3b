"""The verdict in the words and forms in which it is told."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from sockscope.check.plans import DIES, MERGED, RANDOM, Plan
from sockscope.check.report import (
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


def test_a_number_agrees_with_its_word() -> None:
    assert list(lines(Verdict(HELD, 1))) == ["held: 1 way to cut the same bytes"]
    assert list(lines(Verdict(HELD, 2))) == ["held: 2 ways to cut the same bytes"]


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
