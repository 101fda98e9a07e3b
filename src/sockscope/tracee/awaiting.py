"""Which line of the program awaits what asyncio receives for it.

The receive itself is made by asyncio's loop, far from the coroutine that will have its
octets; the loop's objects are read, and no code of the program's is run.
"""

from __future__ import annotations

import sys
from types import FrameType

from . import frames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

    from .records import Record

    Place = Tuple[str, int, Optional[str]]  # a file, a line, and the function of asyncio's there

LOOP = "asyncio.selector_events"


def tell(record: Record) -> None:
    """Note in a call that asyncio's loop makes who awaits it; or within what the loop runs."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frames.is_ours(frame):
        frame = frame.f_back
    if frame is None or frame.f_globals.get("__name__") != LOOP:
        return
    place = _place(frame)
    if place is not None:
        record.file, record.line, record.within = place
    else:
        record.within = frames.within(frames.caller()[0])
    record.whole = record.within is None  # a row has no place for it


def _place(frame: FrameType) -> Place | None:
    names = frame.f_locals
    future = names.get("fut")  # of loop.sock_recv()
    if future is None:
        protocol = getattr(names.get("self"), "_protocol", None)
        streams: Any = sys.modules.get("asyncio.streams")
        if streams is None or not isinstance(protocol, streams.StreamReaderProtocol):
            return _method(protocol)
        future = getattr(protocol._stream_reader, "_waiter", None)
    return _awaited(future)


def _method(protocol: Any) -> Place | None:
    """Where a protocol of the program's own takes the octets."""
    for name in ("data_received", "buffer_updated"):
        code = getattr(getattr(type(protocol), name, None), "__code__", None)
        if code is not None and frames.is_program(code.co_filename):
            return code.co_filename, code.co_firstlineno, None
    return None


def _awaited(future: Any) -> Place | None:
    """Where the task stands that is to be woken once a future is done."""
    asyncio: Any = sys.modules["asyncio"]
    for callback, *_ in getattr(future, "_callbacks", None) or ():
        task = getattr(callback, "__self__", None)
        if isinstance(task, asyncio.Task):
            return _innermost(task.get_coro())
    return None


def _innermost(coroutine: Any) -> Place | None:
    """The innermost line of the program's, of coroutines that await each other."""
    found: Place | None = None
    while getattr(coroutine, "cr_frame", None) is not None:
        frame = coroutine.cr_frame
        own = frames.own_line(frame)
        if own is not None:
            found = (*own, None)
        elif found is not None and found[2] is None:
            found = (*found[:2], frame.f_code.co_name)
        coroutine = coroutine.cr_await
    return found
