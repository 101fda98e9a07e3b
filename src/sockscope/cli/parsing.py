"""How a command adds itself to the parser, and kinds of arguments that several share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from .errors import UserError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(message)


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"should be a number of seconds above 0, is {text!r}")
    return number
