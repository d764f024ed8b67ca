"""Read a damaged CSV: every record that can be read, and every line that cannot, in order.

The quick reader refuses such files. Here a quote that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from marketpulse.landing.formats.csv.options import CsvOptions
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
    stream: ByteStream, form: CsvOptions, as_written: bool = False
) -> Iterator[list[str | None] | Malformed | Plain]:
    """Records of a CSV stream, the header included; blank lines are skipped, except those inside of `Plain`.

    `as_written` keeps null spellings as text (for a header).
    """
    csv.field_size_limit(1 << 30)
    lines = _Lines(stream)
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
        if not line.strip(b"\r\n"):
            continue
        row = _record(line, lines, form, width) if quote in line else unquoted(line, form, width)
        if width is None and isinstance(row, list):
            width = len(row)
        yield [None if value in nulls else value for value in row] if isinstance(row, list) else row
    if stream.damage:
        yield Malformed(stream.damage, b"")


class _Lines:
    """Lines of a stream that can be put back."""

    def __init__(self, stream: ByteStream) -> None:
        self._blocks = _split(stream)
        self._waiting: deque[bytes] = deque()

    def take(self) -> bytes | None:
        while not self._waiting:
            block = next(self._blocks, None)
            if block is None:
                return None
            self._waiting.extend(block)
        return self._waiting.popleft()

    def take_plain(self, quote: bytes) -> list[bytes] | None:
        """The next block, when none of its lines has a quote and nothing waits before it."""
        if self._waiting:
            return None
        block = next(self._blocks, [])
        if not any(quote in line for line in block):
            return block
        self._waiting.extend(block)
        return None

    def put_back(self, lines: list[bytes]) -> None:
        self._waiting.extendleft(reversed(lines))


def _split(stream: ByteStream) -> Iterator[list[bytes]]:
    """Blocks of whole lines; a line ends with LF, CR LF or CR and keeps its end."""
    rest = b""
    first = True
    while block := stream.read(1 << 20):
        if first:
            block, first = block.removeprefix(b"\xef\xbb\xbf"), False
        lines = (rest + block).splitlines(keepends=True) if b"\r" in rest + block else _by_newline(rest + block)
        rest = lines.pop() if lines else b""
        yield lines
    if rest:
        yield [rest]


def _by_newline(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [lines[-1]]


def _record(line: bytes, lines: _Lines, form: CsvOptions, width: int | None) -> list[str] | Malformed:
    """The record that starts with `line`, or that line as malformed (what follows is read on its own)."""
    quote = form.quote.encode()
    taken: list[bytes] = []
    record = line
    while record.count(quote) % 2 and len(taken) < _MOST_LINES and (following := lines.take()) is not None:
        taken.append(following)
        record += following
    found = _parsed(record, form, width)
    if isinstance(found, Malformed) and taken:
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
