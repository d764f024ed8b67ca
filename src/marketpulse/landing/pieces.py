"""The bytes of a landed file in pieces, unpacked when their first ones say that they are packed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from marketpulse.errors import GateError
from marketpulse.landing.limits import Limits
from marketpulse.landing.packings import Packing, Unpacked, packing_of

_BLOCK = 2 << 20
#: What is packed is taken in smaller blocks: where one is damaged it is looked at byte by byte.
_PACKED_BLOCK = 256 << 10


class Pieces(Protocol):
    """Bytes in pieces, once; when they are over, `damage` says what was wrong with them."""

    @property
    def damage(self) -> str | None:
        """Why they end where they end; None when they are whole."""
        ...

    @property
    def is_wrong(self) -> bool:
        """Whether bytes that were given may be others than those that were packed."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in pieces of any size."""
        ...


class Plain:
    """Bytes as they are."""

    damage: str | None = None
    is_wrong = False

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        """Blocks from the start."""
        return blocks(self._raw, 0, None, _BLOCK)


class Bounded:
    """Pieces that were packed: no more of them than a file may unpack to, and none where they may be wrong."""

    is_wrong = False

    def __init__(self, inner: Pieces, limits: Limits) -> None:
        self._inner, self._limits = inner, limits

    @property
    def damage(self) -> str | None:
        """See `Pieces.damage`."""
        return self._inner.damage

    def __iter__(self) -> Iterator[bytes]:
        """The pieces; raise GateError when they are too many, and when those before may be wrong."""
        left = self._limits.unpacked
        for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise self._limits.too_large
            yield piece
        if self._inner.is_wrong:
            raise GateError(str(self.damage), hint="what came before may be wrong, too: land the file again")


def pieces_of(raw: BinaryIO, limits: Limits) -> Pieces:
    """The bytes of a file, unpacked when they are packed."""
    packing = packing_as_landed(raw)
    return Bounded(Unpacked(packing, lambda: blocks(raw)), limits) if packing else Plain(raw)


def packing_as_landed(raw: BinaryIO) -> Packing | None:
    """How a file is packed; None when it is not."""
    raw.seek(0)
    return packing_of(raw.read(16))


def blocks(raw: BinaryIO, begin: int = 0, end: int | None = None, size: int = _PACKED_BLOCK) -> Iterator[bytes]:
    """Blocks of the bytes between two places. Whoever else reads in between, each block comes from its own place."""
    place = begin
    while end is None or place < end:
        raw.seek(place)
        block = raw.read(size if end is None else min(size, end - place))
        if not block:
            return
        place += len(block)
        yield block
