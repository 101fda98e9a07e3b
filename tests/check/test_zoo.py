"""Every wrong receive loop is caught, and every right one holds.

``SOCKSCOPE_PLANS`` is how many plans a right form has to stand (a few unless it is set).
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from sockscope.check.command import check
from sockscope.check.report import BROKEN, HELD
from sockscope.check.witness import witness
from sockscope.check.zoo import Animal, animals, copy
from sockscope.tracer.programs import parse

PLANS = int(os.environ.get("SOCKSCOPE_PLANS", "8"))
ANIMALS = animals()


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
def test_a_wrong_loop_is_caught_and_the_plan_made_small(animal: Animal) -> None:
    verdict = check(parse(animal.programs), budget=200)
    assert verdict.word == BROKEN
    assert verdict.broken is not None
    assert verdict.broken.plan.dies or 1 <= verdict.broken.plan.count <= 2
    found = witness(verdict.broken)
    assert found is not None
    assert found.call.proc == "server"


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
def test_a_right_loop_holds(animal: Animal) -> None:
    verdict = check(parse(animal.right_programs), budget=PLANS)
    assert verdict.word == HELD, verdict
    assert verdict.tried == PLANS


def test_the_zoo_is_what_was_promised() -> None:
    assert len(ANIMALS) >= 15
    assert all(animal.mistake.endswith(".") for animal in ANIMALS)


def test_a_copy_is_mended_and_then_holds(tmp_path: Path) -> None:
    (animal,) = (animal for animal in ANIMALS if animal.name == "no-loop")
    words = copy(animal.name, tmp_path)
    assert check(parse(words), budget=1).word == BROKEN
    right = shlex.split(animal.right_programs[0].partition("=")[2])[0]
    (tmp_path / "server.py").write_text(Path(right).read_text())
    assert check(parse(words), budget=8).word == HELD
    with pytest.raises(FileExistsError):
        copy(animal.name, tmp_path)
