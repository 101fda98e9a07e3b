"""``replay`` writes pictures, recordings and diagrams instead of opening a screen."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest

from running import sockscope


def test_a_picture_of_a_position_needs_nothing_from_elsewhere(trace: Path, tmp_path: Path) -> None:
    picture = tmp_path / "still.svg"
    done = sockscope("replay", str(trace), "--svg", str(picture), "--at", "1", "--size", "80x24")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = picture.read_text(encoding="utf-8")
    assert "1&#160;of&#160;" in text
    assert not re.search(r"url\((?!#)|@font-face|href", text)


def test_pixels_are_written(trace: Path, tmp_path: Path) -> None:
    picture = tmp_path / "still.png"
    done = sockscope("replay", str(trace), "--png", str(picture), "--theme", "light")
    assert done.returncode == 0, done.stderr
    octets = picture.read_bytes()
    assert octets.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", octets[16:24])
    assert width > 1000 < height + 500


def test_a_recording_shows_every_position(trace: Path, tmp_path: Path) -> None:
    recording = tmp_path / "talk.cast"
    done = sockscope("replay", str(trace), "--cast", str(recording), "--size", "80x24")
    assert done.returncode == 0, done.stderr
    header, *frames = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    times = [seconds for seconds, _, _ in frames]
    assert times == sorted(times)
    assert "PAST 1 of" in frames[0][2]
    assert "6 of the 16 bytes" in "".join(frame[2] for frame in frames)
    assert "[32m" not in frames[0][2]  # colours do not depend on a palette


@pytest.mark.parametrize("form", ["ladder", "mermaid", "html"])
def test_texts_go_to_standard_output(trace: Path, form: str) -> None:
    done = sockscope("replay", str(trace), f"--{form}", "-")
    assert done.returncode == 0, done.stderr
    assert "send(b" in done.stdout


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--svg", "x.svg", "--at", "99"], "--at should be a position from 1 to "),
        (["--svg", "x.svg", "--at", "0"], "--at should be a position from 1 to "),
        (["--at", "99"], "--at should be a position from 1 to "),
        (["--at", "0"], "--at should be a position from 1 to "),
        (["--at", "3"], "this is no terminal"),
        (["--headless", "--at", "3"], "--at goes with --svg, --png or --cast, or with the stage"),
        (["--ladder", "-", "--at", "3"], "--at goes with --svg, --png or --cast, or with the"),
        (["--at", "3", "--size", "80x24"], "--size goes with --svg, --png or --cast"),
        (["--ladder", "-", "--theme", "light"], "--theme goes with --svg, --png or --cast"),
        (["--svg", "no/such/folder/x.svg"], "cannot write no/such/folder/x.svg: no such file"),
        (["--svg", "x.svg", "--size", "big"], "--size: should be as in 120x40, is 'big'"),
        (["--svg", "x.svg", "--size", "9x9"], "--size: should be from 40x12 to 400x200"),
        (["--ladder", "-", "--html", "-"], "only one thing can be written to standard output"),
        (["--headless", "--svg", "x.svg"], "--svg shows no screen by itself"),
    ],
)
def test_what_cannot_be_written_is_said(
    trace: Path, tmp_path: Path, options: list[str], complaint: str
) -> None:
    done = sockscope("replay", str(trace), *options, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
