"""Opening an app on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .errors import UserError

if TYPE_CHECKING:
    from ..trace.conditions import Breakpoint
    from ..tracer.programs import Program
    from ..tracer.recording import Recording
    from ..tui.app import StageApp


def need_terminal(instead: str = "add --headless for plain text") -> None:
    """Raises UserError where no screen can be shown; ``instead`` is what else can be done."""
    if "TEXTUAL_DRIVER" in os.environ:
        return  # a page shows it
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(f"this is no terminal: {instead}")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UserError(f"TERM is 'dumb', which cannot show a screen: {instead}")


def show(app: StageApp) -> int:
    app.run()
    return app.return_code or 0


def open_stage(
    programs: Sequence[Program],
    recording: Recording | None,
    breakpoints: Sequence[Breakpoint] = (),
    *,
    every_call: bool = False,
) -> int:
    need_terminal()
    from ..tracer.session import Session
    from ..tui.app import StageApp

    return show(
        StageApp(
            make_driver=lambda: Session(programs, every_call=every_call),
            title=" and ".join(program.name for program in programs),
            record=recording.write if recording else None,
            breakpoints=breakpoints,
        )
    )
