"""Writes megabytes, on both streams."""

import os
import sys

for number in range(20_000):
    print(number, "x" * 100)
print("y" * 1_000_000, file=sys.stderr)
os.write(1, "é".encode() * 100_000)
