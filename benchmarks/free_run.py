"""What a free run costs: 20,000 send/recv pairs bare, under sockscope, and under strace."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = 20_000
ROUNDS = 5

PROGRAM = f"""
import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
sender = socket.socket()
sender.connect(listener.getsockname())
receiver, _ = listener.accept()
for _ in range({PAIRS}):
    sender.send(b"0123456789abcdef")
    receiver.recv(16)
"""


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "pairs.py"
        program.write_text(PROGRAM)
        python = [sys.executable, str(program)]
        sockscope = [sys.executable, "-m", "sockscope", "run", "--headless", str(program)]
        trace = ["--trace", str(Path(folder) / "trace.jsonl")]
        commands = {
            "bare": python,
            "sockscope": sockscope,
            "sockscope --trace": [*sockscope, *trace],
        }
        if shutil.which("strace"):
            log = str(Path(folder) / "strace.log")
            commands["strace"] = ["strace", "-f", "-e", "trace=network", "-o", log, *python]
        taken = {
            name: statistics.median(seconds(command) for _ in range(ROUNDS))
            for name, command in commands.items()
        }
    print(f"{PAIRS} send/recv pairs, median of {ROUNDS}, whole command")
    for name, value in taken.items():
        print(f"{name:20} {value:6.2f} s   {value / taken['bare']:5.1f} x bare", end="")
        print(f"   {value / taken['strace']:5.2f} x strace" if "strace" in taken else "")


if __name__ == "__main__":
    main()
