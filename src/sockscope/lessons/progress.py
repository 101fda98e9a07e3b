"""What the learner has done and predicted: plain text that outlives crashes.

One file for each course, JSON Lines: each line is one record, and records are only ever
appended, so a crash loses at most the line being written, and two apps at once lose
none.  A line that cannot be read is left where it is and passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ..memory import state_folder
from .lesson import Lesson

NEW, BEGUN, DONE = "new", "begun", "done"

BEGAN, PREDICTED, PASSED, FINISHED, RESET = "began", "predicted", "passed", "finished", "reset"

MAX_SIZE: Final = 50_000_000
"""Octets of a file that are read; a learner writes about a hundred for each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that the learner did.  ``lesson`` is empty where it concerns them all."""

    event: str
    lesson: str = ""
    step: str = ""
    question: str = ""
    predicted: str = ""
    happened: str = ""
    time: str = ""  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How far the learner has come with one lesson."""

    status: str = NEW
    passed: frozenset[str] = frozenset()
    predictions: tuple[Record, ...] = ()

    def next_step(self, lesson: Lesson) -> int:
        """The first step (from 0) that was not passed; 0 again once all were."""
        numbers = (i for i, s in enumerate(lesson.steps) if s.title not in self.passed)
        return next(numbers, 0)


UNTOUCHED: Final = LessonProgress()

Progress = Mapping[str, LessonProgress]
"""By the lesson's name; a lesson that was never begun is not in it."""


def after(progress: Progress, record: Record) -> Progress:
    """The progress after one more record."""
    if record.event == RESET:
        return {n: p for n, p in progress.items() if record.lesson not in ("", n)}
    old = progress.get(record.lesson, UNTOUCHED)
    status = DONE if DONE in (old.status, _STATUS.get(record.event)) else BEGUN
    new = replace(old, status=status)
    if record.event == PASSED:
        new = replace(new, passed=old.passed | {record.step})
    elif record.event == PREDICTED:
        new = replace(new, predictions=(*old.predictions, record))
    return {**progress, record.lesson: new}


_STATUS: Mapping[str, str] = {FINISHED: DONE}


def fold(records: Iterable[Record]) -> Progress:
    """The progress that all these records amount to."""
    progress: Progress = {}
    for record in records:
        progress = after(progress, record)
    return progress


# -- the file --------------------------------------------------------------------


class Journal:
    """The file of one course.  What cannot be kept is held in memory, and ``problem`` says so.

    ``problem`` is one line for the user, or None; nothing here raises.
    """

    def __init__(self, key: str, folder: Path | None = None) -> None:
        self.path = (folder or state_folder()) / "lessons" / f"{key}.jsonl"
        self.problem: str | None = None
        self._unkept: list[Record] = []

    def records(self) -> list[Record]:
        """Everything that was recorded, by this app or another one."""
        try:
            with self.path.open("rb") as file:
                text = file.read(MAX_SIZE)
        except FileNotFoundError:
            text = b""
        except OSError as error:
            self.problem = f"cannot read {self.path}: {_reason(error)}"
            text = b""
        lines = text.splitlines()
        records = [record for record in map(_record, lines) if record is not None]
        garbage = len([line for line in lines if line.strip()]) - len(records)
        if garbage:
            self.problem = f"{self.path}: {garbage} lines are no records and were passed over"
        return [*records, *self._unkept]

    def progress(self) -> Progress:
        """How far the learner has come."""
        return fold(self.records())

    def write(self, record: Record) -> None:
        """Append one record, with the time of now."""
        record = replace(record, time=datetime.now(UTC).isoformat(timespec="seconds"))
        line = json.dumps({k: v for k, v in asdict(record).items() if v}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _append(self.path, line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            self.problem = f"progress is not kept: cannot write {self.path}: {_reason(error)}"
            self._unkept.append(record)


def _append(path: Path, line: bytes) -> None:
    """One whole line, on the disk, after whatever another app or a crash left there."""
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        size = os.fstat(fd).st_size
        cut_off = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        data = (b"\n" if cut_off else b"") + line + b"\n"
        if os.write(fd, data) < len(data):
            os.ftruncate(fd, size)
            raise OSError(28, "no space left on device")
        os.fsync(fd)
    finally:
        os.close(fd)


def _record(line: bytes) -> Record | None:
    """The record of one line, or None where it is none."""
    try:
        values: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not isinstance(values.get("event"), str):
        return None
    known = {f.name for f in fields(Record)}
    return Record(**{k: str(v) for k, v in values.items() if k in known})


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
