"""Starts a program as a tracee.  Loaded under a private name, so that a program's own
modules called ``gate`` or ``probe`` are found as they would be without us."""

import importlib.util
import os
import sys

NAME = "_sockscope_tracee"


def _load() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    _load()
    from _sockscope_tracee.agent import main  # type: ignore[import-not-found]

    main(sys.argv[1:])
