"""What every test relies on: a screen that looks the same everywhere, and stays still."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import pytest_textual_snapshot
import textual
from textual import constants
from textual.widgets import Input

Factory = pytest.TempPathFactory

PINNED_TEXTUAL = "8.2.8"
SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
OF_THE_PLUGIN = {"TEXTUAL_SNAPSHOT_TEMPDIR"}
LOUD = ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "COLUMNS", "LINES")


def pytest_configure(config: pytest.Config) -> None:
    updating = config.getoption("update_snapshots", default=False)
    if updating and textual.__version__ != PINNED_TEXTUAL:
        raise pytest.UsageError(
            f"snapshots are made with textual {PINNED_TEXTUAL}, this is {textual.__version__}"
        )


@pytest.fixture(autouse=True)
def _same_screen_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the environment changes what Textual draws."""
    of_textual = {name for name in os.environ if name.startswith("TEXTUAL")}
    for name in (of_textual - OF_THE_PLUGIN).union(LOUD):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Factory) -> None:
    """No test reads or writes what the user's own apps remember."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks and nothing slides."""
    monkeypatch.setattr(constants, "TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(Input, "cursor_blink", False)


class ScreenshotExtension(pytest_textual_snapshot.SVGImageExtension):
    """Keeps the pictures in ``screenshots/<test module>/``."""

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        return str(SCREENSHOTS / test_location.basename)

    @classmethod
    def get_snapshot_name(cls, *, test_location: Any, index: Any = 0) -> str:
        """Without the brackets of a parametrised test: ``test_stage-end-80x24``."""
        name: str = super().get_snapshot_name(test_location=test_location, index=index)
        return name.replace("[", "-").replace("]", "")


@pytest.fixture(autouse=True)
def _pictures_in_their_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_textual_snapshot, "SVGImageExtension", ScreenshotExtension)
