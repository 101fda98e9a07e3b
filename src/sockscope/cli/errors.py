"""What goes wrong on the command line is told in one line."""

from __future__ import annotations

BAD_ARGUMENTS = 2


class UserError(Exception):
    """Something the user can put right; the message is one line."""


def one_line(text: str) -> str:
    """A file may be called anything: nothing of its name is obeyed, and no line is broken."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
