"""Notices in a corner of the screen: never more than one of them."""

from __future__ import annotations

from textual.app import App, ReturnType
from textual.notifications import Notify


class NoticeApp(App[ReturnType]):
    """An app whose notices take each other's place; the same one is not shown twice at a time."""

    def on_notify(self, event: Notify) -> None:
        if any(shown.message == event.notification.message for shown in self._notifications):
            event.prevent_default()
            return
        self.clear_notifications()
        for screen in self.screen_stack:
            screen.query("ToastHolder").remove()  # what Textual leaves of a cleared one
