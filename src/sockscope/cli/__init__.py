"""The commands: one module a command, each with ``add`` (its arguments) and ``perform``."""

from .main import main

__all__ = ["main"]
