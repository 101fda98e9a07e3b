"""``@pytest.mark.sockscope_chunkings(budget=200)``: one test under every way to cut streams.

The test's body is called again and again, with the same fixtures.
"""

from __future__ import annotations

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


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call the body of a marked test; others are left to pytest."""
    marker = pyfuncitem.get_closest_marker(MARK)
    if marker is None:
        return None
    from .chunked import under_all  # pytest loads this file whether or not a test is marked

    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    under_all(partial(pyfuncitem.obj, **given), **{"budget": BUDGET, **marker.kwargs})
    return True
