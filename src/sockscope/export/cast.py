"""A recording for asciinema: the stage of a trace, one position after another.

The format is asciicast v2: a header, then ``[seconds, "o", characters]`` a line.
"""

from __future__ import annotations

import json

from .projection import Projection

FIRST, EACH, LAST = 2.0, 1.5, 4.0
"""Seconds that the first, every other and the last position stay."""

_CLEAR = "\x1b[?25l\x1b[2J\x1b[H"


async def cast(stage: Projection, size: tuple[int, int], title: str) -> str:
    """The whole recording."""
    lines = [json.dumps({"version": 2, "width": size[0], "height": size[1], "title": title})]
    seconds = 0.0
    for number in range(1, stage.count + 1):
        await stage.show(number)
        lines.append(json.dumps([seconds, "o", _CLEAR + stage.characters()]))
        seconds += FIRST if number == 1 else EACH
    lines.append(json.dumps([seconds - EACH + LAST, "o", "\x1b[?25h"]))
    return "".join(f"{line}\n" for line in lines)
