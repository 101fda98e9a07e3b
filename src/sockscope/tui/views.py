"""Which panels are in sight, for a width, a height, and the panel that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDE: Final = 110
"""Columns from which the programs and the kernel stand side by side."""

TALL: Final = 36
"""Lines from which a narrow stage has room for the timeline below."""

KERNEL, STREAM, TIMELINE, LESSON = "\0kernel", "\0stream", "\0timeline", "\0lesson"
"""Panels that are no program.  A program's name never holds a NUL."""

LABELS: Final = {
    KERNEL: "kernel",
    STREAM: "byte stream",
    TIMELINE: "timeline",
    LESSON: "lesson",
}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What stands where.  ``left`` and ``right`` name the tracees of the source panels."""

    left: str | None
    right: str | None
    kernel: bool
    timeline_above: bool
    timeline_below: bool
    tabs: bool

    @property
    def wide(self) -> bool:
        """Whether the panels stand side by side."""
        return self.right is not None or (self.left is not None and self.kernel)


def views(names: Sequence[str], *, wide: bool) -> list[str]:
    """The panels in the order in which Tab visits them."""
    first = list(names[:1])
    rest = list(names[1:])
    if wide:
        return [*first, KERNEL, *rest, STREAM, TIMELINE]
    return [*first, KERNEL, *rest, TIMELINE, STREAM]


def arrange(
    names: Sequence[str], chosen: str | None, other: str | None, width: int, height: int
) -> Arrangement:
    """Wide: the first program, the kernel, and ``other``.  Narrow: the chosen one of them."""
    first = names[0] if names else None
    if width >= WIDE:
        second = other if other in names[1:] else (names[1] if len(names) > 1 else None)
        return Arrangement(first, second, True, False, True, len(names) > 2)
    top = chosen if chosen in names or chosen in (KERNEL, TIMELINE) else first
    return Arrangement(
        left=top if top in names else None,
        right=None,
        kernel=top == KERNEL,
        timeline_above=top == TIMELINE,
        timeline_below=height >= TALL and top != TIMELINE,
        tabs=True,
    )
