"""docs/orders.md says what the table of orders holds, and its examples are carried out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from running import DEADLINE, free_port
from sockscope.trace.fields import Repeat
from sockscope.trace.orders import FIELDS, FORMS, Field, Form, line_of, order, parse_line

PATH = Path(__file__).resolve().parents[2] / "docs" / "orders.md"
PAGE = PATH.read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```orders\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]

HOLDS = {
    "address": "`host:port`, a port of 127.0.0.1, `[::1]:port`, a path, or `@name` (unix(7)); "
    "port 0: the kernel chooses",
    "backlog": "a number",
    "data": "see below",
    "size": "a number of bytes, or `64k`, `3M`",
    "value": "a number; for `SO_LINGER` seconds, or `off`",
    "seconds": "seconds such as `2.5`, `blocking`, or `non-blocking`",
}
"""What a field holds that is no choice among names."""

SENT = {
    "Hello": b"Hello",
    r'"Hi there\n"': b"Hi there\n",
    "0x00ff1b": b"\x00\xff\x1b",
    "10B": Repeat(10),
    "64k": Repeat(64_000),
    "3M": Repeat(3_000_000),
    "1.5M": Repeat(1_500_000),
    "4KiB": Repeat(4096),
    '"3M"': b"3M",
    r"\n": b"\n",
    r"\r": b"\r",
    r"\t": b"\t",
    r"\0": b"\0",
    r"\x1b": b"\x1b",
    r"\\": b"\\",
    r"\"": b'"',
}


def call_row(form: Form) -> str:
    names = ", ".join(field.name for field in form.fields)
    return f"| `{form.name}` | {form.purpose} | {names} |"


def field_row(field: Field) -> str:
    kind = field.kind
    choices = ", ".join(f"`{choice}`" for choice in kind.choices)
    how = "any of these, parted by spaces: " if kind.is_set else ""
    default = f"`{field.default}`" if field.default else "none"
    return f"| {field.name} | {HOLDS.get(field.name) or how + choices} | {default} |"


def test_the_page_has_a_row_for_each_call_and_each_field() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for wanted in (*map(call_row, FORMS.values()), *map(field_row, FIELDS.values())):
        assert wanted in rows


def test_payloads_stand_for_what_the_page_says() -> None:
    table = PAGE.partition("## What is sent")[2]
    typed = [text for row in table.splitlines()[4:] for text in re.findall(r"`([^`]+)`", row)]
    assert set(SENT) <= set(typed)
    for text, value in SENT.items():
        assert FIELDS["data"].kind.parse(text) == value


@pytest.mark.parametrize("line", EXAMPLE.splitlines())
def test_each_line_is_an_order_and_comes_back_as_one(line: str) -> None:
    made = parse_line(line)
    assert parse_line(line_of(made)) == made
    assert order(made.proc, made.fd, made.name, made.typed) == made


def test_the_example_is_carried_out(tmp_path: Path) -> None:
    orders = tmp_path / "orders.txt"
    orders.write_text(EXAMPLE.replace("1060", str(free_port())), encoding="utf-8")
    command = [sys.executable, "-m", "sockscope", "explore", "--headless", str(orders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * DEADLINE)
    assert done.returncode == 0, done.stderr
    for shown in ("recv(6, MSG_PEEK | MSG_DONTWAIT)", "Hi the", r"server\x00\xff", "SIGTERM"):
        assert shown in done.stdout, done.stdout
