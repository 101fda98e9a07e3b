"""A trace file that is written as the trace grows: a crash leaves only whole lines, but for the
last."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from ..trace.codec import encode, header
from ..trace.events import Event
from .rows import Placed, lines


class Recording:
    """Writes what it is given at once.  A trace that begins anew takes the place of the old one.

    Raises OSError where the file cannot be made; ``problem`` names what stopped it later.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.problem: str | None = None
        self._file = open(path, "w", encoding="utf-8")  # noqa: SIM115
        self._file.write(header())

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        except OSError as error:
            self._give_up(error)

    def write(self, event: Event) -> None:
        """Add one event."""
        self._add(encode(event), anew=event.n == 1)

    __call__ = write

    def take_rows(self, placed: Sequence[Placed]) -> None:
        """Add the events of some calls that nobody saw under way."""
        self._add(lines(placed))

    def _add(self, text: str, anew: bool = False) -> None:
        if self.problem is not None:
            return
        try:
            if anew:
                self._begin_anew()
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._give_up(error)

    def _begin_anew(self) -> None:
        if self._file.seekable():
            self._file.seek(0)
            self._file.truncate()
            self._file.write(header())

    def _give_up(self, error: OSError) -> None:
        self.problem = f"cannot write {self.path}: {(error.strerror or str(error)).lower()}"
