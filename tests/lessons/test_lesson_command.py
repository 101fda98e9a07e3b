"""``sockscope lesson`` without a screen: --list, --verify, --report, --reset, --course."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import STRUCTURE, write_lesson

from sockscope.cli import main
from sockscope.lessons.course import CONTENT, Course, load_course
from sockscope.lessons.progress import FINISHED, PREDICTED, Journal, Record

COURSE = Path(__file__).parent / "course"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def _lesson(*words: str) -> int:
    """The exit status of ``sockscope lesson`` with these words."""
    with pytest.raises(SystemExit) as ended:
        main(["lesson", *words])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def _finished(course: Course, name: str) -> None:
    Journal(course.key).write(Record(event=FINISHED, lesson=name))


def test_the_list_has_every_lesson_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    _finished(load_course(), "06-recv-answers")
    assert _lesson("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[4:].split()[0] for line in lines] == sorted(
        folder.name for folder in CONTENT.iterdir() if folder.name[0].isdigit()
    )
    assert [line[:3] for line in lines] == ["[ ]"] * 5 + ["[x]"] + ["[ ]"] * 12


def test_a_report_has_each_prediction_beside_what_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = Record(
        event=PREDICTED, lesson="06-recv-answers", step="The rest", predicted="a", happened="b"
    )
    Journal(load_course().key).write(record)
    assert _lesson("--report") == 0
    out = capsys.readouterr().out
    assert "06-recv-answers: begun, 0 of 5 steps, 0 of 1 predictions right" in out
    assert "The rest: predicted a, happened b: wrong" in out


def test_reset_forgets_one_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    course = load_course()
    for name in ("01-two-kinds", "02-bind", "03-listen"):
        _finished(course, name)
    assert _lesson("--reset", "2") == 0
    assert set(Journal(course.key).progress()) == {"01-two-kinds", "03-listen"}
    assert _lesson("--reset") == 0
    assert Journal(course.key).progress() == {}
    assert capsys.readouterr().out == "forgotten: 02-bind\nforgotten: all lessons\n"


def test_another_course_has_progress_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    _finished(load_course(COURSE), "01-letters")
    assert _lesson("--list", "--course", str(COURSE)) == 0
    assert _lesson("--list") == 0
    assert capsys.readouterr().out.count("[x]") == 1


def test_a_course_written_from_the_docs_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert _lesson("--verify", "--course", str(COURSE)) == 0
    told = capsys.readouterr()
    assert told.out.startswith("yes  01-letters")
    assert "run as you" in told.err


def test_a_broken_lesson_is_told_and_the_others_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(tmp_path / "course" / "01-sound")
    write_lesson(tmp_path / "course" / "02-broken", STRUCTURE + "colour = 'red'\n")
    assert _lesson("--list", "--course", str(tmp_path / "course")) == 1
    told = capsys.readouterr()
    assert "01-sound" in told.out
    (line,) = told.err.splitlines()
    assert "02-broken/lesson.toml" in line
    assert "colour: unknown key" in line


@pytest.mark.parametrize("words", [["--verify", "nowhere"], ["--list", "--course", "/nowhere"]])
def test_what_is_not_there_gets_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _lesson(*words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "nowhere" in line
