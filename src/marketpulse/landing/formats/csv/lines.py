"""Lines of a CSV stream that can be put back, and what stands at the end of a file that is no record."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import ANY, LongLine, whole_lines
from marketpulse.landing.stream import ByteStream

_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20
_BLANK = b" \t\r\n"


class Readable(Protocol):
    """Bytes as UTF-8."""

    def read(self, size: int, /) -> bytes | None:
        """Give the next bytes; none at the end."""


class Bytes(Readable, Protocol):
    """What readers of CSV read: bytes as UTF-8, and what is wrong with them at their end."""

    @property
    def damage(self) -> str | None:
        """What is wrong with them."""


class Lines:
    """Lines of a stream that can be put back; `place` is how many bytes of the stream they were, so far."""

    def __init__(self, stream: Readable, limits: Limits) -> None:
        self._blocks = _split(self, stream, limits)
        self._waiting: deque[bytes | LongLine] = deque()
        self.place = 0

    def take(self) -> bytes | LongLine | None:
        """Give the next line; None at the end."""
        while not self._waiting:
            block = next(self._blocks, None)
            if block is None:
                return None
            self._waiting.extend([block] if isinstance(block, LongLine) else block)
        line = self._waiting.popleft()
        self.place += _size(line)
        return line

    def take_plain(self, special: tuple[bytes, ...]) -> list[bytes] | None:
        """The next block, when none of its lines has a special mark and nothing waits before it."""
        if self._waiting:
            return None
        block = next(self._blocks, [])
        if isinstance(block, LongLine):
            self._waiting.append(block)
            return None
        if not any(mark in line for mark in special for line in block):
            return block
        self._waiting.extend(block)
        return None

    def put_back(self, lines: list[bytes | LongLine]) -> None:
        """Let lines be the next ones again."""
        self._waiting.extendleft(reversed(lines))
        self.place -= sum(map(_size, lines))


def _size(line: bytes | LongLine) -> int:
    return len(line) if isinstance(line, bytes) else 0


def _split(lines: Lines, stream: Readable, limits: Limits) -> Iterator[list[bytes] | LongLine]:
    """Blocks of whole lines; a line ends with LF, CR LF or CR and keeps its end."""
    first = True
    for block in whole_lines(iter(lambda: stream.read(_BLOCK) or b"", b""), ANY, limits):
        if isinstance(block, LongLine):
            yield block
        else:
            text = block.removeprefix(_BOM) if first else block
            lines.place += len(block) - len(text)
            yield text.splitlines(keepends=True) if b"\r" in text else _by_newline(text)
        first = False


def _by_newline(block: bytes) -> list[bytes]:
    *lines, rest = block.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])


class WithoutFooter:
    """A stream without its last lines; blank ones behind and between them count for nothing."""

    def __init__(self, stream: ByteStream, lines: int, limits: Limits) -> None:
        self._stream = stream
        self._lines = lines
        self._most = (lines + 1) * limits.record
        self._held = self._ready = b""
        #: The last lines, once the stream is over.
        self.dropped = b""

    @property
    def damage(self) -> str | None:
        """See `ByteStream`."""
        return self._stream.damage

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, but none that could be of the last lines."""
        while not self._ready and (block := self._stream.read(_BLOCK)):
            self._held += block
            # The last byte may be half of a line's end.
            place = self._begin(self._held[:-1])
            self._ready, self._held = self._held[:place], self._held[place:]
        if not self._ready and self._held:
            place = self._begin(self._held)
            self._ready, self.dropped, self._held = self._held[:place], self._held[place:], b""
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _begin(self, data: bytes) -> int:
        """Where the last lines begin."""
        if len(data) > self._most:  # no footer is that long
            return len(data) - self._most
        end = len(data)
        for _ in range(self._lines):
            while end and data[end - 1] in _BLANK:
                end -= 1
            newline = data.rfind(b"\n", 0, end)
            end = max(newline, data.rfind(b"\r", newline + 1, end)) + 1
        return end
