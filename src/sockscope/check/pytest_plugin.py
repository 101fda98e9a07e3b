"""``@pytest.mark.sockscope_chunkings(budget=200)``: one test under every way to cut streams.

The test's body is called again and again, with the same fixtures.  ``timeout`` is how many
seconds one call may take.
"""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

MARK = "sockscope_chunkings"

BUDGET = 100


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(budget={BUDGET}, seed=0, timeout=None): call the test's body under so many ways "
        "in which TCP may cut what its sockets receive; timeout is how many seconds each may take",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a mark that would have no effect, or the wrong one, rather than pass it over."""
    marker = item.get_closest_marker(MARK)
    if marker is None:
        return
    owner = getattr(item, "cls", None)
    if owner is not None and issubclass(owner, unittest.TestCase):
        pytest.fail(f"{MARK} is for functions and plain classes, not for TestCase", pytrace=False)
    try:
        _options(*marker.args, **marker.kwargs)
        return
    except TypeError:
        problem = f"{MARK} takes a budget, a seed and a timeout: {MARK}(budget={BUDGET})"
    except ValueError as error:
        problem = f"{MARK}: {error}"
    pytest.fail(problem, pytrace=False)


def _options(budget: Any = BUDGET, seed: Any = 0, timeout: Any = None) -> dict[str, Any]:
    if type(budget) is not int or budget < 1:
        raise ValueError(f"budget should be a whole number from 1, is {budget!r}")
    if type(seed) is not int:
        raise ValueError(f"seed should be a whole number, is {seed!r}")
    if timeout is not None and not (type(timeout) in (int, float) and 0 < timeout < 1e6):
        raise ValueError(f"timeout should be a number of seconds above 0, is {timeout!r}")
    return {"budget": budget, "seed": seed, "timeout": timeout}


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call the body of a marked test; others are left to pytest."""
    marker = pyfuncitem.get_closest_marker(MARK)
    if marker is None:
        return None
    from .chunked import under_all  # pytest loads this file whether or not a test is marked

    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    body = partial(_call, pyfuncitem.obj, given)
    under_all(body, **_options(*marker.args, **marker.kwargs))
    return True


def _call(test: Callable[..., object], given: dict[str, object]) -> None:
    result = test(**given)
    if inspect.iscoroutine(result):
        result.close()
        pytest.fail("an async test needs a plugin that runs it, such as pytest-asyncio", False)
