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
    sends: Growing[Piece] = field(default_factory=Growing)
    recvs: Growing[Piece] = field(default_factory=Growing)
    accepted: int = 0
    read: int = 0
    waiting: int = 0  # FIONREAD, less what was read since
    unsent: int = 0  # SIOCOUTQNSD
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
    def handed_over(self) -> int:
        """The end of what finished sends have put in."""
        return self.sends[-1].start + self.sends[-1].length if self.sends else 0

    def taken(self, call: int, proc: str, data: bytes, asked: int | None) -> Stream:
        """After a send took ``data`` from the program."""
        piece = Piece(self.handed_over, len(data), call, proc, asked)
        end = piece.start + len(data)
        return evolve(
            self,
            sends=self.sends.append(piece),
            content=self.content.append(data[len(self.content) - piece.start :])
            if len(self.content) < end
            else self.content,
            accepted=max(self.accepted, end),
        )

    def delivered(self, call: int, proc: str, data: bytes, asked: int | None) -> Stream:
        """After a recv handed ``data`` to the program."""
        piece = Piece(self.read, len(data), call, proc, asked)
        end = self.read + len(data)
        return evolve(
            self,
            recvs=self.recvs.append(piece),
            content=self._reaching(self.read, data),
            read=end,
            waiting=max(0, self.waiting - len(data)),
            accepted=max(self.accepted, end),
        )

    def seen_at_receiver(self, waiting: int, peek: bytes | None) -> Stream:
        """After FIONREAD gave ``waiting`` and a peek showed the first of those octets."""
        waiting = max(0, waiting)
        content = self._reaching(self.read, peek or b"")
        if waiting == self.waiting and content is self.content:
            return self
        return evolve(
            self,
            waiting=waiting,
            content=content,
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
        return evolve(self, content=self._reaching(start, offered[: self.accepted - start]))

    def _reaching(self, start: int, data: bytes) -> GrowingBytes:
        known = len(self.content) - start
        return self.content.append(data[known:]) if 0 <= known < len(data) else self.content
