"""The byte-stream ledger: where each octet of one direction of a connection is now.

TCP keeps the octets in order, so four numbers place every one of them:

    0 ── read ── arrived ── sent ── accepted
      by the     in the      in      in the
      program    receive     flight  send
                 buffer              buffer

``read`` and ``accepted`` are sums over the results of calls.  ``arrived`` is ``read``
plus what FIONREAD counts, and ``sent`` is ``accepted`` less what SIOCOUTQNSD counts.
SIOCOUTQ takes no part: octets that were delivered but not yet acknowledged stand in it
*and* in the peer's FIONREAD, and would be counted twice (tcp(7)).

Between a call's end and the next look at the kernel the boundaries move only as the
call itself moved them; ``Stream.in_flight`` is the remainder, so it is the one number
here that is inferred.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from .events import Address
from .evolve import evolve
from .growing import Growing, GrowingBytes


@dataclass(frozen=True, slots=True)
class Piece:
    """What one call put into a stream or took out of it."""

    start: int
    length: int
    call: int  # its id in the trace
    proc: str
    asked: int | None = None  # octets that the call allowed or offered


@dataclass(frozen=True, slots=True)
class End:
    """One socket that a stream begins or ends at; ``birth`` tells two uses of an fd apart."""

    proc: str
    fd: int
    birth: int


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One direction of one connection.  Offsets and sizes are in octets."""

    source: Address
    target: Address
    sender: End | None = None
    receiver: End | None = None
    content: GrowingBytes = field(default_factory=GrowingBytes)
    unknown: Growing[Piece] = field(default_factory=Growing)  # gaps in ``content``
    sends: Growing[Piece] = field(default_factory=Growing)
    recvs: Growing[Piece] = field(default_factory=Growing)
    accepted: int = 0
    read: int = 0
    waiting: int = 0  # FIONREAD, less what was read since
    unsent: int = 0  # SIOCOUTQNSD
    skipped: Growing[Piece] = field(default_factory=Growing)  # what no ordinary recv gave
    urgent: tuple[int, ...] = ()  # offsets of octets sent with MSG_OOB, not yet passed
    dropped: Growing[Piece] = field(default_factory=Growing)  # datagrams that found no room
    given: int = 0  # octets of datagrams that receives gave; ``read`` steps over lost ones too
    next_datagram: int = 0  # index into ``sends`` of the first that was not read
    is_datagrams: bool = False  # each send is one datagram, and keeps its edges
    finished: bool = False  # the sender will send no more (FIN)
    abandoned: bool = False  # the receiver closed: what it had not read is lost

    @property
    def arrived(self) -> int:
        """The end of what the receiver's kernel has."""
        return min(self.read + self.waiting, self.accepted)

    @property
    def sent(self) -> int:
        """The end of what has left the sender's kernel."""
        return max(self.arrived, self.accepted - self.unsent)

    @property
    def in_flight(self) -> int:
        """Octets between the two kernels: inferred, as what is nowhere else."""
        return self.sent - self.arrived

    @property
    def octets_read(self) -> int:
        """How many octets the program has read."""
        return self.given if self.is_datagrams else self.read

    @property
    def lost(self) -> int:
        """How many octets of datagrams nobody will read: cut off, or dropped by the kernel."""
        if not self.is_datagrams:
            return 0
        return self.accepted - self.given - sum(piece.length for piece in self._unread())

    def is_lost(self, offset: int) -> bool:
        """Whether an octet is one of those."""
        if not self.is_datagrams:
            return False
        return _covers(self.dropped, offset) or (
            offset < self.read and not _covers(self.recvs, offset)
        )

    @property
    def handed_over(self) -> int:
        """The end of what finished sends have put in."""
        return self.sends[-1].start + self.sends[-1].length if self.sends else 0

    def taken(
        self, call: int, proc: str, data: bytes, asked: int | None, is_urgent: bool = False
    ) -> Stream:
        """After a send took ``data`` from the program; its last octet may be urgent."""
        piece = Piece(self.handed_over, len(data), call, proc, asked)
        end = piece.start + len(data)
        return evolve(
            self._knowing(piece.start, data),
            urgent=(*self.urgent, end - 1) if is_urgent and data else self.urgent,
            sends=self.sends.append(piece),
            accepted=max(self.accepted, end),
        )

    def carried_out(self, call: int, proc: str, count: int) -> Stream:
        """After so many octets were sent beneath a call, of which no more is known."""
        piece = Piece(self.handed_over, count, call, proc)
        end = piece.start + count
        return evolve(self, sends=self.sends.append(piece), accepted=max(self.accepted, end))

    def carried_in(self, call: int, proc: str, count: int) -> Stream:
        """After so many octets were received beneath a call, of which no more is known."""
        end = self.read + count
        return evolve(
            self,
            recvs=self.recvs.append(Piece(self.read, count, call, proc)),
            read=end,
            waiting=max(0, self.waiting - count),
            accepted=max(self.accepted, end),
        )

    def delivered(self, call: int, proc: str, data: bytes, asked: int | None) -> Stream:
        """After a recv handed ``data`` to the program."""
        if self.urgent and self.read >= self.urgent[0]:
            return self._past_urgent(data).delivered(call, proc, data, asked)
        piece = Piece(self.read, len(data), call, proc, asked)
        end = self.read + len(data)
        return evolve(
            self._knowing(self.read, data),
            recvs=self.recvs.append(piece),
            read=end,
            waiting=max(0, self.waiting - len(data)),
            accepted=max(self.accepted, end),
        )

    def _past_urgent(self, data: bytes) -> Stream:
        """Without an urgent octet that stands before ``data``: a recv() steps over it."""
        start, passed = self.urgent[0], evolve(self, urgent=self.urgent[1:])
        if start != self.read or self.content[start : start + len(data)] == data:
            return passed
        return passed._skipping(start, 1)

    def _skipping(self, start: int, length: int) -> Stream:
        """After octets at the end of what was read went by without being given."""
        piece = Piece(start, length, 0, "")
        return evolve(
            self,
            skipped=self.skipped.append(piece),
            read=max(self.read, start + length),
            waiting=max(0, self.waiting - length),
        )

    # -- datagrams ---------------------------------------------------------------

    def datagram_sent(self, call: int, proc: str, data: bytes, asked: int | None) -> Stream:
        """After a datagram was sent.  On one machine it is in the receiver's queue at once."""
        stream = self.taken(call, proc, data, asked)
        return evolve(stream, waiting=stream.accepted - stream.read)

    def datagram_received(self, call: int, proc: str, data: bytes, asked: int | None) -> Stream:
        """After a receive was given a datagram, or as much of one as it had asked for.

        One that none of our tracees sent has no place here.
        """
        piece = next((p for p in self._unread() if self._is_head(p, data)), None)
        if piece is None:
            return self
        end = piece.start + piece.length
        given = Piece(piece.start, len(data), call, proc, asked)
        stream = evolve(
            self,
            recvs=self.recvs.append(given),
            given=self.given + len(data),
            read=piece.start + len(data),
            next_datagram=self._after(piece),
        )
        if end > stream.read:
            stream = stream._skipping(stream.read, end - stream.read)
        return stream._up_to_first_waiting()

    def _up_to_first_waiting(self) -> Stream:
        """What was dropped before the next datagram has gone by as well."""
        first = self.first_waiting()
        read = self.handed_over if first is None else first.start
        return evolve(self, read=read, waiting=self.accepted - read)

    def first_waiting(self) -> Piece | None:
        """The datagram that a receive is given next."""
        return next(self._unread(), None)

    def _is_head(self, piece: Piece, data: bytes) -> bool:
        head = self.content[piece.start : piece.start + len(data)]
        return len(data) <= piece.length and head == data

    def _unread(self) -> Iterator[Piece]:
        """The datagrams that wait, oldest first."""
        if self.next_datagram == len(self.sends):
            return
        first, dropped = self.sends[self.next_datagram].start, len(self.dropped)
        while dropped and self.dropped[dropped - 1].start >= first:
            dropped -= 1
        lost = self.dropped[dropped:]
        for index in range(self.next_datagram, len(self.sends)):
            if self.sends[index] not in lost:
                yield self.sends[index]

    def _after(self, piece: Piece) -> int:
        index = self.next_datagram
        while self.sends[index] is not piece:
            index += 1
        return index + 1

    def datagrams_dropped(self, count: int) -> Stream:
        """After the kernel counted so many more as dropped: the newest found no room."""
        dropped = self.dropped
        for piece in list(self._unread())[-count:]:
            dropped = dropped.append(piece)
        return evolve(self, dropped=dropped)._up_to_first_waiting()

    # -- looks at the kernel -----------------------------------------------------

    def seen_at_receiver(self, waiting: int, peek: bytes | None) -> Stream:
        """After FIONREAD gave ``waiting`` and a peek showed the first of those octets."""
        waiting = max(0, waiting)
        stream = self._knowing(self.read, peek or b"")
        if waiting == self.waiting and stream is self:
            return self
        return evolve(
            stream,
            waiting=waiting,
            accepted=max(self.accepted, self.read + waiting),
        )

    def seen_at_sender(self, unsent: int, accepted: int | None) -> Stream:
        """After SIOCOUTQNSD gave ``unsent`` and TCP_INFO what was taken since birth.

        The second counts what a send that still sleeps has already handed over.
        """
        unsent, accepted = max(0, unsent), max(self.accepted, accepted or 0)
        if unsent == self.unsent and accepted == self.accepted:
            return self
        return evolve(self, unsent=unsent, accepted=accepted)

    def offering(self, offered: bytes | None) -> Stream:
        """With the octets that a send under way has handed over, as far as they are known.

        The kernel cannot be asked for the bytes of a send queue, but they are the ones
        that the program gave.
        """
        start = self.handed_over
        if not offered or self.accepted <= max(start, len(self.content)):
            return self
        return self._knowing(start, offered[: self.accepted - start])

    def octet(self, offset: int) -> int | None:
        """One octet; None where nobody has shown it."""
        if _covers(self.unknown, offset):
            return None
        return next(iter(self.content[offset : offset + 1]), None)

    def _knowing(self, start: int, data: bytes) -> Stream:
        """With ``data`` from ``start`` on; between it and what is known nobody knows."""
        end = len(self.content)
        if start + len(data) <= end or not data:
            return self
        if start <= end:
            return evolve(self, content=self.content.append(data[end - start :]))
        gap = Piece(end, start - end, 0, "")
        content = self.content.append(bytes(gap.length) + data)
        return evolve(self, content=content, unknown=self.unknown.append(gap))


def _covers(pieces: Growing[Piece], offset: int) -> bool:
    """Whether one of the pieces, which stand in order, has this octet."""
    index = bisect_right(pieces, offset, key=lambda piece: piece.start) - 1
    return index >= 0 and offset < pieces[index].start + pieces[index].length
