"""The demos that come with sockscope: the kernel plays along, and the captions fit."""

from __future__ import annotations

import textwrap

import pytest

from sockscope.demos.catalog import CONTENT, demos, find
from sockscope.demos.showing import Take, take
from sockscope.lessons.lesson import Lesson, LessonError
from sockscope.lessons.verify import verify
from sockscope.trace.history import History
from sockscope.trace.words import call_text, result_text

DEMOS = demos().lessons
each = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)


def test_nothing_is_wrong_with_any_folder() -> None:
    assert demos().problems == ()
    assert len(DEMOS) == 8
    assert {demo.folder.parent for demo in DEMOS} == {CONTENT}


@each
async def test_the_kernel_plays_along(demo: Lesson) -> None:
    assert await verify(demo, runs=2) == []
    assert all(step.claims and step.question is None for step in demo.steps)


def shown(taken: Take) -> list[object]:
    """What a viewer sees of each frame, and of the calls up to it."""
    history = History(taken.events)
    return [
        (frame.step, frame.caption, [f"{call_text(c)} {result_text(c)}" for c in state.calls])
        for frame in taken.frames
        for state in [history.at(frame.position)]
    ]


@each
async def test_every_take_shows_the_same_and_its_captions_fit(demo: Lesson) -> None:
    first, second = await take(demo), await take(demo)
    assert shown(first) == shown(second)
    assert {frame.step for frame in first.frames} == set(range(len(demo.steps)))
    for frame in first.frames:
        assert len(textwrap.wrap(frame.caption, 76)) <= 3, frame.caption
        assert "…" not in frame.caption


def test_a_demo_is_found_by_name_or_number() -> None:
    assert find("6").name == find("deadlock").name == "06-deadlock"
    with pytest.raises(LessonError, match="'nothing' is no demo: there are 01-conversation"):
        find("nothing")
