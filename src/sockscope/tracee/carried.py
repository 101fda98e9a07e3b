"""Loads this package from memory, where nothing of sockscope is installed.

Its own text is run first, by ``exec``: it can import nothing of the package before that.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

NAME = "_sockscope_tracee"
HOME = "/<sockscope>/"
"""The folder in which its files seem to be: tracebacks leave out what is there."""


def compiled(sources: dict[str, str]) -> dict[str, CodeType]:
    """The code of each module of the package, and of the package itself, by its whole name.

    This text goes by the name of ``__main__.py``, as what lies below every program does.
    """
    codes = {NAME: compile("", f"{HOME}__init__.py", "exec")}
    for module, source in sources.items():
        file = "__main__" if module == "carried" else module
        codes[f"{NAME}.{module}"] = compile(source, f"{HOME}{file}.py", "exec", dont_inherit=True)
    return codes


class Carried:
    """Finds the modules of the package among their codes (``sys.meta_path``)."""

    def __init__(self, codes: dict[str, CodeType]) -> None:
        self._codes = codes

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        code = self._codes.get(name)
        if code is None:
            return None
        make: Any = type(sys.__spec__)
        spec = make(name, self, origin=code.co_filename, is_package=name == NAME)
        spec.has_location = True
        return spec

    def create_module(self, _spec: Any) -> None:
        """Leaves the making of modules to the interpreter."""

    def exec_module(self, module: ModuleType) -> None:
        exec(self._codes[module.__name__], module.__dict__)


def live(codes: dict[str, CodeType], argv: list[str]) -> None:
    """Be a tracee; once all of it is loaded, nothing of it is left in the way of imports."""
    finder = Carried(codes)
    sys.meta_path.insert(0, finder)
    from _sockscope_tracee.agent import main  # type: ignore[import-not-found]

    sys.meta_path.remove(finder)
    main(argv)


def port(sources: dict[str, str]) -> None:
    """Be a porter."""
    codes = compiled(sources)
    sys.meta_path.insert(0, Carried(codes))
    from _sockscope_tracee.porter import serve  # type: ignore[import-not-found]

    serve(codes)
