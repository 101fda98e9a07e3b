"""Both themes can be read: 4.5 : 1 for every text on what it stands on (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from sockscope.tui.themes import THEMES

ON_SURFACES = [
    "quiet", "line-on", "place-read", "place-waiting", "place-flight", "place-unsent", "place-lost",
    "tracee-1", "tracee-2", "tracee-3", "tracee-4",
    "code-keyword", "code-string", "code-number", "code-comment", "code-name",
]  # fmt: skip
PLACES = [name for name in ON_SURFACES if name.startswith("place-")]
ON_HERE = [name for name in ON_SURFACES if not name.startswith("place-")]


def luminance(colour: Color) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_of(one: Color, other: Color) -> float:
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def contrast(one: str, other: str) -> float:
    return contrast_of(Color.parse(one), Color.parse(other))


def pairs(theme: Theme) -> list[tuple[str, str]]:
    colours = {**theme.variables, "foreground": theme.foreground, "error": theme.error}
    grounds = [theme.surface, theme.background]
    found = [(name, ground) for name in (*ON_SURFACES, "foreground", "error") for ground in grounds]
    found += [(name, theme.variables["here"]) for name in (*ON_HERE, "foreground", "error")]
    found += [("place-text", theme.variables[place]) for place in PLACES]
    found += [(name, theme.panel) for name in ("line-on", "foreground")]
    return [(str(colours[name]), str(ground)) for name, ground in found]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_has_contrast(theme: Theme) -> None:
    poor = [(pair, contrast(*pair)) for pair in pairs(theme) if contrast(*pair) < 4.5]
    assert not poor
