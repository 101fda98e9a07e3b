"""The verdict, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ..trace.names import RECEIVES, SENDS
from .outcome import ShortCall, short_calls
from .plans import Plan
from .search import Broken

HELD, BROKEN, UNSURE, INTERRUPTED = "held", "broken", "not deterministic", "interrupted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check came out: after how many plans, and what broke the programs, if any did.

    ``reason`` is one line, where the programs differ by themselves or hang uncut.
    """

    word: str
    tried: int
    broken: Broken | None = None
    reason: str = ""
    interrupted: bool = False


def cut_call(broken: Broken) -> ShortCall | None:
    """The call that the last cut made short."""
    found = [
        call
        for names, cuts in ((RECEIVES, broken.plan.cuts), (SENDS, broken.plan.shorts))
        for call in short_calls(broken.ran.events, names)
        if call.end in cuts.get(call.proc, ())
    ]
    return found[-1] if found else None


def lines(verdict: Verdict, trace: str | None) -> Iterator[str]:
    """The verdict as text."""
    how_far = f"{verdict.tried} ways to cut the same bytes"
    if verdict.word == UNSURE:
        yield f"not deterministic, even uncut: {verdict.reason}"
        yield "what may vary can be left out with --ignore REGEX"
    elif verdict.broken is None and verdict.word == BROKEN:
        yield f"broken, even uncut: {verdict.reason}"
    elif verdict.word == INTERRUPTED and not verdict.tried:
        yield "interrupted before anything was cut: nothing is known yet"
    elif verdict.broken is None:
        yield f"held so far: {how_far}, interrupted" if verdict.interrupted else f"held: {how_far}"
    else:
        yield from _broken(verdict.broken)
        if verdict.interrupted:
            yield "  interrupted: less than that may break it too"
        if trace:
            yield f"  see it: sockscope replay {trace}"


def _broken(broken: Broken) -> Iterator[str]:
    yield f"broken: {broken.plan}"
    call = cut_call(broken)
    if call is not None:
        offered = call.name in SENDS
        yield (
            f"  {_place(call)}: {call.name}({call.asked}{' bytes' * offered}) "
            f"{'took' if offered else 'gave'} {call.moved} "
            f"byte{'s' * (call.moved != 1)}, and {call.proc} took that for everything"
        )
    for difference in broken.differences:
        yield f"  {difference}"


def _place(call: ShortCall) -> str:
    return f"{Path(call.file).name if call.file else call.proc}:{call.line}"


def as_json(verdict: Verdict, trace: str | None) -> str:
    """The verdict as one JSON object."""
    told: dict[str, Any] = {"verdict": verdict.word, "plans": verdict.tried}
    if verdict.reason:
        told["reason"] = verdict.reason
    if verdict.broken is not None:
        broken, call = verdict.broken, cut_call(verdict.broken)
        told |= {
            "plan": str(broken.plan),
            "cuts": {name: list(at) for name, at in broken.plan.cuts.items()},
            "short_sends": {name: list(at) for name, at in broken.plan.shorts.items()},
            "differences": list(broken.differences),
            "hang": broken.ran.outcome.hang or None,
            "trace": trace,
        }
        if call is not None:
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
        first, *rest = lines(verdict, None)
        failure = ElementTree.SubElement(case, "failure", message=_printable(first))
        failure.text = _printable("\n".join(rest))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n")


def as_github(verdict: Verdict) -> str:
    """The verdict as an annotation of a GitHub workflow; nothing where the programs held."""
    if verdict.word == HELD:
        return ""
    call = cut_call(verdict.broken) if verdict.broken is not None else None
    where = f" file={call.file},line={call.line}" if call is not None else ""
    text = "%0A".join(line.replace("%", "%25").strip() for line in lines(verdict, None))
    return f"::error{where}::{text}"


_TEST = '''"""The programs hold when TCP cuts their bytes as it once broke them."""

import subprocess
import sys


def test_a_cut_that_broke_them():
    words = {words!r}
    done = subprocess.run(
        [sys.executable, "-m", "sockscope", "check", *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
'''


def as_test(plan: Plan, programs: Sequence[str]) -> str:
    """A test for pytest that makes just these cuts; all plans where it was none of cuts."""
    words = [*programs]
    for flag, cuts in (("--cut", plan.cuts), ("--short", plan.shorts)):
        for name, at in cuts.items():
            words += [flag, f"{name}:{','.join(map(str, at))}"]
    return _TEST.format(words=words)
