"""The reference pages as they follow from the code: `python tests/reference.py` writes them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sockscope.cli.main import make_parser
from sockscope.tui.actions import ACTIONS, Action
from sockscope.tui.demo_actions import DEMO_ACTIONS
from sockscope.tui.explore_actions import EXPLORE_ACTIONS
from sockscope.tui.home_app import ENTRIES
from sockscope.tui.watch_actions import WATCH_ACTIONS

DOCS = Path(__file__).resolve().parent.parent / "docs"
STAGES: dict[str, Sequence[Action]] = {
    "The stage": ACTIONS,
    "A demo": DEMO_ACTIONS,
    "The explorer": EXPLORE_ACTIONS,
    "Watched processes": WATCH_ACTIONS,
}
KEYS_ABOUT = """# Keys

Everything can be done by keyboard; most of it by mouse too. `?` shows the keys of the screen you
are on, and `Ctrl+P` finds a command by its name.
"""
COMMANDS_ABOUT = """# Commands

`sockscope COMMAND --help` says the same. Bad arguments give one line on standard error and exit
status 2. The statuses of a run are in the [README](../README.md#run-without-a-screen).
"""


def keys() -> str:
    return KEYS_ABOUT + "".join(_section(title, rows) for title, rows in _screens())


def _screens() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield "The home screen", [(entry.key, f"{entry.title}.") for entry in ENTRIES]
    for title, actions in STAGES.items():
        yield title, [(action.key_label, action.help) for action in actions]


def _section(title: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = (f"| {_code(key)} | {_cell(text)} |\n" for key, text in rows)
    return f"\n## {title}\n\n| Key | Does |\n| --- | --- |\n" + "".join(lines)


def commands() -> str:
    found = next(
        action
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    purposes = {choice.dest: choice.help or "" for choice in found._choices_actions}
    return COMMANDS_ABOUT + "".join(
        f"\n## sockscope {name}\n\n{_sentence(purposes[name])}\n\n{_arguments(parser)}"
        for name, parser in found.choices.items()
    )


def _arguments(parser: argparse.ArgumentParser) -> str:
    rows = [
        f"| {_code(_name(action))} | {_cell(action.help or '')} |\n"
        for action in parser._actions
        if action.dest != "help"
    ]
    return (
        "| Argument | Is |\n| --- | --- |\n" + "".join(rows) if rows else "It has no arguments.\n"
    )


def _name(action: argparse.Action) -> str:
    metavar = action.metavar or ("|".join(action.choices) if action.choices else "")
    return " ".join([*action.option_strings, str(metavar)]).strip()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{re.sub('[|]', chr(92) + '|', text)}{fence}"


PAGES = {"keys.md": keys, "commands.md": commands}

if __name__ == "__main__":
    for name, text in PAGES.items():
        (DOCS / name).write_text(text(), encoding="utf-8")
