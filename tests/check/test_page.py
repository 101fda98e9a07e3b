"""docs/check.md is true: its commands run, and the verdict is as it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reference import DOCS
from running import sockscope

PAGE = (DOCS / "check.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^sockscope (.*)$", PAGE, re.MULTILINE)
BREAKS = ("server.py", "no-loop")


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's own programs."""
    monkeypatch.chdir(tmp_path)
    for file, text in re.findall(r"^```python\n# (\S+)\n(.*?)^```$", PAGE, re.M | re.S):
        (tmp_path / file).write_text(f"# {file}\n{text}")


@pytest.mark.usefixtures("_folder")
def test_the_commands_run_and_the_verdict_is_as_it_says() -> None:
    (verdict,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(COMMANDS) == 7
    for command in COMMANDS:
        if "curl" in command and shutil.which("curl") is None:
            continue
        done = sockscope(*shlex.split(command))
        breaks = command.startswith("check") and any(word in command for word in BREAKS)
        assert done.returncode == (breaks and "--copy" not in command), (command, done.stderr)
        if "server.py" in command:
            assert done.stdout.startswith(verdict)


@pytest.mark.usefixtures("_folder")
def test_the_marked_test_passes() -> None:
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "sockscope.check.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, *words, "test_receive.py"],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "1 passed" in done.stdout, done.stdout
