"""JSON as a trace has it: written whatever a program says, and read with a bound on everything."""

from __future__ import annotations

import json
import math
from typing import Any, Final

MAX_LINE: Final = 256 * 1024 * 1024
"""Octets.  Longer lines are refused, so that a hostile file cannot fill the memory."""

MAX_DEPTH: Final = 40
"""Objects and lists within each other; ours have five.  It bounds every recursion."""


class TraceError(ValueError):
    """A trace that cannot be read; the message is one line and names the place."""


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_text(value: Any) -> str:
    """``value`` as a trace has it, without an end of line."""
    try:
        text: str = _encoder.encode(value)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"))
    if not text.isascii() and not _is_unicode(text):
        # A file name that is no text arrives as lone surrogates, which UTF-8 has no place for.
        text = json.dumps(_finite(value), separators=(",", ":"))
    return text


def _finite(value: Any) -> Any:
    """``value`` with infinities and the like as texts: JSON has no numbers for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise TraceError("holds a number that is too large")
    return number


def _no_number(_name: str) -> None:
    raise TraceError("is not JSON")


_decoder = json.JSONDecoder(parse_float=_fraction, parse_constant=_no_number)


def json_line(line: bytes) -> Any:
    """What a line says.  Raises TraceError where it is no JSON, or more than a trace may hold."""
    if len(line) > MAX_LINE:
        raise TraceError(f"is longer than {MAX_LINE} octets")
    try:
        values = _decoder.decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise TraceError("is not UTF-8") from None
    except TraceError:
        raise
    except (ValueError, RecursionError):
        raise TraceError("is not JSON") from None
    if line.count(b"[") + line.count(b"{") > MAX_DEPTH:
        _check_depth(values, MAX_DEPTH)
    return values


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise TraceError("is nested too deeply")
    inner = value.values() if isinstance(value, dict) else value
    for item in inner if isinstance(value, (dict, list)) else ():
        _check_depth(item, left - 1)
