"""Breakpoints in the tracee: which calls to stop at, as far as can be told from here.

A free run must cost little per call, so the tracer sends each condition as a tree of what a
call's record can tell (``sockscope.tracer.coarse``), and only calls of which the tree does
not say NO stop.  Where the rest of the trace must be asked, the verdict is ASK; where only
the end of the call can tell, it is LATER.
"""

from __future__ import annotations

import itertools
import operator
import os

from . import probe
from .records import UNSEEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence, Tuple

    from .records import Record

    Value = Callable[[Record], Any]
    Verdict = Callable[[Record], int]
    Given = Sequence[Tuple[str, Any]]
    Condition = Tuple[str, Verdict]

NO, LATER, ASK, YES = range(4)
"""Verdicts, ordered so that ``and`` gives the least of two and ``or`` the greatest."""

_NOT = (YES, LATER, ASK, NO)

_SENSELESS = (TypeError, ValueError, ArithmeticError)
"""What comes of values that do not go together: no program is ever told."""


class Unknown:
    """Stands for a value that is not known here; ``verdict`` says where it is."""

    def __init__(self, verdict: int) -> None:
        self.verdict = verdict


_later, _ask = Unknown(LATER), Unknown(ASK)


class Breaks:
    """The breakpoints of a tracee, each with its condition as it was typed."""

    def __init__(self, given: Given) -> None:
        self._counts: dict[str, Iterator[int]] = {}
        self.set(given)

    def set(self, given: Given) -> None:
        """Have these breakpoints in the place of those that there were."""
        self._all = [(text, _verdict(tree)) for text, tree in given]

    def before(self, record: Record) -> str | None:
        """The condition that a call meets before it is made; empty where the tracer must say."""
        counter = self._counts.get(record.name)
        if counter is None:
            counter = self._counts.setdefault(record.name, itertools.count(1))
        record.number = next(counter)
        return self.again(record) if self._all else None

    def again(self, record: Record) -> str | None:
        """The same of a call that was looked at before, when there were others."""
        return self._met(record, self._all)

    def after(self, record: Record) -> str | None:
        """The same once it has ended."""
        return self._met(record, record.undecided)

    def _met(self, record: Record, conditions: Sequence[Condition]) -> str | None:
        record.undecided = undecided = []
        met = None
        for condition in conditions:
            verdict = condition[1](record)
            if verdict == YES:
                met = met or condition[0]
            elif verdict != NO:
                undecided.append(condition)
                if verdict == ASK and met is None:
                    met = ""
        return met


# -- from a tree to what works it out ------------------------------------------------


def _verdict(tree: Any) -> Verdict:
    kind = tree[0]
    if kind in ("and", "or"):
        left, right = _verdict(tree[1]), _verdict(tree[2])
        return _both(left, right) if kind == "and" else _either(left, right)
    if kind == "not":
        inner = _verdict(tree[1])
        return lambda record: _NOT[inner(record)]
    if kind in _COMPARISONS:
        return _compared(_COMPARISONS[kind], _value(tree[1]), _value(tree[2]))
    value = _value(tree)

    def is_true(record: Record) -> int:
        found = value(record)
        return found.verdict if type(found) is Unknown else (YES if found else NO)

    return is_true


def _both(left: Verdict, right: Verdict) -> Verdict:
    def both(record: Record) -> int:
        first = left(record)
        return first if first == NO else min(first, right(record))

    return both


def _either(left: Verdict, right: Verdict) -> Verdict:
    def either(record: Record) -> int:
        first = left(record)
        return first if first == YES else max(first, right(record))

    return either


def _compared(compare: Callable[[Any, Any], Any], left: Value, right: Value) -> Verdict:
    is_equality = compare in (operator.eq, operator.ne)

    def compared(record: Record) -> int:
        a, b = left(record), right(record)
        if type(a) is Unknown or type(b) is Unknown:
            return min(v.verdict for v in (a, b) if type(v) is Unknown)
        if (a is None or b is None) and not is_equality:
            return NO
        try:
            return YES if compare(a, b) else NO
        except _SENSELESS:
            return ASK

    return compared


def _value(tree: Any) -> Value:
    kind = tree[0]
    if kind == "of":
        return _ATTRIBUTES[tree[1]]
    if kind in _SUMS:
        return _added(_SUMS[kind], _value(tree[1]), _value(tree[2]))
    if kind == "before":
        return _before(tree[1])
    if kind == "later":
        return lambda record: _ask if record.ended else _later
    if kind == "octets":
        return _always(tree[1].encode("latin-1"))
    return _always(tree[1] if kind == "is" else _ask)


def _always(value: Any) -> Value:
    return lambda _: value


def _added(add: Callable[[Any, Any], Any], left: Value, right: Value) -> Value:
    def added(record: Record) -> Any:
        a, b = left(record), right(record)
        for value in (a, b):
            if type(value) is Unknown:
                return value
        if a is None or b is None:
            return None
        try:
            return add(a, b)
        except _SENSELESS:
            return _ask

    return added


_COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda part, whole: part in whole,
}
_SUMS = {"+": operator.add, "-": operator.sub}


# -- what a record can tell ------------------------------------------------------------


def _asked(record: Record) -> int | None:
    for arg in record.args:
        if type(arg) is bytes:
            return len(arg)
        if type(arg) is dict:
            return arg["bytes"]  # type: ignore[no-any-return]
        if type(arg) is int and record.name.startswith("recv"):
            return arg
    return None


def _moved(record: Record) -> Any:
    if record.data is not None:
        return len(record.data)
    return record.value if type(record.value) is int else None


def _error(position: int) -> Value:
    return lambda record: None if record.error is None else record.error[position]


def _before(names: Sequence[str]) -> Value:
    """What the kernel holds for a call's socket just before the call."""

    def before(record: Record) -> Any:
        if record.socket_before is UNSEEN:
            if record.ended:
                return _ask
            record.socket_before = probe.observe(record.fd, peek=False)
        found = record.socket_before
        for name in names:
            if name in _ADDRESS:
                found = found[_ADDRESS[name]] if isinstance(found, (list, tuple)) else None
            elif found is not None:
                found = found[name]
        return found

    return before


_ADDRESS = {"host": 0, "port": 1}


def _at_end(value: Value) -> Value:
    return lambda record: value(record) if record.ended else _later


_ATTRIBUTES: dict[str, Value] = {
    **{name: operator.attrgetter(name) for name in ("name", "fd", "line", "number", "timeout")},
    "thread": operator.attrgetter("me.name"),
    "path": operator.attrgetter("file"),
    "file": lambda record: None if record.file is None else os.path.basename(record.file),
    "asked": _asked,
    "bytes": _at_end(_moved),
    "data": _at_end(operator.attrgetter("data")),
    "errno": _at_end(_error(0)),
    "exception": _at_end(_error(1)),
}
