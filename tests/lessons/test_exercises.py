"""The lessons on framing end with a loop of the zoo to mend."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from sockscope.check.zoo import animals
from sockscope.cli import main

CONTENT = files("sockscope.lessons") / "content"
EXERCISE = re.compile(r"`sockscope (check --zoo (\S+) --copy (\S+))`")


@pytest.mark.parametrize("lesson", ["07-recv-loop", "09-framing", "10-http-by-hand"])
def test_the_recap_gives_an_exercise(
    lesson: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recap = (CONTENT / lesson / "lesson.md").read_text(encoding="utf-8").partition("## Recap")[2]
    ((command, animal, folder),) = EXERCISE.findall(recap)
    assert animal in {known.name for known in animals()}
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as raised:
        main(command.split())
    assert raised.value.code == 0
    assert (tmp_path / folder).is_dir()
