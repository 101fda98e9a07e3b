"""``@pytest.mark.sockscope_chunkings(budget=200)``: one test under every way to cut streams.

The test's body is called again and again, with the same fixtures.
"""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable
from functools import partial

import pytest

MARK = "sockscope_chunkings"

BUDGET = 100


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(budget={BUDGET}, seed=0): call the test's body under so many ways in which "
        "TCP may cut what its sockets receive",
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
    except TypeError:
        pytest.fail(f"{MARK} takes a budget and a seed: {MARK}(budget={BUDGET})", pytrace=False)


def _options(budget: int = BUDGET, seed: int = 0) -> dict[str, int]:
    return {"budget": budget, "seed": seed}


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
