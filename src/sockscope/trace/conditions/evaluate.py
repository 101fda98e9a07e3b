"""Works a condition out over a trace.  Pure: the same trace gives the same value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..history import History
from ..state import Call
from .lookup import NotYetError, Value, look_up
from .syntax import Binary, ConditionError, Literal, Node, Not, Path

ValueOf = Callable[[Path], Value]


def holds(node: Node, history: History) -> bool:
    """Whether the condition is true now.  Raises ConditionError where it makes no sense."""
    return bool(evaluate(node, history))


def evaluate(node: Node, history: History) -> Value:
    """The value of ``node`` now; None for what has not happened or was not seen.

    Raises ConditionError where it compares or adds what does not go together.
    """
    return work_out(node, lambda path: look_up(history, path.selector, path.attributes))


def verdict(node: Node, history: History, present: Call) -> bool | None:
    """Whether the condition is true of ``present``; None where only its end can tell.

    Raises ConditionError where it makes no sense.
    """
    try:
        return bool(
            work_out(node, lambda path: look_up(history, path.selector, path.attributes, present))
        )
    except NotYetError:
        return None


def work_out(node: Node, value_of: ValueOf) -> Value:
    """The value of ``node`` where ``value_of`` gives that of each path, or raises NotYetError."""
    match node:
        case Literal(value):
            return value
        case Path():
            return value_of(node)
        case Not(inner):
            return not work_out(inner, value_of)
        case Binary("and", left, right):
            return not _either_is(False, left, right, value_of)
        case Binary("or", left, right):
            return _either_is(True, left, right, value_of)
        case Binary(sign, left, right):
            return _OPERATORS[sign](work_out(left, value_of), work_out(right, value_of))


def _either_is(wanted: bool, left: Node, right: Node, value_of: ValueOf) -> bool:
    """Whether one of the two is ``wanted``: what is not yet known may not matter."""
    unknown: NotYetError | None = None
    for node in (left, right):
        try:
            if bool(work_out(node, value_of)) is wanted:
                return True
        except NotYetError as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return False


def _ordered(compare: Callable[[Any, Any], bool], sign: str) -> Callable[[Value, Value], bool]:
    def compared(left: Value, right: Value) -> bool:
        return left is not None and right is not None and bool(_try(compare, sign, left, right))

    return compared


def _calculated(calculate: Callable[[Any, Any], Any], sign: str) -> Callable[[Value, Value], Value]:
    def calculated(left: Value, right: Value) -> Any:
        if left is None or right is None:
            return None
        return _try(calculate, sign, left, right)

    return calculated


def _try(function: Callable[[Any, Any], Any], sign: str, left: Value, right: Value) -> Any:
    try:
        return function(left, right)
    except (TypeError, ValueError, ArithmeticError):
        raise ConditionError(f"{_kind(left)} {sign} {_kind(right)} makes no sense") from None


def _kind(value: Value) -> str:
    return _KINDS.get(type(value), "something")


_KINDS: Mapping[type, str] = {
    bool: "yes or no",
    int: "a number",
    float: "a number",
    str: "a text",
    bytes: "octets",
    tuple: "an address",
}

_OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": _ordered(operator.lt, "<"),
    "<=": _ordered(operator.le, "<="),
    ">": _ordered(operator.gt, ">"),
    ">=": _ordered(operator.ge, ">="),
    "in": _ordered(lambda part, whole: part in whole, "in"),
    "+": _calculated(operator.add, "+"),
    "-": _calculated(operator.sub, "-"),
}
