"""A small closed language over a trace: what happened in a call, and what the kernel held.

``server:recv#1`` is the first ``recv`` of the program called ``server``; attributes tell
what it did and what was seen around it, and conditions compare them::

    server:recv#1.bytes < server:recv#1.asked and client:send#2.before.peer.port == 1060

``call`` is the call at hand, where a run asks at each call whether to stop::

    call.name == "recv" and call.bytes < call.asked

Nothing written in this language can run code: it has calls of the trace, literals,
comparisons, ``and``, ``or``, ``not``, ``+`` and ``-``, and that is all.
"""

from .breakpoints import EXAMPLES, Breakpoint, read_breakpoint, read_breakpoints, written_out
from .evaluate import evaluate, holds, verdict
from .lookup import EARLY, PRESENT, Selector, find
from .syntax import ConditionError, Node, Path, paths, read, read_selector

__all__ = [
    "EARLY",
    "EXAMPLES",
    "PRESENT",
    "Breakpoint",
    "ConditionError",
    "Node",
    "Path",
    "Selector",
    "evaluate",
    "find",
    "holds",
    "paths",
    "read",
    "read_breakpoint",
    "read_breakpoints",
    "read_selector",
    "verdict",
    "written_out",
]
