"""The wheel has all that a fresh environment needs, and runs from any folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import sockscope

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src"


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    _run(*pip, "--no-index", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("sockscope-*.whl")
    return built


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its libraries are borrowed from ours."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    pip = (sys.executable, "-m", "pip", "--python", folder / "bin" / "python")
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    # Appended after the environment's own packages, so that the wheel's sockscope wins.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("sockscope/")}
    present = {
        str(path.relative_to(SOURCES))
        for path in (SOURCES / "sockscope").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == present
    assert any(name.startswith("sockscope/tui/") and name.endswith(".tcss") for name in packed)
    assert {"sockscope/programs/server.py", "sockscope/programs/client.py"} <= packed
    assert "sockscope/tracee/__main__.py" in packed
    lessons = [name for name in packed if name.startswith("sockscope/lessons/content/")]
    assert sum(name.endswith("/lesson.toml") for name in lessons) == 18


@pytest.mark.parametrize("command", [["sockscope"], ["python", "-m", "sockscope"]])
def test_the_command_runs_from_another_folder(
    command: list[str], fresh: Path, tmp_path: Path
) -> None:
    shown = _run(fresh / "bin" / command[0], *command[1:], "--version", cwd=tmp_path)
    assert sockscope.__version__ in shown


def test_the_command_uses_the_installed_package(fresh: Path, tmp_path: Path) -> None:
    where = _run(
        fresh / "bin" / "python", "-c", "import sockscope; print(sockscope.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(fresh)
