"""Breakpoints as trees that a tracee can work out: what only the trace can tell is left open.

A tree is a list for JSON: ``["and", a, b]``, ``["or", a, b]``, ``["not", a]``, a comparison
or a sum by its sign, ``["is", value]``, ``["octets", latin-1 text]``, ``["of", attribute]``
of the call at hand, ``["before", names]`` for a figure of its socket, ``["ask"]`` for what
the trace must be asked, and ``["later"]`` for what it can tell once the call has ended.  See
``sockscope.tracee.breaks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..trace.conditions import EARLY, PRESENT, Breakpoint, Node, Path, paths
from ..trace.conditions.syntax import Binary, Literal, Not

Tree = list[Any]

_ASK: Final = ["ask"]
_NEVER: Final = ["is", False]

_TOLD: Final = (EARLY | {"bytes", "data", "errno", "exception"}) - {"before"}
"""Attributes that a tracee knows of a call at hand."""

_SEEN: Final = frozenset(
    [(name,) for name in ("fd", "kind", "state", "family", "type", "inode")]
    + [(end, part) for end in ("local", "peer") for part in ("host", "port")]
    + [("recv_queue", "bytes"), ("send_queue", "bytes"), ("send_queue", "unsent")]
    + [("accept_queue", "length"), ("accept_queue", "limit")]
)
"""What a tracee can see by itself of a call's socket before the call."""

_CONTRARY: Final[Mapping[str, str]] = {"and": "or", "or": "and"}


def coarse(breakpoint: Breakpoint, proc: str) -> Tree | None:
    """The tree for the tracee called ``proc``; None where no call of it can be meant."""
    tree = _tree(breakpoint.node, proc, negated=False)
    return None if tree == _NEVER else tree


def needs_trace(breakpoint: Breakpoint) -> bool:
    """Whether the trace must be asked, since no tracee can tell by itself."""
    return any(_path(path, "")[0] in ("ask", "later") for path in paths(breakpoint.node))


def _tree(node: Node, proc: str, negated: bool) -> Tree:
    """What a condition comes to; a ``not`` is moved in to what is compared."""
    match node:
        case Not(inner):
            return _tree(inner, proc, not negated)
        case Binary(word, left, right) if word in _CONTRARY:
            word = _CONTRARY[word] if negated else word
            return _joined(word, _tree(left, proc, negated), _tree(right, proc, negated))
    value = _value(node, proc)
    return ["not", value] if negated else value


def _joined(word: str, left: Tree, right: Tree) -> Tree:
    """Without the part that makes no difference, and nothing but the part that decides."""
    for one, other in ((left, right), (right, left)):
        if one[0] == "is":
            return one if bool(one[1]) is (word == "or") else other
    return [word, left, right]


def _value(node: Node, proc: str) -> Tree:
    match node:
        case Literal(bytes() as octets):
            return ["octets", octets.decode("latin-1")]
        case Literal(value):
            return ["is", value]
        case Path():
            return _path(node, proc)
        case Binary(sign, left, right) if sign not in _CONTRARY:
            return _folded([sign, _value(left, proc), _value(right, proc)])
    return _ASK  # a condition that is compared with something


def _path(path: Path, proc: str) -> Tree:
    if path.selector != PRESENT:
        return _ASK
    first, *rest = path.attributes
    if first == "proc":
        return ["is", proc]
    if first in _TOLD and not rest:
        return ["of", first]
    if first == "before" and tuple(rest) in _SEEN:
        return ["before", rest]
    return _ASK if first in EARLY else ["later"]


def _folded(tree: Tree) -> Tree:
    """A comparison of a program's name is over once the program is known."""
    sign, left, right = tree
    if sign in ("==", "!=") and left[0] == right[0] == "is":
        return ["is", (left[1] == right[1]) is (sign == "==")]
    return tree
