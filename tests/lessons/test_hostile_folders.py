"""A folder that is broken or hostile gives one clear line, and the others stay usable."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import CLIENT, PROGRAMS, QUESTION, SERVER, STEP, STRUCTURE, TEXT, write_lesson

from sockscope.lessons.course import load_course
from sockscope.lessons.lesson import LessonError
from sockscope.lessons.loader import load
from sockscope.lessons.verify import verify


def _spoilt(tmp_path: Path, old: str, new: str) -> Path:
    assert old in STRUCTURE
    return write_lesson(tmp_path / "01-spoilt", STRUCTURE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes = 5", "minutes = ", "not valid TOML"),
        ("minutes = 5", "minutes = 5\nauthor = 'me'", "author: unknown key"),
        ("minutes = 5", "minutes = 'five'", "minutes: should be a whole number"),
        ("minutes = 5", "", "minutes: missing"),
        ("minutes = 5", "minutes = 5\ngoals = [1]", "goals: should be a list of tables"),
        ("claims =", "clams =", "steps 1: clams: unknown key"),
        ("server.py", "nowhere.py", "programs 1: file: "),
        ("server.py", "../server.py", "is not in the lesson's own folder"),
        ("server.py", "/etc/passwd", "is not in the lesson's own folder"),
        ("server.py", "..", "is not in the lesson's own folder"),
        ('name = "client"', 'name = "server"', "each with a name of its own"),
        ('name = "client"', 'name = "A b"', "should be a small word"),
        ("client:send#1", "clinet:send#1", "no program is called 'clinet'"),
        ("client:send#1", "client send", "setup: "),
        ("== b'Hi'", "=== b'Hi'", "steps 1: claims: "),
        ("server:recv#1.bytes", "__import__('os')", "steps 1: question: key: "),
        ('"number"', '"essay"', "kind: should be one of choice, number"),
        ("answer = 2", 'answer = "two"', "answer: a whole number, such as 16"),
        ('play = ["server:recv#1"]', "", "play: missing"),
        ('title = "Hello"', 'title = "Goodbye"', "section 1 is 'Hello', not 'Goodbye'"),
        ("Count them.", "Count {nobody:recv#1.data}.", "no program is called 'nobody'"),
    ],
)
def test_one_line_names_file_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = _spoilt(tmp_path, old, new)
    with pytest.raises(LessonError) as caught:
        load(folder)
    line = str(caught.value)
    assert told in line
    assert str(folder) in line
    assert "\n" not in line


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write_lesson(tmp_path / "01-link")
    (tmp_path / "elsewhere.py").write_text(SERVER)
    (folder / "server.py").unlink()
    (folder / "server.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(LessonError, match="not in the lesson's own folder"):
        load(folder)


def test_an_answer_that_is_none_of_the_options_is_refused(tmp_path: Path) -> None:
    question = """\
[steps.question]
kind = "choice"
ask = "What will come?"
answer = "c"
[[steps.question.options]]
text = "octets"
when = "server:recv#1.bytes > 0"
[[steps.question.options]]
text = "nothing"
when = "server:recv#1.bytes == 0"
"""
    folder = write_lesson(tmp_path / "01-options", PROGRAMS + STEP + question)
    with pytest.raises(LessonError, match="answer: one letter, a to b"):
        load(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\x1b]0;owned\x07" + TEXT, "control character"),
        (TEXT.replace("## Recap", "## Rest"), "section 2 is 'Rest'"),
        (TEXT.replace("recv#1.bytes", "recv#1.byes"), "Hello: "),
        ("words\n" + TEXT, "text above the first"),
        ("x" * 200_000, "longer than"),
        ("", "0 sections, not 2"),
    ],
)
def test_prose_is_checked(tmp_path: Path, text: str, told: str) -> None:
    folder = write_lesson(tmp_path / "01-prose", text=text)
    with pytest.raises(LessonError, match=told) as caught:
        load(folder)
    assert "lesson.md" in str(caught.value)


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    folder = write_lesson(tmp_path / "01-no-text")
    (folder / "lesson.md").unlink()
    with pytest.raises(LessonError, match=r"lesson\.md: no such file"):
        load(folder)


def test_the_rest_of_the_course_stays_usable(tmp_path: Path) -> None:
    write_lesson(tmp_path / "01-sound")
    write_lesson(tmp_path / "02-broken", "title =")
    write_lesson(tmp_path / "03-sound")
    course = load_course(tmp_path)
    assert [lesson.name for lesson in course.lessons] == ["01-sound", "03-sound"]
    (problem,) = course.problems
    assert "02-broken" in problem


def test_a_folder_without_lessons_says_so(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no lesson here"):
        load_course(tmp_path)
    with pytest.raises(LessonError, match="no such file"):
        load_course(tmp_path / "nowhere")


async def test_a_sound_lesson_has_nothing_wrong(tmp_path: Path) -> None:
    assert await verify(load(write_lesson(tmp_path / "01-sound")), runs=2) == []


async def test_steps_without_a_question_need_no_recap(tmp_path: Path) -> None:
    text = TEXT.partition("## Recap")[0]
    lesson = load(write_lesson(tmp_path / "greeting", PROGRAMS + STEP, text))
    assert lesson.steps[0].question is None
    assert not lesson.recap
    assert await verify(lesson, runs=1) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("answer = 2", "answer = 3", "the lesson says '3', the kernel '2'"),
        ("== b'Hi'", "== b'Ho'", "is not so"),
        ("recv#1.data == b'Hi'", "recv#9.data == none", "server:recv#9: no such call"),
        ('play = ["server:recv#1"]', 'play = ["server:recv#9"]', "ended without making this call"),
        ("recv#1 is next", "recv#1 blocks", "ended without blocking"),
    ],
)
async def test_what_the_kernel_does_not_confirm_is_told(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    problems = await verify(load(_spoilt(tmp_path, old, new)), runs=1, deadline=10)
    assert any(told in problem for problem in problems), problems


async def test_a_figure_bound_to_nothing_is_told(tmp_path: Path) -> None:
    text = TEXT.replace("The client has spoken.", "The client has sent 2 octets.")
    problems = await verify(load(write_lesson(tmp_path / "01-figure", text=text)), runs=1)
    assert any("'2' is bound to no observation" in problem for problem in problems)


async def test_a_file_that_nothing_lists_is_told(tmp_path: Path) -> None:
    folder = write_lesson(tmp_path / "01-extra")
    (folder / "extra.py").write_text(CLIENT)
    problems = await verify(load(folder), runs=1)
    assert any("extra.py: not listed" in problem for problem in problems)


@pytest.mark.parametrize("server", ["while True: pass\n", "import time\ntime.sleep(1000)\n"])
async def test_an_endless_program_is_given_up(tmp_path: Path, server: str) -> None:
    lesson = load(write_lesson(tmp_path / "01-endless", server=server))
    (problem,) = await verify(lesson, runs=1, deadline=1)
    assert "not within 1 s" in problem
    assert "server" in problem


async def test_markup_in_prose_is_text(tmp_path: Path) -> None:
    markup = "[@click=app.quit]here[/] <script>alert()</script>"
    text = TEXT.replace("The client has spoken.", markup)
    lesson = load(write_lesson(tmp_path / "01-markup", PROGRAMS + STEP + QUESTION, text))
    assert lesson.steps[0].before.parts == (markup,)
