"""Reads a TOML file strictly: each value has its type, and no key is left over."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ..trace.conditions import ConditionError
from ..trace.words import plain_text
from .lesson import LessonError

T = TypeVar("T")

MAX_SIZE = 100_000
"""Octets; a longer file is no lesson."""

_KINDS: Mapping[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def read_text(path: Path) -> str:
    """The text of a file.  Raises LessonError where there is none to read."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise LessonError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        raise LessonError(f"{path}: not UTF-8 at octet {error.start}") from None
    if len(data) > MAX_SIZE:
        raise LessonError(f"{path}: longer than {MAX_SIZE} octets")
    bad = next((c for c in text if not c.isprintable() and c not in "\n\t"), None)
    if bad is not None:
        raise LessonError(f"{path}: holds the control character {bad!a}")
    return text


class Table:
    """One table of a file; ``where`` names it in messages."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = dict(values)
        self.where = where

    @classmethod
    def of_file(cls, path: Path) -> Table:
        """The whole of a TOML file.  Raises LessonError where it is none."""
        try:
            return cls(tomllib.loads(read_text(path)), f"{path}")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise LessonError(f"{path}: not valid TOML: {error}") from None

    def has(self, key: str) -> bool:
        """Whether there still is a value of this name."""
        return key in self._values

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of ``key``.  Raises LessonError where it is missing or of another kind."""
        if key not in self._values:
            if default is None:
                raise self.error(key, f"missing: it should be {_KINDS[kind]}")
            return default
        value = self._values.pop(key)
        if type(value) is not kind:
            raise self.error(key, f"should be {_KINDS[kind]}, is {plain_text(repr(value), 60)}")
        return value

    def any_of(self, key: str, kinds: tuple[type, ...]) -> Any:
        """A value that may be of several kinds."""
        kind = type(self._values.get(key))
        return self.take(key, kind if kind in kinds else kinds[0])

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is not there."""
        values = self.take(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.error(key, "should be a list of texts")
        return tuple(values)

    def tables(self, key: str) -> list[Table]:
        """A list of tables, empty where it is not there."""
        values = self.take(key, list, [])
        if not all(isinstance(value, dict) for value in values):
            raise self.error(key, "should be a list of tables")
        return [Table(v, f"{self.where}: {key} {i}") for i, v in enumerate(values, 1)]

    def table(self, key: str) -> Table | None:
        """A table, or None where it is not there."""
        if key not in self._values:
            return None
        return Table(self.take(key, dict), f"{self.where}: {key}")

    def read(self, key: str, text: str, reader: Callable[[str], T]) -> T:
        """``reader(text)``; what is wrong with the text is said with the key's name."""
        try:
            return reader(text)
        except ConditionError as error:
            raise self.error(key, str(error)) from None

    def error(self, key: str, message: str) -> LessonError:
        """What is wrong with the value of ``key``."""
        return LessonError(f"{self.where}: {key}: {message}")

    def done(self) -> None:
        """Raise LessonError where a key was not asked for."""
        for key in self._values:
            raise self.error(key, "unknown key")
