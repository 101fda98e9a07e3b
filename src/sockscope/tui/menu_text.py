"""The call menu as lines: what makes sense now, what goes wrong, and what wakes a sleeper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from sockscope.trace.menu import Choice, Menu
from sockscope.trace.orders import Order, arguments
from sockscope.trace.script import source
from sockscope.trace.state import Process

from .source_text import exit_text
from .text import printable

SHOWN: Final = 200
"""Characters of a call that are looked at; a payload may be much longer."""

WRONG: Final = "wrong here, to see the error"
EDITS: Final = " …"

LEVEL: Final = re.compile(r"(?<=sockopt\()\w+, ")
"""The level of an option, which its name implies: the menu has room for one of them."""


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line.  ``action`` is what it does; ``note`` is said while it is chosen."""

    content: Content
    action: str = ""
    note: str = ""
    choice: Choice | None = None

    @property
    def can_edit(self) -> bool:
        """Whether there are arguments to change."""
        return self.choice is not None and bool(self.choice.form.fields)


def call_source(made: Order) -> str:
    """The call as it would be made: ``bind(("127.0.0.1", 1060))``."""
    given = ", ".join(source(value) for value in arguments(made))
    return printable(f"{made.name}({given})"[:SHOWN]).replace("socket.", "")


def menu_lines(menu: Menu, process: Process | None, width: int) -> list[MenuLine]:
    """The whole menu of a process and one of its sockets."""
    if process is None:
        return [_plain("starting")]
    if process.exited:
        return [_plain(exit_text(process)), _button("+", "another process", "add")]
    if menu.waits:
        return list(_blocked(menu.waits, width))
    lines = [_choice(choice, width) for choice in menu.sensible]
    if menu.wrong:
        lines.append(MenuLine(Content.styled(WRONG, "$error")))
        lines += [_choice(choice, width) for choice in menu.wrong]
    return lines


def _blocked(waits: str, width: int) -> Iterator[MenuLine]:
    for line in Content.styled(printable(waits), "$place-waiting").wrap(max(1, width)):
        yield MenuLine(line)
    yield _button("!", "interrupt the call (SIGINT)", "interrupt")
    yield _button("k", "send another signal", "kill")
    yield _button("space", "let somebody else go on", "next")


def _plain(text: str) -> MenuLine:
    return MenuLine(Content.styled(text, "$quiet"))


def _button(key: str, text: str, action: str) -> MenuLine:
    return MenuLine(Content.assemble((f"{key} ", "bold $line-on"), text), action)


def _choice(choice: Choice, width: int) -> MenuLine:
    form = choice.form
    edits = Content.styled(EDITS if form.fields else "", "bold $line-on")
    key = Content.styled(f"{form.key} ", "bold $line-on")
    room = max(0, width - key.cell_length - edits.cell_length)
    style = "$quiet" if choice.why else "bold"
    text = Content.styled(LEVEL.sub("…, ", call_source(choice.order)), style)
    if choice.why:
        text = Content.assemble(text, "  ", (choice.why, "italic $quiet"))
    whole = key + text.truncate(room, ellipsis=True, pad=True) + edits
    return MenuLine(whole, form.name, choice.why or form.purpose, choice)
