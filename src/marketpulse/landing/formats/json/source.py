"""The bytes of a JSON file as UTF-8, from their start as often as is needed, and its end where that is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.landing.encoding import encoding_of
from marketpulse.landing.limits import Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.stream import ByteStream

_BOM = b"\xef\xbb\xbf"
#: What stands behind the records of a document is less.
_ENDING = 256 << 10


class Source:
    """A JSON file; `stream` is what gives its bytes now."""

    stream: ByteStream

    def __init__(self, data: OpenedFile, encoding: str) -> None:
        self._data, self._encoding = data, encoding

    @property
    def limits(self) -> Limits:
        """How much of it may be in memory."""
        return self._data.limits

    def open(self) -> tuple[Iterator[bytes], ByteStream]:
        """The bytes in pieces, without a byte order mark, and what gives them."""
        self.stream = self._data.stream(self._encoding)
        return _unmarked(self.stream.blocks()), self.stream

    def ending(self) -> bytes | None:
        """The last bytes; None where they are packed or in another encoding, and would cost as much as all."""
        if self._data.is_packed:
            return None
        raw = self._data.raw
        raw.seek(0)
        if encoding_of(raw.read(4), self._encoding) != "utf-8":
            return None
        raw.seek(max(0, raw.seek(0, 2) - min(_ENDING, self.limits.record)))
        return raw.read()


def _unmarked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes without a byte order mark."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= len(_BOM):
            break
    yield first.removeprefix(_BOM)
    yield from blocks
