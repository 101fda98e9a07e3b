"""Whether an interpreter can run a program: asked of that interpreter itself.

What is no valid Python for one version is for another, so the check is made where the
program will run.  Run as a file, it tells of the program that is its argument.
"""

from __future__ import annotations

import json
import sys
import warnings


def mistake(path: str) -> str | None:
    """Why a program cannot be run, in one line; None where it can."""
    try:
        with open(path, "rb") as file:
            source = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return f"{path}: {reason.lower()}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        place = f"{path}:{error.lineno}" if error.lineno else path
        return f"{place}: not valid Python: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{path}: not valid Python: {error}"
    return None


if __name__ == "__main__":
    print(json.dumps(mistake(sys.argv[1])))
