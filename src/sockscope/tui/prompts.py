"""Small questions: a number, a file name, a choice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

Accept = Callable[[str], Awaitable[str]]
"""Takes an answer; gives the reason why it is refused, or nothing."""


class Prompt(ModalScreen[str | None]):
    """Asks for one line and stays open until the answer is accepted."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, question: str, value: str, accept: Accept, note: str = "") -> None:
        super().__init__()
        self._question = question
        self._value = value
        self._accept = accept
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog prompt") as dialog:
            dialog.border_title = Content(self._question)
            dialog.border_subtitle = "Enter accepts · Esc cancels"
            yield Input(self._value, select_on_focus=True)
            yield Static(Content(self._note), id="note", markup=False)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        answer = event.value.strip()
        problem = await self._accept(answer)
        if problem:
            self.query_one("#note", Static).update(Content.styled(problem, "bold $error"))
        else:
            self.dismiss(answer)

    def action_cancel(self) -> None:
        self.dismiss(None)


class Choice(ModalScreen[str | None]):
    """Asks for one of a few."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        width = max(len(name) for name, _ in self._choices)
        with Vertical(classes="dialog prompt") as dialog:
            dialog.border_title = Content(self._question)
            dialog.border_subtitle = "Enter chooses · Esc cancels"
            yield OptionList(
                *(
                    Option(Content.assemble((name.ljust(width), "bold"), "  ", what), id=name)
                    for name, what in self._choices
                )
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)

    def action_cancel(self) -> None:
        self.dismiss(None)


async def whole_number(answer: str) -> str:
    """Accept a number from 1 on."""
    if answer.isascii() and answer.isdigit() and len(answer) < 19 and int(answer) >= 1:
        return ""
    return "A whole number from 1 on, please."
