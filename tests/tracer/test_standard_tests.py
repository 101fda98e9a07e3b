"""CPython's own tests of its sockets come out the same at a gate that lets every call through.

``benchmarks/no_mark.py`` runs them all; these are quick ones.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

NO_MARK = Path(__file__).parent.parent.parent / "benchmarks" / "no_mark.py"

SOCKETS = (
    "BasicTCPTest",
    "BasicUDPTest",
    "NonBlockingTCPTests",
    "InheritanceTest",
    "NetworkConnectionAttributesTest",
    "CreateServerTest",
    "CreateServerFunctionalTest",
    "SendfileUsingSendfileTest",
    "SendmsgTCPTest",
    "TestExceptions",
    "TestUnixDomain",
)
TLS = ("BasicSocketTests", "ContextTests", "MemoryBIOTests", "SSLObjectTests", "SSLErrorTests")
ASYNCIO = ("test_sock_lowlevel", "test_streams", "test_server", "test_selector_events")

GROUPS = {
    "sockets": [f"test.test_socket.{name}" for name in SOCKETS],
    "servers": ["test.test_socketserver", "test.test_httpservers"],
    "tls": [f"test.test_ssl.{name}" for name in TLS],
    "asyncio": [f"test.test_asyncio.{name}" for name in ASYNCIO],
}


@pytest.mark.skipif(
    importlib.util.find_spec("test.test_socket") is None,
    reason="this Python came without its own tests",
)
@pytest.mark.parametrize("group", GROUPS)
def test_the_same_comes_out(group: str) -> None:
    command = [sys.executable, str(NO_MARK), ",".join(GROUPS[group])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    row = re.search(r"\| (\d+) \| (\d+) \|", done.stdout)
    assert row is not None
    assert int(row[1]) == int(row[2]) >= 50
