"""The verdict, for people and for machines."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..trace.names import SENDS
from ..trace.words import counted
from .plans import WHOLE, Plan
from .reach import reasons
from .search import Broken
from .witness import Move, position, witness

MOST = 3
"""Places that are named where something varies."""

HELD, BROKEN, UNSURE, INTERRUPTED = "held", "broken", "not deterministic", "interrupted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check came out: after how many plans, and what broke the programs, if any did.

    ``reason`` is one line, where the programs differ by themselves or break uncut, and ``hint``
    another one, where something may be done about it.  ``reached`` are those whose bytes were
    cut, and ``missed`` says of others why theirs never were.  What ``varies`` by itself was not
    compared.
    """

    word: str
    tried: int
    broken: Broken | None = None
    reason: str = ""
    hint: str = ""
    interrupted: bool = False
    reached: Sequence[str] = ()
    missed: Mapping[str, str] = field(default_factory=dict)
    varies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Where the trace of the run that broke was written, and the test, if they were."""

    trace: str | None = None
    test: str | None = None


def lines(verdict: Verdict, written: Written = Written()) -> Iterator[str]:
    """The verdict as text."""
    how_far = f"{counted(verdict.tried, 'way')} {_to_what_end(verdict)}"
    if verdict.word == UNSURE:
        yield f"not deterministic, even uncut: {verdict.reason}"
        if verdict.hint:
            yield verdict.hint
    elif verdict.word == INTERRUPTED and not verdict.tried:
        yield "interrupted before anything was cut: nothing is known yet"
    elif verdict.broken is None:
        yield f"held so far: {how_far}, interrupted" if verdict.interrupted else f"held: {how_far}"
        yield from (f"  {reason}" for reason in reasons(verdict.missed))
        yield from _not_compared(verdict.varies)
    else:
        yield from _broken(verdict.broken)
        if verdict.interrupted:
            yield "  interrupted: less than that may break it too"
        if written.trace:
            at = position(verdict.broken)
            there = f" --at {at}" if at else ""
            yield f"  see it: sockscope replay {shlex.quote(written.trace)}{there}"
        if written.test:
            yield f"  keep it: pytest {shlex.quote(written.test)}"


def _not_compared(varies: Sequence[str]) -> Iterator[str]:
    if varies:
        more = f", and {len(varies) - MOST} more" if len(varies) > MOST else ""
        yield f"  not compared, for it varies by itself: {', '.join(varies[:MOST])}{more}"


def _to_what_end(verdict: Verdict) -> str:
    """What the plans did."""
    if not verdict.missed:
        return "to cut the same bytes"
    if not verdict.reached:
        return "to disturb them, none of which cut a byte"
    return f"to cut what {' and '.join(verdict.reached)} receives"


def _broken(broken: Broken) -> Iterator[str]:
    if broken.plan.kind == WHOLE:
        yield f"broken, even uncut: {broken.differences[0]}"
        for difference in broken.differences[1:]:
            yield from difference.lines()
        return
    yield f"broken: {broken.plan}"
    found = witness(broken)
    if found is not None:
        yield f"  {_place(found.call)}: {_call(found.call)} {found.said}"
    for difference in broken.differences:
        yield from difference.lines()
    if found is not None and found.goes_on and all(told.is_output for told in broken.differences):
        yield "  if that may depend on the pieces, --ignore REGEX leaves it out"


def _place(call: Move) -> str:
    within = f", in {call.within}()" if call.within else ""
    return f"{Path(call.file).name if call.file else call.proc}:{call.line}{within}"


def _call(call: Move) -> str:
    return f"{call.name}({counted(call.asked, 'byte') if call.name in SENDS else call.asked})"


def as_json(verdict: Verdict, written: Written) -> str:
    """The verdict as one JSON object."""
    told: dict[str, Any] = {"verdict": verdict.word, "plans": verdict.tried}
    if verdict.reason:
        told["reason"] = verdict.reason
    if verdict.missed:
        told["never_cut"] = dict(verdict.missed)
    if verdict.varies:
        told["varies"] = list(verdict.varies)
    if verdict.broken is not None:
        broken, found = verdict.broken, witness(verdict.broken)
        told |= {
            "plan": str(broken.plan),
            "cuts": {name: list(at) for name, at in broken.plan.cuts.items()},
            "short_sends": {name: list(at) for name, at in broken.plan.shorts.items()},
            "differences": list(map(str, broken.differences)),
            "hang": broken.ran.outcome.hang or None,
            "trace": written.trace,
            "test": written.test,
        }
        if found is not None:
            call = found.call
            told["where"] = {
                "program": call.proc,
                "file": call.file,
                "line": call.line,
                "call": call.name,
                "asked": call.asked,
                "moved": call.moved,
            }
    return json.dumps(told, ensure_ascii=False)


def as_junit(verdict: Verdict, name: str) -> str:
    """The verdict as a JUnit report of one test case."""
    failed = verdict.word != HELD
    suite = ElementTree.Element(
        "testsuite", name="sockscope check", tests="1", failures=str(int(failed))
    )
    case = ElementTree.SubElement(suite, "testcase", classname="sockscope.check", name=name)
    if failed:
        first, *rest = lines(verdict)
        failure = ElementTree.SubElement(case, "failure", message=_printable(first))
        failure.text = _printable("\n".join(rest))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n")


def as_github(verdict: Verdict) -> str:
    """The verdict as an annotation of a GitHub workflow; nothing where the programs held."""
    if verdict.word == HELD:
        return ""
    found = witness(verdict.broken) if verdict.broken is not None else None
    where = f" file={found.call.file},line={found.call.line}" if found is not None else ""
    text = "%0A".join(line.replace("%", "%25").strip() for line in lines(verdict))
    return f"::error{where}::{text}"


_TEST = """\
{first}

import os
import subprocess
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), {folder!r})


def test_a_plan_that_broke_them():
    words = {words!r}
    done = subprocess.run(
        [sys.executable, "-m", "sockscope", "check", *words],
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
"""

TEST_BEGINS = '"""The programs hold when TCP cuts their bytes as it once broke them."""'


def as_test(plan: Plan, programs: Sequence[str], folder: str) -> str:
    """A test for pytest of just this plan; of all plans where there are no flags for it.

    ``folder`` is where the programs are named from, as seen from the test's own.
    """
    words = [*programs, *_flags(plan)]
    return _TEST.format(first=TEST_BEGINS, words=words, folder=folder)


def _flags(plan: Plan) -> Iterator[str]:
    """The flags of ``check`` that try this plan alone."""
    for flag, cuts in (("--cut", plan.cuts), ("--short", plan.shorts)):
        for name, at in cuts.items():
            if at:
                yield from (flag, f"{name}:{','.join(map(str, at))}")
    for name in plan.held:
        yield from ("--merge", name)
    if plan.dies is not None:
        name, end = plan.dies
        yield from ("--die", f"{name}:{end}")
