"""Bytes of a landed file as UTF-8, whatever they were packed and encoded in."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from marketpulse.landing.encoding import encoding_of
from marketpulse.landing.limits import USUAL, Limits

_BLOCK = 2 << 20
_GZIP_MAGIC = b"\x1f\x8b"


class ByteStream(io.RawIOBase):
    """Bytes of a landed file as UTF-8, unpacked when they are gzip.

    A gzip stream that ends too early gives what was there; `damage` then says what is wrong.
    Bytes that the encoding does not know arrive as they are, for the reader of records to reject. A file that unpacks
    to more than it may raises GateError: what is packed says nothing of its size.
    """

    def __init__(self, raw: BinaryIO, encoding: str, limits: Limits = USUAL) -> None:
        super().__init__()
        self._left = limits.unpacked
        self._too_large = limits.too_large
        self.damage: str | None = None
        self._blocks = self._decoded(raw, encoding)
        self._rest = b""

    def blocks(self) -> Iterator[bytes]:
        """The bytes in pieces as they come; quicker than `read`."""
        return self._blocks

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; 0 at the end."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _decoded(self, raw: BinaryIO, encoding: str) -> Iterator[bytes]:
        blocks = self._unpacked(raw)
        first = next(blocks, b"")
        known = encoding_of(first, encoding)
        if known == "utf-8":
            if first:
                yield first
            yield from blocks
            return
        decoder = codecs.getincrementaldecoder(known)(errors=_AS_BYTES)
        for block in chain([first], blocks):
            yield decoder.decode(block).encode("utf-8", errors="surrogateescape")
        yield decoder.decode(b"", final=True).encode("utf-8", errors="surrogateescape")

    def _unpacked(self, raw: BinaryIO) -> Iterator[bytes]:
        first = raw.read(_BLOCK)
        blocks = iter(lambda: raw.read(_BLOCK), b"")
        if first.startswith(_GZIP_MAGIC):
            yield from self._inflated(first, blocks)
            return
        if first:
            yield first
        yield from blocks

    def _inflated(self, first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
        inflater = zlib.decompressobj(wbits=31)
        pending = first
        while pending or (pending := next(blocks, b"")):
            if inflater.eof:  # several gzip members one after the other are one file
                inflater = zlib.decompressobj(wbits=31)
            before = inflater.copy()
            try:
                piece = inflater.decompress(pending, _BLOCK)
            except zlib.error as error:
                self.damage = f"the gzip stream is damaged: {error}"
                yield from _salvaged(before, pending)
                return
            pending = inflater.unconsumed_tail or inflater.unused_data
            self._left -= len(piece)
            if self._left < 0:
                raise self._too_large
            if piece:
                yield piece
        if not inflater.eof:
            self.damage = "the gzip stream ends too early"


def _as_bytes(error: UnicodeError) -> tuple[str, int]:
    """Keep what the encoding does not know as bytes, after one (0xFF) that makes the line invalid for sure."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "\udcff" + "".join(chr(b if b < 0x80 else 0xDC00 + b) for b in wrong), error.end


_AS_BYTES = "marketpulse-as-bytes"
codecs.register_error(_AS_BYTES, _as_bytes)


def _salvaged(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What can be unpacked before the damage, which lies somewhere in `data`."""
    for place in range(len(data)):
        try:
            piece = inflater.decompress(data[place : place + 1])
        except zlib.error:
            return
        if piece:
            yield piece
