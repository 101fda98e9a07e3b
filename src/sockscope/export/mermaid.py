"""A sequence diagram in the language of Mermaid, which many sites draw by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..trace import events as e
from ..trace.words import plain_text
from .story import RESET, Rung, story

_SPECIAL = frozenset('#;<>&"`{}[]|%')


def mermaid(events: Iterable[e.Event]) -> str:
    """The diagram's source, with a line end after each line."""
    told = story(events)
    ids = {proc: f"p{number}" for number, proc in enumerate(told.procs)}
    lines = ["sequenceDiagram"]
    lines += [f"    participant {ids[proc]} as {_escaped(proc)}" for proc in told.procs]
    lines += [f"    {line}" for rung in told.rungs for line in _lines(rung, ids)]
    return "".join(f"{line}\n" for line in lines)


def _lines(rung: Rung, ids: dict[str, str]) -> Iterator[str]:
    me, text, crossing = ids[rung.proc], _escaped(rung.text), rung.crossing
    if crossing is None or crossing.target not in ids:
        yield f"Note over {me}: {text}"
    else:
        arrow = "-x" if crossing.kind == RESET else "->>"
        yield f"{me}{arrow}{ids[crossing.target]}: {text}"


def _escaped(text: str) -> str:
    """Any text as Mermaid takes it for text: its own signs by their numbers."""
    return "".join(f"#{ord(c)};" if c in _SPECIAL else c for c in plain_text(text))
