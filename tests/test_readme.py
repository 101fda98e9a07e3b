"""What the README says is true: its commands run, its picture is there."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from running import free_port

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
EXPORTS = {"--ladder", "--html", "--mermaid", "--svg", "--png", "--cast"}
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the programs that the README speaks of."""
    bundled = resources.files("sockscope.programs")
    for name in ("server.py", "client.py"):
        shutil.copy(str(bundled / name), tmp_path / name)
    return tmp_path


def test_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_links_lead_somewhere() -> None:
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", README)
    assert all((ROOT / link).exists() for link in links)


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [command.split()[1] for command in COMMANDS if command.startswith("make ")]
    assert {"run", "test"} <= set(targets)
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_every_command_is_run_by_a_test() -> None:
    played = ("sockscope demo", "sockscope serve")  # tests/test_pages.py, tests/serve
    elsewhere = ("sockscope explore", "sockscope lesson", *played)  # tests/tui, tests/lessons
    known = ("make ", "sockscope run", "sockscope replay", "sockscope doctor", *elsewhere)
    assert [command for command in COMMANDS if not command.startswith(known)] == []


def headless(command: str, port: int) -> list[str]:
    """The command as a test can run it: without a screen, and at a free port."""
    words = shlex.split(command.replace("8000", str(port)))[1:]
    if not EXPORTS & set(words):
        words = [words[0], "--headless", *(word for word in words[1:] if word != "--headless")]
    ported = {name: f"{name} {port}" for name in ("server.py", "client.py")}
    return [sys.executable, "-m", "sockscope", *(ported.get(word, word) for word in words)]


def test_commands_run_in_their_order(folder: Path) -> None:
    port = free_port()
    commands = [c for c in COMMANDS if c.startswith(("sockscope run", "sockscope replay"))]
    assert len(commands) >= 5
    for command in commands:
        done = subprocess.run(
            headless(command, port), cwd=folder, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, (command, done.stderr)
        shown = (
            done.stdout or (folder / "talk.mmd").read_text() or (folder / "talk.svg").read_text()
        )
        assert "recv(16)" in shown, command
