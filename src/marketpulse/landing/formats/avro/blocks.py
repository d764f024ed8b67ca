"""The blocks of an Avro file. A mark stands between them: behind a damage, the next block is found by it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.limits import MB, SMALLER, Limits
from marketpulse.landing.packings import BZIP2, DEFLATE, XZ, ZSTD, Unpacked

_MAGIC = b"Obj\x01"
_MARK = 16
_MOST_HEADER = 16 * MB
_STEP = 1 << 20
_MOST_RECORDS = 1_000_000_000
_PACKINGS = {"deflate": DEFLATE, "bzip2": BZIP2, "xz": XZ, "zstandard": ZSTD}
CODECS = ("null", "snappy", *_PACKINGS)


@dataclass(frozen=True)
class Block:
    """Some records: how many, and their bytes; or what is wrong with them, and how they begin."""

    count: int
    data: bytes = b""
    damage: str | None = None


class _EndError(Exception):
    """The file ends, or a number has no end."""


class Blocks:
    """The head of a file, and its blocks once. Raise GateError when it has none."""

    def __init__(self, raw: BinaryIO, limits: Limits) -> None:
        self._raw, self._limits, self._rest = raw, limits, b""
        self._most = 2 * limits.record
        if self._take(len(_MAGIC)) != _MAGIC:
            raise GateError("not an Avro file: it does not begin as one", hint="land a file of the feed's format")
        try:
            self.meta = self._head()
            self._mark = self._exactly(_MARK)
        except _EndError:
            raise GateError("the head of the Avro file is damaged", hint="land the file again") from None
        self.codec = self.meta.get("avro.codec", b"null").decode("utf-8", errors="replace")
        if self.codec not in CODECS:
            known = "known: " + ", ".join(CODECS)
            raise GateError(f"its blocks are packed with {self.codec!r}, which is not read", hint=known)

    def __iter__(self) -> Iterator[Block]:
        """The blocks in order; of what is damaged what is known."""
        left = self._limits.unpacked
        while block := self._next():
            yield block
            left -= len(block.data)
            if left < 0 and self.codec != "null":
                raise self._limits.too_large

    def _head(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        while count := self._number():
            if count < 0:
                count = -count
                self._number()
            for _ in range(count):
                key = self._value().decode("utf-8", errors="replace")
                found[key] = self._value()
        return found

    def _value(self) -> bytes:
        size = self._number()
        if not 0 <= size <= _MOST_HEADER:
            raise _EndError
        return self._exactly(size)

    def _next(self) -> Block | None:
        if not (self._rest or self._fill()):
            return None
        try:
            count, size = self._number(), self._number()
        except _EndError:
            count = size = -1
        if count < 0 or size < 0:
            return self._damaged(1, b"", "has no length")
        count = count if count <= _MOST_RECORDS else 1  # what a damaged head says is no number of records
        if size > self._most:
            return self._damaged(
                max(count, 1), b"", f"has {size:,} bytes, more than {self._most // MB:,} MB: {SMALLER}"
            )
        return self._inside(count, size)

    def _inside(self, count: int, size: int) -> Block:
        data = self._take(size + _MARK)
        if data[size:] == self._mark:
            return self._unpacked(count, data[:size])
        if len(data) < size + _MARK:
            return Block(max(count, 1), data[:size], "is cut off")
        self._rest = data + self._rest
        return self._damaged(max(count, 1), data, "does not end where it should")

    def _unpacked(self, count: int, data: bytes) -> Block:
        try:
            found = data if self.codec == "null" else self._plain(data)
        except (pa.ArrowException, OSError, ValueError) as error:
            return Block(max(count, 1), b"", f"cannot be unpacked: {error}")
        return Block(count, found) if count <= len(found) else Block(1, found, f"says that it has {count:,} records")

    def _plain(self, data: bytes) -> bytes:
        if self.codec == "snappy":
            return self._from_snappy(data)
        pieces, found = Unpacked(_PACKINGS[self.codec], lambda: iter([data])), bytearray()
        for piece in pieces:
            found += piece
            self._must_fit(len(found))
        if pieces.damage:
            raise ValueError(pieces.damage)
        return bytes(found)

    def _from_snappy(self, data: bytes) -> bytes:
        size = shift = 0
        for byte in data[:5]:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        self._must_fit(size)
        found: bytes = pa.decompress(data[:-4], decompressed_size=size, codec="snappy", asbytes=True)
        if zlib.crc32(found) != int.from_bytes(data[-4:], "big"):
            raise ValueError("its checksum is another")
        return found

    def _must_fit(self, size: int) -> None:
        if size > self._most:
            raise ValueError(f"more than {self._most // MB:,} MB: {SMALLER}")

    def _damaged(self, count: int, data: bytes, why: str) -> Block:
        """Go on behind the next mark."""
        while (at := self._rest.find(self._mark)) < 0:
            kept = self._rest[-_MARK + 1 :]
            if not (more := self._raw.read(_STEP)):
                self._rest = b""
                return Block(count, data, why)
            self._rest = kept + more
        self._rest = self._rest[at + _MARK :]
        return Block(count, data, why)

    def _number(self) -> int:
        value = shift = 0
        for _ in range(10):
            (byte,) = self._exactly(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)
        raise _EndError

    def _exactly(self, size: int) -> bytes:
        found = self._take(size)
        if len(found) < size:
            raise _EndError
        return found

    def _take(self, size: int) -> bytes:
        while len(self._rest) < size and self._fill(size - len(self._rest)):
            pass
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _fill(self, size: int = 0) -> bool:
        more = self._raw.read(max(size, _STEP))
        self._rest += more
        return bool(more)
