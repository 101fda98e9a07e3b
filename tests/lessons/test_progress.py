"""Progress outlives crashes, garbage, other apps, and folders that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sockscope.lessons.course import load_course
from sockscope.lessons.progress import (
    BEGAN,
    BEGUN,
    DONE,
    FINISHED,
    PASSED,
    PREDICTED,
    RESET,
    Journal,
    Record,
)


def _predict(lesson: str, step: str, predicted: str = "6", happened: str = "16") -> Record:
    return Record(event=PREDICTED, lesson=lesson, step=step, predicted=predicted, happened=happened)


def test_what_was_written_is_there_for_the_next_app(tmp_path: Path) -> None:
    journal = Journal("course", tmp_path)
    assert journal.progress() == {}
    journal.write(Record(event=BEGAN, lesson="06"))
    journal.write(_predict("06", "one"))
    journal.write(Record(event=PASSED, lesson="06", step="one"))
    own = Journal("course", tmp_path).progress()["06"]
    assert own.status == BEGUN
    assert own.passed == {"one"}
    assert [p.predicted for p in own.predictions] == ["6"]
    assert own.predictions[0].time
    assert journal.problem is None


def test_the_next_step_is_the_first_that_was_not_passed(tmp_path: Path) -> None:
    lesson = load_course().find("6")
    journal = Journal("course", tmp_path)
    journal.write(Record(event=PASSED, lesson=lesson.name, step=lesson.steps[0].title))
    assert journal.progress()[lesson.name].next_step(lesson) == 1
    for step in lesson.steps:
        journal.write(Record(event=PASSED, lesson=lesson.name, step=step.title))
    assert journal.progress()[lesson.name].next_step(lesson) == 0


def test_done_stays_done_until_it_is_reset(tmp_path: Path) -> None:
    journal = Journal("course", tmp_path)
    for name in ("06", "07"):
        journal.write(Record(event=FINISHED, lesson=name))
    journal.write(Record(event=BEGAN, lesson="06"))
    assert journal.progress()["06"].status == DONE
    journal.write(Record(event=RESET, lesson="06"))
    assert set(journal.progress()) == {"07"}
    journal.write(Record(event=RESET))
    assert journal.progress() == {}


def test_garbage_is_passed_over_and_left_where_it_is(tmp_path: Path) -> None:
    journal = Journal("course", tmp_path)
    journal.write(Record(event=FINISHED, lesson="06"))
    garbage = b'\x00\xff\xfe\n[1]\n{"event": 7}\n' + b"[" * 100_000 + b'\n{"event": "beg'
    with journal.path.open("ab") as file:
        file.write(garbage)
    again = Journal("course", tmp_path)
    again.write(Record(event=FINISHED, lesson="07"))
    assert set(again.progress()) == {"06", "07"}
    assert again.problem is not None
    assert str(again.path) in again.problem
    assert "passed over" in again.problem
    assert garbage in again.path.read_bytes()


@pytest.mark.parametrize("spoil", ["file", "folder"])
def test_where_nothing_can_be_written_it_is_said_and_kept_in_memory(
    tmp_path: Path, spoil: str
) -> None:
    journal = Journal("course", tmp_path)
    if spoil == "file":
        (tmp_path / "lessons").write_text("in the way")
    else:
        journal.path.mkdir(parents=True)
    journal.write(Record(event=FINISHED, lesson="06"))
    assert journal.progress()["06"].status == DONE
    assert journal.problem is not None
    assert str(journal.path) in journal.problem
    assert "\n" not in journal.problem


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    journal = Journal("course", tmp_path)
    journal.path.parent.mkdir()
    journal.path.symlink_to("/dev/full")
    journal.write(Record(event=FINISHED, lesson="06"))
    assert journal.problem is not None
    assert "no space left on device" in journal.problem
    journal.path.unlink()
    assert journal.progress()["06"].status == DONE


WRITER = """
import sys
from pathlib import Path
from sockscope.lessons.progress import PASSED, Journal, Record
journal = Journal("course", Path(sys.argv[1]))
for number in range(100):
    journal.write(Record(event=PASSED, lesson="06", step=f"{sys.argv[2]} {number}"))
sys.exit(journal.problem)
"""


def test_two_apps_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name])
        for name in ("one", "two")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    journal = Journal("course", tmp_path)
    assert len(journal.progress()["06"].passed) == 200
    assert journal.problem is None
