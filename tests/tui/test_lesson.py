"""Lessons on the stage, by the keys that the screen names."""

from __future__ import annotations

from pathlib import Path

import pytest
from learning import learning, lesson
from textual.widgets import OptionList

from sockscope.lessons.course import load_course
from sockscope.lessons.loader import load
from sockscope.lessons.progress import BEGUN, DONE, FINISHED, PREDICTED, Journal, Record
from sockscope.lessons.sitting import ASKED, SHOWN
from sockscope.tui.lesson_app import LessonApp
from sockscope.tui.lesson_list import OWN_COURSE, LessonList

RECV = "06-recv-answers"


@pytest.mark.parametrize("name", ["1", "6", "10"])
async def test_a_lesson_from_its_first_step_to_the_recap_in_a_small_terminal(
    tmp_path: Path, name: str
) -> None:
    async with learning(lesson(name), tmp_path) as learner:
        guesses = await learner.to_recap()
        assert all(goal.text in learner.sitting.reached for goal in learner.sitting.lesson.goals)
        assert "the end of this lesson" in learner.page
        await learner.read()
        await learner.press("space")
        assert learner.app.return_code == LessonApp.NEXT
    own = Journal("course", tmp_path).progress()[lesson(name).name]
    assert own.status == DONE
    assert len(own.predictions) == guesses
    assert all(p.predicted == p.happened for p in own.predictions)


async def test_a_wrong_guess_is_shown_beside_what_happened_and_blocks_nothing(
    tmp_path: Path,
) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        await learner.guess("no")
        assert "Not so" in learner.page
        assert "it does not block" in learner.page
        assert "recv(16) blocked" in learner.page
        await learner.press("space")
        assert learner.sitting.number == 1
    (prediction,) = Journal("course", tmp_path).progress()[RECV].predictions
    assert (prediction.predicted, prediction.happened) == ("no", "yes")


async def test_hints_come_one_at_a_time(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        hints = learner.question.hints
        assert "Hint" not in learner.page
        for number in range(1, len(hints) + 1):
            await learner.press("h")
            assert learner.page.count("> Hint ") == number
        await learner.press("h")
        assert "no other hint" in learner.told


async def test_a_skipped_question_is_no_prediction(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        await learner.press("s")
        assert learner.sitting.phase == SHOWN
        assert "What the kernel did: it blocks" in learner.page
    records = Journal("course", tmp_path).records()
    assert PREDICTED not in [record.event for record in records]


async def test_an_answer_of_the_wrong_kind_says_what_would_be_right(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        await learner.press("c")
        assert "c is no answer" in learner.told
        await learner.press("enter")
        assert learner.sitting.phase == ASKED
        await learner.press("s", "space")
        await learner.press("enter")
        await learner.type("b'unfinished")
        assert learner.sitting.phase == SHOWN or "octets" in str(learner.app.screen.query("#note"))


async def test_where_it_depends_two_runs_are_shown(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path, (120, 40)) as learner:
        while not learner.question.may_depend:
            await learner.press("s", "space")
        await learner.press("d")
        assert "Right" in learner.page
        assert "run 1" in learner.page
        assert "run 2" in learner.page


async def test_going_on_needs_an_answer_first(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path, (120, 40)) as learner:
        await learner.press("space")
        assert "Answer first" in learner.told
        await learner.press("1")
        assert "press x" in learner.told


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_exploring_and_coming_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async with learning(lesson(RECV), tmp_path, size) as learner:
        await learner.press("s", "space")
        before = learner.page
        calls = len(learner.app.history.latest.calls)
        await learner.press("x")
        assert "The programs are yours" in learner.page
        await learner.press("2", "1", "2")
        assert len(learner.app.history.latest.calls) > calls
        await learner.press("l")
        assert learner.page == before
        assert len(learner.app.history.latest.calls) == calls
        await learner.guess(learner.question.reference)
        assert "Right" in learner.page


async def test_a_goal_that_is_reached_while_exploring_stays_reached(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        await learner.press("x", "1", "l")
        assert "Make one recv() wait" in learner.told
        assert "Make one recv() wait" in learner.sitting.reached


async def test_who_comes_back_goes_on_where_they_were(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        await learner.press("s", "space")
        await learner.press("s")
    assert Journal("course", tmp_path).progress()[RECV].status == BEGUN
    async with learning(lesson(RECV), tmp_path) as learner:
        assert learner.sitting.number == 2
        assert learner.sitting.phase == ASKED
        await learner.guess(learner.question.reference)
        assert "Right" in learner.page


async def test_two_apps_at_once_lose_nothing(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as one, learning(lesson("1"), tmp_path) as other:
        await one.press("s")
        await other.press("s")
        await one.press("space", "s")
    progress = Journal("course", tmp_path).progress()
    assert len(progress[RECV].passed) == 2
    assert len(progress[lesson("1").name].passed) == 1


async def test_a_state_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "lessons").write_text("a file in the way")
    async with learning(lesson(RECV), tmp_path) as learner:
        assert "progress is not kept" in learner.told
        await learner.press("s")
        assert learner.sitting.phase == SHOWN


HOSTILE = """
title = "[red]Hostile[/red]"
summary = "x"
minutes = 5
[[programs]]
name = "one"
file = "one.py"
[[steps]]
title = "Only [b]step"
play = ["one:socket#1", "one:bind#1"]
[steps.question]
kind = "blocks"
ask = "Does `bind()` block? [link=x]no[/link]"
key = "one:bind#1.blocked"
answer = false
hints = ["[bold]hint"]
"""

TEXT = "## Only [b]step\n\n[red]prose[/red] <b>x</b>\n\n## Recap\n\nover\n"


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import sys; sys.exit(3)\n", "ended without making this call"),
        ("raise RuntimeError('[red]boom')\n", "ended without making this call"),
    ],
)
async def test_a_program_that_dies_is_told_and_nothing_hangs(
    tmp_path: Path, program: str, problem: str
) -> None:
    folder = tmp_path / "01-hostile"
    folder.mkdir()
    (folder / "lesson.toml").write_text(HOSTILE)
    (folder / "lesson.md").write_text(TEXT)
    (folder / "one.py").write_text(program)
    async with learning(load(folder), tmp_path) as learner:
        assert problem in learner.page
        await learner.press("ctrl+r")
        assert problem in learner.page


async def test_markup_in_a_lesson_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    folder = tmp_path / "01-hostile"
    folder.mkdir()
    (folder / "lesson.toml").write_text(HOSTILE)
    (folder / "lesson.md").write_text(TEXT)
    (folder / "one.py").write_text(
        "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.close()\n"
    )
    async with learning(load(folder), tmp_path) as learner:
        for text in ("[red]prose[/red]", "[link=x]no[/link]", "Only [b]step"):
            assert text in learner.shown
        await learner.press("h")
        assert "[bold]hint" in learner.shown
        await learner.press("n")
        assert "Right" in learner.shown


async def test_the_list_names_what_is_done_and_what_is_next(tmp_path: Path) -> None:
    course, journal = load_course(), Journal("course", tmp_path)
    journal.write(Record(event=FINISHED, lesson=course.lessons[0].name))
    app = LessonList(course, journal)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        listed = app.query_one(OptionList)
        assert "done" in str(listed.get_option_at_index(0).prompt)
        assert "next" in str(listed.get_option_at_index(1).prompt)
        await pilot.press("enter")
    assert app.return_value == course.lessons[1].name


async def test_progress_is_forgotten_only_when_it_is_meant(tmp_path: Path) -> None:
    course, journal = load_course(), Journal("course", tmp_path)
    for known in course.lessons[:2]:
        journal.write(Record(event=FINISHED, lesson=known.name))
    app = LessonList(course, journal)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("R", "escape")
        assert len(journal.progress()) == 2
        await pilot.press("home", "r", "enter")
        assert list(journal.progress()) == [course.lessons[1].name]
        await pilot.press("R", "enter")
        assert not journal.progress()


async def test_a_course_of_ones_own_is_warned_of_and_names_what_is_broken(tmp_path: Path) -> None:
    for name, text in (("01-good", HOSTILE), ("02-bad", "title = ")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "lesson.toml").write_text(text)
        (folder / "lesson.md").write_text(TEXT)
        (folder / "one.py").write_text("")
    course = load_course(tmp_path)
    app = LessonList(course, Journal(course.key, tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        about = str(app.query_one("#about").render())
    assert OWN_COURSE in about
    assert "cannot be used" in about
    assert "02-bad" in about


async def test_nothing_is_left_running_after_a_lesson(tmp_path: Path) -> None:
    async with learning(lesson(RECV), tmp_path) as learner:
        pids = [process.pid for process in learner.app.history.latest.processes.values()]
        assert pids
    assert not living(pids)


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]
