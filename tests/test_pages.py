"""The docs are true: commands run, links lead somewhere, tables follow the code."""

from __future__ import annotations

import re
import shlex
import shutil
from importlib import resources
from pathlib import Path

import pytest

from reference import DOCS, PAGES
from running import free_port, sockscope

NAMES = (
    "README.md",
    "tutorial.md",
    "howto-own-program.md",
    "howto-half-message.md",
    "howto-class.md",
    "explanation.md",
)
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in NAMES}
COMMANDS = [
    (name, command)
    for name, text in TEXTS.items()
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for command in block.splitlines()
]
WITHOUT_SCREEN = ("--headless", "--ladder", "--svg", "--html", "--cast")
OPENED = ("sockscope", "sockscope serve demo 2")
"""What tests/test_terminals.py and tests/serve open."""


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_follows_the_code(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "make reference"


@pytest.mark.parametrize("name", [*NAMES, *PAGES])
def test_links_and_pictures_lead_somewhere(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (DOCS / link).exists(), link


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", TEXTS["README.md"]))
    assert linked == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


def folder_for(name: str, folder: Path, port: int) -> None:
    """Put the page's own programs into a folder, or those that come with sockscope."""
    written = re.findall(r"^```python\n# (\S+)\n(.*?)^```$", TEXTS[name], re.MULTILINE | re.DOTALL)
    for file, text in written:
        (folder / file).write_text(text.replace("1060", str(port)))
    if not written:
        bundled = resources.files("sockscope.programs")
        for file in ("server.py", "client.py"):
            shutil.copy(str(bundled / file), folder / file)


def words_of(name: str, command: str, port: int) -> list[str]:
    """The command's words, as a test can run them: without a screen, and at a free port."""
    words = shlex.split(command)[1:]
    if words[0] == "run" and "--headless" not in words:
        words[1:1] = ["--headless"]
    if words[0] == "demo" and not any(word in WITHOUT_SCREEN for word in words):
        words += ["--ladder", "-"]
    if name == "howto-half-message.md":
        return words
    ported = {"server.py": f"server.py {port}", "client.py": f"client.py {port}"}
    return [ported.get(word, word.replace("8000", str(port))) for word in words]


def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(COMMANDS) > 10
    monkeypatch.chdir(tmp_path)
    for name, command in COMMANDS:
        if command in OPENED:
            continue
        port = free_port()
        folder_for(name, tmp_path, port)
        done = sockscope(*words_of(name, command, port))
        assert done.returncode == 0, (command, done.stderr)


def test_the_half_message_is_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder_for("howto-half-message.md", tmp_path, free_port())
    done = sockscope("run", "--headless", "--explain", "server.py", "client.py")
    assert "20 of the 1024 bytes asked for: a partial read" in done.stdout
    assert "20 of the 1024 bytes asked for: a partial\nread" in TEXTS["howto-half-message.md"]
