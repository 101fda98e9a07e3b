"""Who waits for whom, as content: the verdict, the sentences, and the drawing."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from sockscope.trace.chain import sentences, verdict
from sockscope.trace.diagram import Line, diagram
from sockscope.trace.state import State

from .scene import Scene
from .text import data
from .themes import tracee_style


def verdict_line(state: State) -> Content:
    """Whether it is a deadlock, in a few words; a mark goes with the colour."""
    text = verdict(state.waits, state.deadlock)
    if state.deadlock:
        return data(f"✖ {text}", "bold $error")
    return data(text, "bold")


def deadlock_sentence(state: State) -> Content:
    """The chain of a deadlock in one sentence."""
    return Content.assemble(("Deadlock: ", "bold $error"), data("; ".join(sentences(state.waits))))


def all_sentences(state: State) -> list[Content]:
    """A sentence for each chain of blocked calls."""
    return [data(text) for text in sentences(state.waits)]


def drawing(scene: Scene, width: int, *, boxed: bool) -> list[Content]:
    """The picture of who waits for whom, each process in its colour."""
    orders = {process.name: process.order for process in scene.tracees}
    return [_line(line, orders) for line in diagram(scene.state.waits, width, boxed=boxed)]


def best_drawing(scene: Scene, width: int, height: int) -> list[Content]:
    """The same with boxes where these leave it in sight, and otherwise without."""
    boxed = drawing(scene, width, boxed=True)
    return boxed if len(boxed) <= height else drawing(scene, width, boxed=False)


def _line(line: Line, orders: Mapping[str, int]) -> Content:
    return Content.assemble(
        *(
            data(piece.text, tracee_style(orders.get(piece.proc, 0)) if piece.proc else "")
            for piece in line
        )
    )
