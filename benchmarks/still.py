"""What a picture of a saved trace costs, against a process that only imports Textual's app."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TIMES = 7
LIMIT = 3.0


def cpu_seconds(*command: str) -> float:
    """CPU time of a whole process, its children's included (wait4(2))."""
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime


def main() -> None:
    sockscope = (sys.executable, "-m", "sockscope")
    with tempfile.TemporaryDirectory() as folder:
        trace, picture = str(Path(folder) / "talk.jsonl"), str(Path(folder) / "talk.svg")
        quiet = subprocess.DEVNULL
        subprocess.run(
            [*sockscope, "run", "--headless", "--trace", trace], check=True, stdout=quiet
        )
        bare, still = [], []
        for _ in range(TIMES):
            bare.append(cpu_seconds(sys.executable, "-c", "import textual.app"))
            still.append(cpu_seconds(*sockscope, "replay", trace, "--svg", picture))
    ratio = statistics.median(still) / statistics.median(bare)
    print(f"a still: {ratio:.2f} x `import textual.app` (limit {LIMIT:g})")
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
