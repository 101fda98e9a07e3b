"""Where a program begins in the command line of Python: as Python itself reads it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockscope.tracee.command_line import CODE, MODULE, SCRIPT, Command, split

OPTIONS = [
    [],
    ["-u"],
    ["-sE"],
    ["-W", "ignore"],
    ["-Wignore"],
    ["-OW", "ignore"],
    ["-X", "dev"],
    ["-Xutf8"],
    ["--check-hash-based-pycs", "never"],
]
PROBE = "import sys, json; print(json.dumps([sys.argv, sys.flags.optimize, sys.warnoptions]))"


@given(st.lists(st.sampled_from(OPTIONS), max_size=4), st.lists(st.text(max_size=5), max_size=3))
def test_options_end_where_the_program_begins(
    options: list[list[str]], arguments: list[str]
) -> None:
    before = [word for option in options for word in option]
    for words, kind in ((["app.py"], SCRIPT), (["-m", "app"], MODULE), (["-c", "1"], CODE)):
        program = [words[-1], *arguments]
        assert split([*before, *words, *arguments]) == (before, kind, program)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["-mapp", "x"], ([], MODULE, ["app", "x"])),
        (["-uc", "1", "-c"], (["-u"], CODE, ["1", "-c"])),
        (["-c1"], ([], CODE, ["1"])),
        (["--", "-odd.py", "-m"], ([], SCRIPT, ["-odd.py", "-m"])),
    ],
)
def test_what_stands_together_is_taken_apart(
    words: list[str], found: tuple[list[str], str, list[str]]
) -> None:
    assert split(words) == found


@pytest.mark.parametrize(
    "words", [[], ["-"], ["-u"], ["-i", "app.py"], ["-V"], ["--help"], ["-m"], ["-X", "importtime"]]
)
def test_what_runs_no_program_or_speaks_of_itself_is_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match="python"):
        split(words)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(OPTIONS), max_size=3), st.sampled_from(["-c", "-Oc", "-uOOc"]))
def test_python_reads_the_parts_as_it_reads_the_whole(options: list[list[str]], code: str) -> None:
    words = [*(word for option in options for word in option), code, PROBE, "-x"]
    parts, kind, program = split(words)
    whole, apart = (
        json.loads(subprocess.check_output([sys.executable, *given]))
        for given in (words, [*parts, kind, *program])
    )
    assert whole == apart


def test_only_python_that_can_be_entered_is_taken_for_it() -> None:
    assert Command(sys.executable, ["python", "x.py"], "").program == [SCRIPT, "x.py"]
    for other in ("/bin/sh", "/bin/true", "/nowhere"):
        with pytest.raises(ValueError, match="it is no Python that can be entered"):
            Command(other, [other, "x.py"], "")
