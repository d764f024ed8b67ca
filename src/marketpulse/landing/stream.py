"""Bytes of a landed file as UTF-8, whatever they were packed and encoded in."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from itertools import chain

from marketpulse.landing.encoding import encoding_of
from marketpulse.landing.mistaken import Mistaken
from marketpulse.landing.pieces import Pieces


class ByteStream(io.RawIOBase):
    """Bytes of a landed file as UTF-8, without an encoding as they are; unpacked, as `pieces` gives them.

    A packed stream that ends too early gives what was there; `damage` then says what is wrong.
    Bytes that the encoding does not know arrive as they are, for the reader of records to reject. A file that unpacks
    to more than it may raises GateError: what is packed says nothing of its size. So does UTF-8 that is said to be of
    single bytes (see `mistaken`).
    """

    def __init__(self, pieces: Pieces, encoding: str | None) -> None:
        super().__init__()
        self._pieces = pieces
        self._blocks = iter(pieces) if encoding is None else self._decoded(encoding)
        self._rest = b""

    @property
    def damage(self) -> str | None:
        """What was wrong with the bytes, when they are over."""
        return self._pieces.damage

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

    def _decoded(self, encoding: str) -> Iterator[bytes]:
        pieces = iter(self._pieces)
        first = next(pieces, b"")
        known = encoding_of(first, encoding)
        if known == "utf-8":
            if first:
                yield first
            yield from pieces
            return
        decoder, mistaken = codecs.getincrementaldecoder(known)(errors=_AS_BYTES), Mistaken(encoding, known)
        for block in chain([first], pieces):
            mistaken.see(block)
            yield decoder.decode(block).encode("utf-8", errors="surrogateescape")
        mistaken.end()
        yield decoder.decode(b"", final=True).encode("utf-8", errors="surrogateescape")


def _as_bytes(error: UnicodeError) -> tuple[str, int]:
    """Keep what the encoding does not know as bytes, after one (0xFF) that makes the line invalid for sure."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "\udcff" + "".join(chr(b if b < 0x80 else 0xDC00 + b) for b in wrong), error.end


_AS_BYTES = "marketpulse-as-bytes"
codecs.register_error(_AS_BYTES, _as_bytes)
