"""The arguments of one call before it is made; each field says at once what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, Static

from sockscope.trace.fields import OrderError
from sockscope.trace.orders import Field, Order, check, form_of, order

from .menu_text import call_source
from .text import data


class FieldInput(Input):
    """One argument as text; with a few possible texts, up and down go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(-1)", "Choice above", show=False),
        Binding("down", "turn(1)", "Choice below", show=False),
    ]

    def __init__(self, wanted: Field, value: str) -> None:
        super().__init__(value, id=f"field-{wanted.name}", select_on_focus=True)
        self.wanted = wanted

    def action_turn(self, step: int) -> None:
        choices = self.wanted.kind.choices
        if choices:
            at = choices.index(self.value) if self.value in choices else -max(step, 0)
            self.value = choices[(at + step) % len(choices)]
            self.cursor_position = len(self.value)

    def pick(self, choice: str) -> None:
        """Take a choice; of a set, take it in or out."""
        if not self.wanted.kind.is_set:
            self.value = choice
            return
        words = self.value.split()
        kept = [word for word in words if word != choice]
        self.value = " ".join(kept if choice in words else [*words, choice])

    @property
    def problem(self) -> str:
        """What is wrong with the text, in one line; nothing where it is right."""
        try:
            check(self.wanted, self.value)
        except OrderError as error:
            return str(error)
        return ""


class CallForm(ModalScreen[Order | None]):
    """Gives the order as it was changed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, made: Order) -> None:
        super().__init__()
        self._made = made
        self._form = form_of(made.name)

    def compose(self) -> ComposeResult:
        made, form = self._made, self._form
        with VerticalScroll(classes="dialog prompt form", can_focus=False) as dialog:
            whose = made.proc if made.fd is None else f"{made.proc} fd {made.fd}"
            dialog.border_title = data(f"{whose}: {form.name}(), {form.purpose}")
            dialog.border_subtitle = "Enter makes the call · Tab next · Esc cancels"
            for wanted in form.fields:
                yield Static(Content.styled(wanted.label, "bold"), classes="label")
                yield FieldInput(wanted, made.typed[wanted.name])
                yield Static(id=f"note-{wanted.name}", classes="note")
            yield Static(id="call")

    def on_mount(self) -> None:
        self._check()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._check()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        made = self._check()
        if made is not None:
            self.dismiss(made)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_pick(self, name: str, choice: str) -> None:
        self.query_one(f"#field-{name}", FieldInput).pick(choice)

    @property
    def _inputs(self) -> Iterator[FieldInput]:
        return iter(self.query(FieldInput))

    def _check(self) -> Order | None:
        """Say below each field what is wrong, and at the end what the call would be."""
        for field in self._inputs:
            note = self.query_one(f"#note-{field.wanted.name}", Static)
            note.update(data(field.problem, "bold $error") if field.problem else _hint(field))
        made, problem = self._order()
        shown = data(f"→ {call_source(made)}", "bold") if made else data(problem, "bold $error")
        self.query_one("#call", Static).update(shown)
        return made

    def _order(self) -> tuple[Order | None, str]:
        typed = {field.wanted.name: field.value for field in self._inputs}
        if any(field.problem for field in self._inputs):
            return None, ""
        try:
            return order(self._made.proc, self._made.fd, self._made.name, typed), ""
        except OrderError as error:
            return None, str(error)


def _hint(field: FieldInput) -> Content:
    """The possible texts, each of which can be clicked."""
    wanted = field.wanted
    chosen = field.value.split()
    return Content("  ").join(
        Content.styled(choice, "bold $line-on" if choice in chosen else "$quiet").stylize(
            Style.from_meta({"@click": f"screen.pick({wanted.name!r}, {choice!r})"})
        )
        for choice in wanted.kind.choices
    )
