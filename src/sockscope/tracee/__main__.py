"""Starts a program as a tracee.  Loaded under a private name, so that a program's own
modules called ``gate`` or ``probe`` are found as they would be without us."""

import os
import sys

NAME = "_sockscope_tracee"


def _load() -> None:
    package = type(sys)(NAME)
    package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
    sys.modules[NAME] = package


if __name__ == "__main__":
    _load()
    from _sockscope_tracee.agent import main  # type: ignore[import-not-found]

    main(sys.argv[1:])
