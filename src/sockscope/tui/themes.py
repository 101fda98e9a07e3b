"""The two themes.  Every text colour keeps 4.5 : 1 against what it stands on (tested)."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

TRACEE_COLOURS: Final = 4
"""How many tracees have a colour of their own before colours repeat."""


def tracee_style(order: int) -> str:
    """The style of a tracee's name, by its order of appearance."""
    return f"bold $tracee-{order % TRACEE_COLOURS + 1}"


DARK: Final = Theme(
    name="sockscope-dark",
    dark=True,
    primary="#7aa2f7",
    secondary="#bb9af7",
    accent="#ffb454",
    foreground="#d5dcf5",
    background="#16161e",
    surface="#1a1b26",
    panel="#24283b",
    success="#3ddc97",
    warning="#ffb454",
    error="#ff8095",
    text_alpha=1.0,
    variables={
        "quiet": "#969ec4",
        "line": "#4a5075",
        "line-on": "#ffb454",
        "here": "#2f3553",
        "bar": "#2a2e48",
        "place-text": "#101018",
        "place-read": "#3ddc97",
        "place-waiting": "#ffb454",
        "place-flight": "#7ab8ff",
        "place-unsent": "#ff8fa3",
        "place-lost": "#a3a8c0",
        "tracee-1": "#c4a7ff",
        "tracee-2": "#82aaff",
        "tracee-3": "#5fd7d7",
        "tracee-4": "#e6c07b",
        "code-keyword": "#86b3ff",
        "code-string": "#d9d27a",
        "code-number": "#c4a7ff",
        "code-comment": "#9aa2c8",
        "code-name": "#7ee0b5",
    },
)

LIGHT: Final = Theme(
    name="sockscope-light",
    dark=False,
    primary="#1f4fc4",
    secondary="#6b2fc0",
    accent="#8a4b00",
    foreground="#1f2335",
    background="#eceef6",
    surface="#fbfbfe",
    panel="#dde1f0",
    success="#0b6b41",
    warning="#8a4b00",
    error="#b0183a",
    text_alpha=1.0,
    variables={
        "quiet": "#545a78",
        "line": "#9aa1c0",
        "line-on": "#8f4700",
        "here": "#fff0cc",
        "bar": "#dde1f0",
        "place-text": "#ffffff",
        "place-read": "#0b6b41",
        "place-waiting": "#8a4b00",
        "place-flight": "#1f4fc4",
        "place-unsent": "#b0183a",
        "place-lost": "#545a78",
        "tracee-1": "#6b2fc0",
        "tracee-2": "#1f4fc4",
        "tracee-3": "#00626b",
        "tracee-4": "#7a4a00",
        "code-keyword": "#1f4fc4",
        "code-string": "#6a4d00",
        "code-number": "#6b2fc0",
        "code-comment": "#565c7a",
        "code-name": "#0b6b41",
    },
)

THEMES: Final = (DARK, LIGHT)
