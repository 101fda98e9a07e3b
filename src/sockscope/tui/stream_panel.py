"""The byte stream: send boundaries above, recv boundaries below, and where each octet is."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.reactive import reactive

from sockscope.trace.names import BLOCKED, RECEIVES, SENDS
from sockscope.trace.state import State
from sockscope.trace.stream import End, Stream
from sockscope.trace.words import address_text, call_text, counted

from .frame import set_titles
from .line_view import LineView
from .scene import NOTHING, Scene
from .stream_draw import GUTTER, Mode, rows
from .stream_layout import UNFOLDED, Layout, Measure, lay_out, natural_origin, scrolled
from .text import printable

LOOK_BACK = 500
"""How many calls are looked at to find the stream that moved last."""

NO_STREAM = "No TCP connection yet: its bytes appear here, a stream for each direction."
NO_BYTES = "Nothing has been sent this way yet."


class StreamPanel(LineView):
    """One direction of one connection, as a window that scrolls sideways."""

    scene: reactive[Scene] = reactive(NOTHING, repaint=False)
    mode: reactive[Mode] = reactive(Mode.BOTH, repaint=False)
    folding: reactive[bool] = reactive(True, repaint=False)
    chosen: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, bytes_key: str = "x", id: str | None = None) -> None:
        super().__init__(id=id)
        self._bytes_key = bytes_key
        self._busiest: int | None = None
        self._origin: int | None = None
        self._scrolled_at: tuple[int | None, ...] = ()
        self._lines: list[Content] = []

    def watch_scene(self) -> None:
        self._busiest = busiest(self.scene.state)
        if self._scrolled_at != self._ledger():
            self._origin = None
        self._redraw()

    def watch_mode(self) -> None:
        self._redraw()

    def watch_folding(self) -> None:
        self._redraw()

    def watch_chosen(self) -> None:
        self._origin = None
        self._redraw()

    def on_resize(self, event: events.Resize) -> None:
        event.stop()
        self._redraw()

    @property
    def key(self) -> int | None:
        """The stream that is shown: the chosen one, or the one that moved last."""
        streams = self.scene.state.streams
        return self.chosen if self.chosen in streams else self._busiest

    @property
    def stream(self) -> Stream | None:
        """The same, as a stream."""
        key = self.key
        return None if key is None else self.scene.state.streams[key]

    @property
    def measure(self) -> Measure:
        """How the window is cut."""
        width = max(1, self.line_width - GUTTER)
        pitch = self.mode.pitch
        return Measure(width, pitch, width // pitch if self.folding else UNFOLDED)

    def choose(self, step: int) -> None:
        """Go to the next stream or the one before."""
        keys = list(self.scene.state.streams)
        if keys:
            current = keys.index(self.key) if self.key in keys else 0
            self.chosen = keys[(current + step) % len(keys)]

    def scroll_octets(self, cells: int) -> None:
        """Scroll sideways; at the right end the window follows the stream again."""
        stream = self.stream
        if stream is None or not stream.accepted:
            return
        measure = self.measure
        natural = natural_origin(stream, measure)
        origin = scrolled(stream, measure, self._window(stream).start, cells)
        self._origin = None if origin == natural else origin
        self._scrolled_at = self._ledger()
        self._redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_octets(4)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_octets(-4)

    def _ledger(self) -> tuple[int | None, ...]:
        """What, when it changes, makes the window follow the stream again."""
        stream = self.stream
        if stream is None:
            return ()
        return (self.key, stream.read, stream.arrived, stream.sent, stream.accepted)

    def _window(self, stream: Stream) -> Layout:
        return lay_out(stream, self.measure, self._origin)

    def _redraw(self) -> None:
        stream = self.stream
        set_titles(self, Content(self._title(stream)), Content(self._subtitle(stream)))
        self.set_class(stream is None or not stream.accepted, "-empty")
        self._lines = self._draw(stream)
        self.set_line_count(len(self._lines))

    def _draw(self, stream: Stream | None) -> list[Content]:
        if stream is None:
            return [Content.styled(NO_STREAM, "$quiet")]
        if not stream.accepted:
            ended = " The sender has closed its direction." if stream.finished else ""
            remark = next(iter(remarks_on(self.scene.state, stream)), "")
            return [
                Content.styled(NO_BYTES + ended, "$quiet"),
                Content.styled(remark, "italic $place-waiting"),
            ]
        size = self.scrollable_content_region
        return rows(
            stream,
            self._window(stream),
            self.mode,
            width=size.width,
            height=size.height,
            remarks=remarks_on(self.scene.state, stream),
        )

    def _title(self, stream: Stream | None) -> str:
        if stream is None:
            return "byte stream"
        sender = end_text(stream.sender) or address_text(stream.source)
        receiver = end_text(stream.receiver) or address_text(stream.target)
        return f"byte stream · {sender} → {receiver}"

    def _subtitle(self, stream: Stream | None) -> str:
        if stream is None:
            return ""
        keys = list(self.scene.state.streams)
        which = f"stream {keys.index(self.key) + 1} of {len(keys)} [ ]" if self.key in keys else ""
        sent = f"{counted(stream.accepted, 'byte')} sent, {stream.octets_read:,} read"
        if stream.lost:
            sent += f", {stream.lost:,} lost"
        return f"{sent} · {self.mode.value} {self._bytes_key} · {which}"

    def line(self, y: int) -> Content:
        return self._lines[y]


def busiest(state: State) -> int | None:
    """The stream that a call moves now, or moved last; the first one where none has."""
    for process in state.processes.values():
        for call in process.open:
            socket = state.sockets.get((call.proc, call.fd))
            if call.phase == BLOCKED and call.name in SENDS and socket and socket.out is not None:
                return socket.out
    last_moves = {
        (pieces[-1].proc, pieces[-1].call): key
        for key, stream in state.streams.items()
        for pieces in (stream.sends, stream.recvs)
        if pieces
    }
    for index in range(len(state.calls) - 1, max(-1, len(state.calls) - LOOK_BACK), -1):
        call = state.calls[index]
        if (call.proc, call.id) in last_moves:
            return last_moves[call.proc, call.id]
    return next(iter(state.streams), None)


def end_text(end: End | None) -> str:
    """``server fd 4``, or nothing where no tracee holds that end."""
    return f"{printable(end.proc)} fd {end.fd}" if end else ""


def remarks_on(state: State, stream: Stream) -> list[str]:
    """How the last read fell short and what the receiver is about to do, longest first."""
    short = _shortfall(stream)
    doing = _doing(state, stream)
    return [text for text in (" · ".join(filter(None, (short, doing))), short or doing) if text]


def _doing(state: State, stream: Stream) -> str:
    end = stream.receiver
    process = state.processes.get(end.proc) if end else None
    if end is not None and process is not None:
        for call in process.open:
            if call.fd == end.fd and call.name in RECEIVES:
                doing = "blocked in" if call.phase == BLOCKED else "next:"
                return f"{doing} {call_text(call)}"
    return ""


def _shortfall(stream: Stream) -> str:
    last = stream.recvs[-1] if stream.recvs else None
    if last is None or last.asked is None or last.length >= last.asked:
        return ""
    return f"{last.length:,} of {last.asked:,}: a partial read"
