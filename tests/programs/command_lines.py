"""What programs can tell of how they were started, and how they end, by many command lines."""

import os
import re
import subprocess
import sys
import tempfile
import zipfile

PROBE = """
import os, sys
print(sys.argv, sys.orig_argv, list(sys.flags), sys.warnoptions, sys._xoptions, sys.path[:2])
print(sorted(vars()), __name__, __spec__, type(__loader__), sys.stdout.line_buffering)
print([fd for fd in os.listdir("/proc/self/fd") if int(fd) < 200], len(os.environ))
"""
COMMANDS = (
    ["-c", PROBE, "x"],
    ["-sEuc", PROBE],
    ["-I", "-c", PROBE],
    ["-W", "ignore", "-Xdev", "-O", "own.py"],
    ["-m", "own", "-c"],
    ["-mpackage"],
    ["."],
    ["-I", "archive.zip"],
    ["--check-hash-based-pycs", "always", "--", "own.py"],
    ["none.py"],
    ["-m", "none"],
    ["-V"],
    ["-c", "1 +"],
    ["-c", "raise SystemExit('word')"],
    ["-c", "raise KeyboardInterrupt"],
    ["-c", "def f(): 1 / 0\nf()"],
)
_CHANGING = re.compile(r"0x[0-9a-f]+")


def write(folder):
    for name in ("own.py", "__main__.py", "package/__init__.py", "package/__main__.py"):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!{sys.executable} -sB\n" + PROBE)
        os.chmod(path, 0o755)
    with zipfile.ZipFile(os.path.join(folder, "archive.zip"), "w") as archive:
        archive.write(os.path.join(folder, "own.py"), "__main__.py")


with tempfile.TemporaryDirectory() as folder:
    write(folder)
    commands = [[sys.executable, *command] for command in COMMANDS]
    for command in [*commands, [os.path.join(folder, "own.py"), "x"], ["true"]]:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        told = (done.stdout + done.stderr).replace(folder, "FOLDER")
        print(command[1:], done.returncode, _CHANGING.sub("#", told), flush=True)
