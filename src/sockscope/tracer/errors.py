"""What a driver raises; apart from the drivers, since a saved trace is shown without any."""

from __future__ import annotations


class SessionError(RuntimeError):
    """Something that cannot be done now; the message is one line for the user."""
