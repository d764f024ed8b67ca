"""Packed bytes -> bytes, a little at a time: gzip, bzip2, xz, Zstandard and bare deflate.

What is packed may be several streams one after the other. A stream that ends too early gives what was there. One that
is damaged may have given wrong bytes before anybody could know, as its checksum stands at its end: it is told so.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import zstandard

#: Bytes that are unpacked at once.
BLOCK = 2 << 20
#: Memory that an xz stream may ask for (its strongest preset asks for 65 MB), and the window of a Zstandard frame.
_XZ_MEMORY, _ZSTD_WINDOW = 256 << 20, 128 << 20
#: Zstandard unpacks all that it is given: that much may become 64 MB, at worst.
_ZSTD_STEP = 2 << 10


class Unpacker(Protocol):
    """One stream, as bz2 and lzma unpack it."""

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of what was given."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Bytes of the stream, as many as are wanted."""
        ...


class _Zlib:
    """Deflate with the head that `bits` says (zlib), in the manner of bz2."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(wbits=bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Zstd:
    """One frame of Zstandard in the manner of bz2; `max_length` is kept by small steps only."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._tail = memoryview(b"")

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + bytes(self._tail)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        tail = memoryview(bytes(self._tail) + data) if data else self._tail
        found: list[bytes] = []
        while tail and not self._inner.eof and sum(map(len, found)) < max_length:
            step, tail = tail[:_ZSTD_STEP], tail[_ZSTD_STEP:]
            found.append(self._inner.decompress(step))
        self._tail = tail
        return b"".join(found)


@dataclass(frozen=True)
class Packing:
    """A way to pack a stream of bytes; files that begin with one of `starts` are packed so.

    What stands behind the end of a stream is another one, if there may be `several`; else it is nothing. One that is
    `sound` checks each block before anything of it is given.
    """

    name: str
    new: Callable[[], Unpacker]
    starts: tuple[bytes, ...] = ()
    several: bool = True
    sound: bool = False


GZIP = Packing("gzip", lambda: _Zlib(31), (b"\x1f\x8b",))
BZIP2 = Packing("bzip2", bz2.BZ2Decompressor, tuple(b"BZh%d" % level for level in range(1, 10)), sound=True)
XZ = Packing("xz", lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY), (b"\xfd7zXZ\0",))
#: A frame, or one that is to be skipped, as tools that work in parallel write first.
ZSTD = Packing("Zstandard", _Zstd, (b"\x28\xb5\x2f\xfd", *(bytes([n]) + b"\x2a\x4d\x18" for n in range(0x50, 0x60))))
DEFLATE = Packing("deflate", lambda: _Zlib(-15), several=False)
#: What a file may be packed in.
PACKINGS = (GZIP, BZIP2, XZ, ZSTD)

_ERRORS = (zlib.error, OSError, EOFError, lzma.LZMAError, zstandard.ZstdError)


def packing_of(first: bytes) -> Packing | None:
    """How a file that begins so is packed; None when it is not."""
    return next((each for each in PACKINGS if first.startswith(each.starts)), None)


class Unpacked:
    """Bytes of what `packing` packed, from `blocks` that can be had again; `damage` says what is wrong, in the end.

    With `is_wrong` that may be true of bytes that were given, too.
    """

    def __init__(self, packing: Packing, blocks: Callable[[], Iterator[bytes]]) -> None:
        self.damage: str | None = None
        self.is_wrong = False
        self._packing, self._blocks = packing, blocks

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in pieces; what stands before a damage is found in a second attempt, slowly where it lies."""
        given, walk = 0, _Walk(self._packing, self._blocks())
        try:
            for piece in walk:
                given += len(piece)
                yield piece
        except _DamagedError as error:
            self.damage = f"the {self._packing.name} stream is damaged: {error}"
            self.is_wrong = not self._packing.sound
            if self._packing.sound:
                yield from self._salvaged(given, walk)
            return
        if not walk.whole:
            self.damage = f"the {self._packing.name} stream ends too early"

    def _salvaged(self, given: int, walk: _Walk) -> Iterator[bytes]:
        """What stands between the first `given` bytes and the damage."""
        try:
            for piece in _Walk(self._packing, _slowly(self._blocks(), walk.taken - walk.last, walk.taken)):
                if len(piece) > given:
                    yield piece[given:]
                given = max(0, given - len(piece))
        except _DamagedError:
            return


class _DamagedError(Exception):
    """The bytes are not what a packing makes."""


class _Walk:
    """Unpack stream after stream; `taken` bytes were read, `last` at once, and in the end it is `whole` or not."""

    def __init__(self, packing: Packing, blocks: Iterator[bytes]) -> None:
        self.taken, self.last, self.whole = 0, 0, False
        self._packing, self._blocks = packing, blocks

    def __iter__(self) -> Iterator[bytes]:
        unpacker, pending = self._packing.new(), b""
        while True:
            if unpacker.eof:
                if not self._packing.several:
                    self.whole = True
                    return
                pending = unpacker.unused_data.lstrip(b"\0")  # zeros fill up blocks of tapes, and xz
                while not pending and (block := self._next()):
                    pending = block.lstrip(b"\0")
                if not pending:
                    self.whole = True
                    return
                unpacker = self._packing.new()
            is_last = unpacker.needs_input and not pending and not (pending := self._next())
            piece, pending = _given(unpacker, pending), b""
            for at in range(0, len(piece), BLOCK):
                yield piece[at : at + BLOCK]
            if is_last and not piece:  # nothing more comes of what it has
                self.whole = unpacker.eof
                return

    def _next(self) -> bytes:
        block = next(self._blocks, b"")
        self.taken, self.last = self.taken + len(block), len(block)
        return block


def _given(unpacker: Unpacker, data: bytes) -> bytes:
    try:
        return unpacker.decompress(data, BLOCK)
    except _ERRORS as error:
        raise _DamagedError(str(error)) from None


def _slowly(blocks: Iterator[bytes], until: int, end: int) -> Iterator[bytes]:
    """The blocks again, and byte by byte from `until` on: nothing is lost to what stands behind it."""
    place = 0
    for block in blocks:
        quick = max(0, min(len(block), until - place))
        if quick:
            yield block[:quick]
        for at in range(quick, min(len(block), max(quick, end - place))):
            yield block[at : at + 1]
        place += len(block)
        if place >= end:
            return
