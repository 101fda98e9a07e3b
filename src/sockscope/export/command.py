"""Writes what was asked for: every form in which a trace leaves the terminal.

Slow imports stand where they are used: a diagram needs no screen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..trace.events import Event
    from ..tui.app import StageApp

    MakeApp = Callable[[str], StageApp]
    """Makes the app that shows what is written, in a theme."""

FORMS: Final[Mapping[str, str]] = {
    "ladder": "the calls between lifelines, as plain text",
    "mermaid": "a sequence diagram for Mermaid",
    "html": "a page with a slider over all positions",
    "svg": "a picture of one position",
    "png": "the same as pixels",
    "cast": "a recording for asciinema",
}
"""What can be written, and what it is.  All but the first three show the stage."""

ON_STAGE: Final = frozenset({"svg", "png", "cast"})

THEMES: Final[Mapping[str, str]] = {"dark": "sockscope-dark", "light": "sockscope-light"}


class ExportError(ValueError):
    """Something that cannot be written; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to write: ``paths`` by form, ``-`` standing for standard output.

    ``at`` is the position that a picture shows, from 1 as the stage counts, the last one
    where it is None; ``size`` the columns and lines of the stage.
    """

    paths: Mapping[str, str]
    at: int | None = None
    size: tuple[int, int] = (120, 40)
    theme: str = "dark"
    title: str = field(default="a trace", kw_only=True)


def write(events: Sequence[Event], request: Request, make_app: MakeApp | None = None) -> None:
    """Write everything that is asked for.  Raises ExportError, or OSError for a file.

    What shows the stage is made with ``make_app``, or else as the trace is replayed.
    """
    if "png" in request.paths:
        _renderer()
    made: dict[str, str | bytes] = {
        form: _text(form, events, request) for form in request.paths if form not in ON_STAGE
    }
    if ON_STAGE & request.paths.keys():
        import asyncio

        made |= asyncio.run(_from_stage(make_app or _replaying(events, request), request))
    for form, path in request.paths.items():
        _put(path, made[form])


def _text(form: str, events: Sequence[Event], request: Request) -> str:
    if form == "ladder":
        from .ladder import ladder

        return ladder(events)
    if form == "mermaid":
        from .mermaid import mermaid

        return mermaid(events)
    from .page import page

    return page(events, request.title)


def _replaying(events: Sequence[Event], request: Request) -> MakeApp:
    from ..tui.replaying import app_for

    return lambda theme: app_for(events, title=request.title, theme=theme)


async def _from_stage(make_app: MakeApp, request: Request) -> dict[str, str | bytes]:
    from .cast import cast
    from .projection import projection

    made: dict[str, str | bytes] = {}
    async with projection(make_app(THEMES[request.theme]), request.size) as stage:
        if request.at is not None:
            check_position(request.at, stage.count)
            await stage.show(request.at)
        if "svg" in request.paths:
            made["svg"] = stage.svg()
        if "png" in request.paths:
            made["png"] = _renderer()(svg_string=stage.svg(), monospace_family="DejaVu Sans Mono")
        if "cast" in request.paths:
            made["cast"] = await cast(stage, request.size, request.title)
    return made


def check_position(at: int, count: int) -> None:
    """Raises ExportError where ``at`` is none of so many positions."""
    if not 1 <= at <= count:
        raise ExportError(f"--at should be a position from 1 to {count}, is {at}")


def _renderer() -> Callable[..., bytes]:
    """What turns an SVG picture into pixels.  Raises ExportError where it is not installed."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise ExportError(
            "a PNG needs the package resvg-py: pip install 'sockscope[png]', or take --svg"
        ) from None
    render: Callable[..., bytes] = svg_to_bytes
    return render


def _put(path: str, content: str | bytes) -> None:
    octets = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if path == "-":
        sys.stdout.buffer.write(bytes(octets))
        sys.stdout.buffer.flush()
    else:
        Path(path).write_bytes(bytes(octets))
