"""Read a damaged CSV: every record that can be read, and every line that cannot, in order.

The quick reader refuses such files. Here a quote that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from marketpulse.landing.formats.csv.options import CsvOptions
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import ANY, LongLine, whole_lines
from marketpulse.landing.stream import ByteStream

#: A quoted field may go over so many lines; more means a quote that was never closed.
_MOST_LINES = 1000


@dataclass(frozen=True)
class Malformed:
    """A line that cannot be read, its bytes as they were."""

    reason: str
    text: bytes


@dataclass(frozen=True)
class Plain:
    """Lines without a quote, each a record of its own unless it is blank: they can be read together."""

    lines: list[bytes]


def tolerant_rows(
    stream: ByteStream, form: CsvOptions, limits: Limits, as_written: bool = False
) -> Iterator[list[str | None] | Malformed | Plain]:
    """Records of a CSV stream, the header included; blank lines are skipped, except those inside of `Plain`.

    `as_written` keeps null spellings as text (for a header).
    """
    csv.field_size_limit(1 << 30)
    lines = _Lines(stream, limits)
    nulls = frozenset() if as_written else frozenset(form.nulls)
    width: int | None = None if form.header else len(form.columns)
    quote = form.quote.encode()
    while True:
        if width is not None and (plain := lines.take_plain(quote)):
            yield Plain(plain)
            continue
        line = lines.take()
        if line is None:
            break
        if isinstance(line, LongLine):
            yield Malformed(line.reason, line.text)
            continue
        if not line.strip(b"\r\n"):
            continue
        row = _record(line, lines, form, width, limits) if quote in line else unquoted(line, form, width)
        if width is None and isinstance(row, list):
            width = len(row)
        yield [None if value in nulls else value for value in row] if isinstance(row, list) else row
    if stream.damage:
        yield Malformed(stream.damage, b"")


class _Lines:
    """Lines of a stream that can be put back."""

    def __init__(self, stream: ByteStream, limits: Limits) -> None:
        self._blocks = _split(stream, limits)
        self._waiting: deque[bytes | LongLine] = deque()

    def take(self) -> bytes | LongLine | None:
        while not self._waiting:
            block = next(self._blocks, None)
            if block is None:
                return None
            self._waiting.extend([block] if isinstance(block, LongLine) else block)
        return self._waiting.popleft()

    def take_plain(self, quote: bytes) -> list[bytes] | None:
        """The next block, when none of its lines has a quote and nothing waits before it."""
        if self._waiting:
            return None
        block = next(self._blocks, [])
        if isinstance(block, LongLine):
            self._waiting.append(block)
            return None
        if not any(quote in line for line in block):
            return block
        self._waiting.extend(block)
        return None

    def put_back(self, lines: list[bytes | LongLine]) -> None:
        self._waiting.extendleft(reversed(lines))


def _split(stream: ByteStream, limits: Limits) -> Iterator[list[bytes] | LongLine]:
    """Blocks of whole lines; a line ends with LF, CR LF or CR and keeps its end."""
    first = True
    for block in whole_lines(iter(lambda: stream.read(1 << 20) or b"", b""), ANY, limits):
        if isinstance(block, LongLine):
            yield block
        else:
            text = block.removeprefix(b"\xef\xbb\xbf") if first else block
            yield text.splitlines(keepends=True) if b"\r" in text else _by_newline(text)
        first = False


def _by_newline(block: bytes) -> list[bytes]:
    *lines, rest = block.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])


def _record(line: bytes, lines: _Lines, form: CsvOptions, width: int | None, limits: Limits) -> list[str] | Malformed:
    """The record that starts with `line`, or that line as malformed (what follows is read on its own)."""
    quote = form.quote.encode()
    taken: list[bytes | LongLine] = []
    parts, quotes, size = [line], line.count(quote), len(line)
    while quotes % 2 and len(taken) < _MOST_LINES and (following := lines.take()) is not None:
        taken.append(following)
        if isinstance(following, LongLine) or (size := size + len(following)) > limits.record:
            # Longer than a record may be: a quote that was never closed.
            quotes = 1
            break
        parts.append(following)
        quotes += following.count(quote)
    found = _parsed(b"".join(parts), form, width)
    if taken and (quotes % 2 or isinstance(found, Malformed)):
        lines.put_back(taken)
        return _parsed(line, form, width)
    return found


def unquoted(line: bytes, form: CsvOptions, width: int | None) -> list[str] | Malformed:
    """A line without quotes needs no parser: most lines are such."""
    try:
        row = line.decode("utf-8").rstrip("\r\n").split(form.delimiter)
    except UnicodeDecodeError:
        return _parsed(line, form, width)
    return row if width is None or len(row) == width else _parsed(line, form, width)


def _parsed(record: bytes, form: CsvOptions, width: int | None) -> list[str] | Malformed:
    try:
        text = record.decode("utf-8")
    except UnicodeDecodeError as error:
        return Malformed(f"not valid {form.encoding} (byte {error.start + 1} of the line)", record.rstrip(b"\r\n"))
    try:
        rows = list(csv.reader([text], delimiter=form.delimiter, quotechar=form.quote, strict=True))
    except csv.Error as error:
        return Malformed(f"not valid CSV: {error}", record.rstrip(b"\r\n"))
    if width is not None and (len(rows) != 1 or len(rows[0]) != width):
        found = len(rows[0]) if rows else 0
        return Malformed(f"{found} columns instead of {width}", record.rstrip(b"\r\n"))
    return rows[0]
