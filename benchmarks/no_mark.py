"""Whether CPython's own tests come out the same at a gate that lets every call through.

Each module, or class, or test that is named is run twice side by side, bare and under
``sockscope run --headless``; the tests that came out otherwise are printed, and the exit
status is 1 where there are any.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAM = Path(__file__).parent.parent / "tests" / "programs" / "standard_tests.py"

MODULES = (
    "test.test_socket",
    "test.test_socketserver",
    "test.test_httpservers",
    "test.test_ssl",
    "test.test_asyncio.test_sock_lowlevel",
    "test.test_asyncio.test_streams",
    "test.test_asyncio.test_server",
    "test.test_asyncio.test_selector_events",
    "test.test_asyncio.test_unix_events",
    "test.test_asyncio.test_base_events",
    "test.test_asyncio.test_events",
    "test.test_asyncio.test_sendfile",
    "test.test_asyncio.test_sslproto",
    "test.test_asyncio.test_ssl",
)

_CHANGING = re.compile(r"0x[0-9a-f]+|\d{3,}|\d+\.\d+")
"""Addresses in memory, ports, numbers of processes, and seconds."""

Outcomes = dict[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=MODULES, help="as unittest has them")
    different = 0
    print("| tests | how many | the same |\n| --- | --- | --- |")
    for name in parser.parse_args().names:
        bare, gated = _both(name.split(","))
        same = [test for test in bare if _plain(bare[test]) == _plain(gated.get(test, ""))]
        print(f"| {name} | {len(bare)} | {len(same)} |", flush=True)
        for test in sorted((bare.keys() | gated.keys()) - set(same)):
            different += 1
            print(f"  {test}\n    bare:  {bare.get(test)}\n    gated: {gated.get(test)}")
    return int(different > 0)


def _both(names: list[str]) -> tuple[Outcomes, Outcomes]:
    """How the tests come out bare, and at the gate."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, "bare.json"), Path(folder, "gated.json")]
        bare, gated = ([str(PROGRAM), str(file), *names] for file in files)
        run = [sys.executable, "-m", "sockscope", "run", "--headless", " ".join(gated)]
        running = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)
            for command in ([sys.executable, *bare], run)
        ]
        with ThreadPoolExecutor(len(running)) as pool:
            said = list(pool.map(lambda process: process.communicate()[1], running))
        for process, file, errors in zip(running, files, said, strict=True):
            if not file.exists():
                last = errors.decode("utf-8", "replace").splitlines()[-1:]
                print(f"  {file.stem} ended early, status {process.returncode}: {last}")
        return _outcomes(files[0]), _outcomes(files[1])


def _outcomes(file: Path) -> Outcomes:
    """What the tests wrote; nothing where they did not come to their end."""
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _plain(word: str) -> str:
    return _CHANGING.sub("#", word)


if __name__ == "__main__":
    sys.exit(main())
