"""``sockscope demo`` on the command line: the list, and what it writes without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import sockscope
from sockscope.demos.catalog import demos


def test_without_a_name_it_lists_them() -> None:
    done = sockscope("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        d.name for d in demos().lessons
    ]


def test_a_picture_shows_the_caption_and_is_the_same_again(tmp_path: Path) -> None:
    pictures = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for picture in pictures:
        done = sockscope("demo", "2", "--svg", str(picture), "--at", "13", "--size", "80x24")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first, second = (picture.read_text(encoding="utf-8") for picture in pictures)
    assert "all&#160;you&#160;allowed" in first
    assert first == second


def test_a_recording_has_every_frame(tmp_path: Path) -> None:
    recording = tmp_path / "demo.cast"
    done = sockscope("demo", "deadlock", "--cast", str(recording), "--size", "80x24")
    assert done.returncode == 0, done.stderr
    text = recording.read_text(encoding="utf-8")
    for step in demos().find("6").steps:
        assert step.title in text


@pytest.mark.parametrize(
    ("form", "part"),
    [("ladder", 'send(b"HELLO'), ("mermaid", "sequenceDiagram"), ("html", "<section")],
)
def test_texts_go_to_standard_output(form: str, part: str) -> None:
    done = sockscope("demo", "8", f"--{form}", "-")
    assert done.returncode == 0, done.stderr
    assert part in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing"], "'nothing' is no demo: there are 01-conversation, "),
        (["--svg", "x.svg"], "which demo?  `sockscope demo` lists them"),
        (["1", "--svg", "x.svg", "--at", "999"], "--at should be a position from 1 to "),
        (["1", "--at", "3"], "--at goes with --svg, --png or --cast"),
        (["1"], "this is no terminal: add --ladder - for plain text"),
    ],
)
def test_bad_arguments_are_told_in_one_line(arguments: list[str], complaint: str) -> None:
    done = sockscope("demo", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"sockscope: {complaint}")
    assert done.stderr.count("\n") == 1
