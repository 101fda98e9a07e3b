"""The explorer's app: every call is ordered by a person, and done again when asked to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sockscope.trace.events import Event
from sockscope.trace.fields import OrderError
from sockscope.trace.history import History
from sockscope.trace.script import Scripts
from sockscope.tracer.explorer import Explorer
from sockscope.tracer.publisher import Mapper
from sockscope.tracer.rerun import Rerun

from .app import Command, StageApp, writer
from .explore_stage import ExploreStage
from .prompts import Accept
from .saving import save_programs
from .themes import DARK


class ExploreApp(StageApp):
    """A new explorer, or a saved session of one where there is a ``history``.

    ``earlier`` is a session that is run again to begin with.  ``make_mapper`` makes, for each
    session, what changes its events before they are shown.
    """

    def __init__(
        self,
        history: History | None = None,
        *,
        earlier: Rerun | None = None,
        make_mapper: Callable[[], Mapper | None] = lambda: None,
        title: str = "explore",
        save_path: Path | None = None,
        record: Callable[[Event], None] | None = None,
        theme: str = DARK.name,
    ) -> None:
        super().__init__(
            history,
            self._make_explorer if history is None else None,
            title=title,
            save_path=save_path,
            record=record,
            theme=theme,
            make_stage=ExploreStage,
        )
        self.scripts = Scripts(self.history.events)
        self._earlier = earlier
        self._make_mapper = make_mapper

    def _make_explorer(self) -> Explorer:
        """An earlier session is run again once: a restart after that begins with nothing."""
        earlier, self._earlier = self._earlier, None
        return Explorer(earlier, self._make_mapper())

    def take(self, event: Event) -> None:
        self.scripts.take(event)
        super().take(event)

    def forget(self) -> None:
        super().forget()
        self.scripts = Scripts()

    def again(self) -> None:
        """Make the calls up to the shown position once more, on fresh sockets."""
        self._earlier = Rerun(self.history.events, self._position)
        self._make_driver = self._make_explorer
        self.restart()

    def exporter(self) -> Accept:
        """Takes a folder and writes the programs there; over others only at the second try."""

        def write(folder: Path, overwrite: bool) -> None:
            save_programs(folder, self.scripts.files(), overwrite=overwrite)

        return writer("A folder, please.", write)

    async def _obey(self, command: Command) -> None:
        try:
            await super()._obey(command)
        except OrderError as error:
            self.tell(str(error))
