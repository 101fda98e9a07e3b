"""Immutable sequences that share one growing store.

A state is immutable, and there is one per position of a trace, so a plain tuple
copied at every event would cost time and memory in the square of the trace's
length.  Histories only ever grow, and an earlier state is a prefix of a later one.
So all of them share one store, and each remembers how much of it is its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Growing(Sequence[T], Generic[T]):
    """An immutable sequence whose ``append`` costs the same at any length."""

    __slots__ = ("_length", "_store")

    def __init__(self, items: Sequence[T] = ()) -> None:
        self._store: list[T] = list(items)
        self._length = len(self._store)

    def append(self, item: T) -> Growing[T]:
        """A sequence with ``item`` at its end; this one stays as it is."""
        grown: Growing[T] = Growing.__new__(Growing)
        grown._length = self._length + 1
        store = self._store
        if self._length == len(store):
            store.append(item)
        elif store[self._length] != item:
            store = store[: self._length]
            store.append(item)
        grown._store = store
        return grown

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._store[i] for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._store[index if index >= 0 else self._length + index]

    def __iter__(self) -> Iterator[T]:
        store = self._store
        for i in range(self._length):
            yield store[i]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Growing) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Growing({list(self)!r})"


class GrowingBytes:
    """The same for octets: an immutable byte string that is cheap to lengthen."""

    __slots__ = ("_length", "_store")

    def __init__(self, data: bytes = b"") -> None:
        self._store = bytearray(data)
        self._length = len(data)

    def append(self, data: bytes) -> GrowingBytes:
        """A byte string with ``data`` at its end; this one stays as it is."""
        if not data:
            return self
        grown = GrowingBytes.__new__(GrowingBytes)
        store, end = self._store, self._length + len(data)
        known = bytes(store[self._length : end])
        if known != data[: len(known)]:
            store = store[: self._length]
            known = b""
        store += data[len(known) :]
        grown._store, grown._length = store, end
        return grown

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: slice) -> bytes:
        start, stop, step = index.indices(self._length)
        if step < 0:
            return bytes(self)[index]
        return bytes(self._store[start:stop:step])

    def __bytes__(self) -> bytes:
        return bytes(self._store[: self._length])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GrowingBytes) and bytes(self) == bytes(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"GrowingBytes({bytes(self)!r})"
