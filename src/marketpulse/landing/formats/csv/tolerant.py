"""Read a damaged CSV: every record that can be read, and every line that cannot, in order.

The quick reader refuses such files. Here a quote that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from marketpulse.landing.formats.csv.lines import Bytes, Lines
from marketpulse.landing.formats.csv.options import CsvOptions, Shape
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import LongLine

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
    lines: Lines, stream: Bytes, form: CsvOptions, shape: Shape, limits: Limits
) -> Iterator[list[str | None] | Malformed | Plain]:
    """Records of the lines that are left; blank lines are skipped, except those inside of `Plain`."""
    nulls = frozenset(form.nulls)
    while True:
        if shape.is_plain and (plain := lines.take_plain(form.special)):
            yield Plain(plain)
            continue
        row = next_record(lines, form, shape, limits)
        if row is None:
            break
        yield [None if value in nulls else value for value in row] if isinstance(row, list) else row
    if stream.damage:
        yield Malformed(stream.damage, b"")


def next_record(lines: Lines, form: CsvOptions, shape: Shape | None, limits: Limits) -> list[str] | Malformed | None:
    """The record at the next line that is not blank, of any number of fields where no shape is known; None at the end.

    A line that is none is malformed alone: what follows it is read on its own.
    """
    csv.field_size_limit(1 << 30)
    while (line := lines.take()) is not None:
        if isinstance(line, LongLine):
            return Malformed(line.reason, line.text)
        if line.strip(b"\r\n"):
            is_special = any(mark in line for mark in form.special)
            return _record(line, lines, form, shape, limits) if is_special else unquoted(line, form, shape)
    return None


def _record(line: bytes, lines: Lines, form: CsvOptions, shape: Shape | None, limits: Limits) -> list[str] | Malformed:
    """The record that starts with `line`, or that line as malformed."""
    taken: list[bytes | LongLine] = []
    parts, quotes, size = [line], quotes_in(line, form), len(line)
    while (quotes % 2 or _goes_on(parts[-1], form)) and len(taken) < _MOST_LINES:
        if (following := lines.take()) is None:
            break
        taken.append(following)
        if isinstance(following, LongLine) or (size := size + len(following)) > limits.record:
            # Longer than a record may be: a quote that was never closed.
            quotes = 1
            break
        parts.append(following)
        quotes += quotes_in(following, form)
    found = parsed(b"".join(parts), form, shape)
    if taken and (quotes % 2 or isinstance(found, Malformed)):
        count, found = _soonest(parts, form, shape)
        lines.put_back(taken[count - 1 :])
    return found


def _soonest(parts: list[bytes], form: CsvOptions, shape: Shape | None) -> tuple[int, list[str] | Malformed]:
    """How many of the lines are a record, and which: those up to the next quote, or the first alone.

    A quote that stands in a value without quotes is only a character, and then the number of quotes says nothing.
    """
    quote = form.quote.encode()
    count = next((place for place, part in enumerate(parts[1:], start=2) if quote in part), 0)
    found = parsed(b"".join(parts[:count]), form, shape) if count and shape else None
    return (count, found) if isinstance(found, list) else (1, parsed(parts[0], form, shape))


def quotes_in(line: bytes, form: CsvOptions) -> int:
    """How many quotes a line has that are not escaped."""
    if form.escape:
        line = re.sub(re.escape(form.escape.encode()) + b".", b"", line, flags=re.DOTALL)
    return line.count(form.quote.encode())


def _goes_on(line: bytes, form: CsvOptions) -> bool:
    """Whether the end of a line is escaped."""
    if not form.escape:
        return False
    text, escape = line.rstrip(b"\r\n"), form.escape.encode()
    return (len(text) - len(text.rstrip(escape))) % 2 == 1


def unquoted(line: bytes, form: CsvOptions, shape: Shape | None) -> list[str] | Malformed:
    """A line without special marks needs no parser: most lines are such."""
    try:
        row = line.decode("utf-8").rstrip("\r\n").split(form.delimiter)
    except UnicodeDecodeError:
        return parsed(line, form, shape)
    return row if shape is None or len(row) == shape.columns == shape.fields else parsed(line, form, shape)


def parsed(record: bytes, form: CsvOptions, shape: Shape | None) -> list[str] | Malformed:
    """Some lines as one record, which has the shape of the file where one is known."""
    kept = record.rstrip(b"\r\n")
    try:
        text = record.decode("utf-8")
    except UnicodeDecodeError as error:
        return Malformed(f"not valid {form.encoding} (byte {error.start + 1} of the line)", kept)
    escape, quote, texts = form.escape, form.quote, [_with_nulls(text, form)]
    try:
        rows = list(csv.reader(texts, delimiter=form.delimiter, quotechar=quote, escapechar=escape, strict=True))
    except csv.Error as error:
        return Malformed(f"not valid CSV: {error}", kept)
    row = rows[0] if rows else []
    if shape is None:
        return row
    fitted = shape.fitted(row) if len(rows) == 1 else None
    return Malformed(f"{len(row)} columns instead of {shape.columns}", kept) if fitted is None else fitted


def _with_nulls(text: str, form: CsvOptions) -> str:
    r"""The text with spellings of null that hold the escape (`\N`) as they shall be read."""
    escaped = [null for null in form.nulls if form.escape and form.escape in null]
    if not escaped or form.escape is None:
        return text
    part = re.escape(form.delimiter)
    found = rf"(?:(?<=^)|(?<={part}))({'|'.join(map(re.escape, escaped))})(?={part}|[\r\n]|$)"
    return re.sub(found, lambda match: match[0].replace(form.escape or "", (form.escape or "") * 2), text)
