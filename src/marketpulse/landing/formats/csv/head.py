"""What stands above the records of a CSV file: how it is separated, titles, the header; and how wide its lines are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate

from marketpulse.landing.formats.csv.lines import Lines
from marketpulse.landing.formats.csv.options import CsvOptions, Shape
from marketpulse.landing.formats.csv.tolerant import Malformed, next_record, parsed, unquoted
from marketpulse.landing.headers import snake_case
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import LongLine
from marketpulse.landing.records import Wanted

#: Spreadsheets say so how a file is separated.
_SEP = re.compile(rb"""\s*"?sep=(\\t|[^\r\n"])"?[,;\t ]*[\r\n]*\Z""", re.IGNORECASE)
#: So many lines may stand above the header, and so many lines say how wide a file is.
_ABOVE, _SAMPLE = 50, 200
#: None of these lines are looked for behind so many bytes.
_BYTES = 1 << 20
_NOT_SAID = "it stands above the header: say so, csv.skip"


@dataclass(frozen=True)
class Head:
    """What a file begins with: the `header` as written, None when the file ends before it, and lines `above` it.

    `form` is how the rest is written, and starts at byte `place`.
    """

    form: CsvOptions
    header: list[str] | Malformed | None
    shape: Shape
    place: int
    above: list[Malformed] = field(default_factory=list)


def read_head(lines: Lines, form: CsvOptions, wanted: Wanted, limits: Limits) -> Head:
    """Take what stands above the first record from the lines of a file."""
    form, is_whole = _separated(lines, form)
    above: list[Malformed] = []
    header: list[str] | Malformed | None = list(form.columns) if is_whole else None
    if form.header:
        header, above = _header(lines, form, wanted, limits)
    place = lines.place
    columns = len(header) if isinstance(header, list) else 0
    fields = _fields(_peek(lines, _SAMPLE), header, form, limits) if isinstance(header, list) else 0
    return Head(form, header, Shape(columns, fields), place, above)


def _separated(lines: Lines, form: CsvOptions) -> tuple[CsvOptions, bool]:
    """Take the lines that the feed says to skip: the form of the rest, as the first line of the file may say.

    And whether all of them were there.
    """
    for number in range(max(form.skip, 1)):
        line = lines.take()
        if line is None:
            return form, number >= form.skip
        said = _SEP.match(line) if number == 0 and isinstance(line, bytes) else None
        if said:
            mark = "\t" if said[1] == b"\\t" else said[1].decode("latin-1")
            form = form.model_copy(update={"delimiter": mark} if mark.isascii() and mark != form.quote else {})
        elif number >= form.skip:
            lines.put_back([line])
    return form, True


def _header(
    lines: Lines, form: CsvOptions, wanted: Wanted, limits: Limits
) -> tuple[list[str] | Malformed | None, list[Malformed]]:
    """The first record; where it lacks a required column and a line below it has them all, that line."""
    front, begin = _peek(lines, _ABOVE), lines.place
    first = next_record(lines, form, None, limits)
    if not wanted.required or first is None or _has(first, form, wanted):
        return first, []
    place = next((p for p, line in enumerate(front) if _has(_alone(line, form), form, wanted)), None)
    consumed = list(accumulate(map(_length, front), initial=0))
    if place is None or lines.place - begin not in consumed:
        return first, []
    lines.put_back(front[: consumed.index(lines.place - begin)])
    titles = [line for line in (lines.take() for _ in range(place)) if isinstance(line, bytes) and line.strip()]
    return next_record(lines, form, None, limits), [Malformed(_NOT_SAID, line.rstrip(b"\r\n")) for line in titles]


def _has(row: list[str] | Malformed, form: CsvOptions, wanted: Wanted) -> bool:
    """Whether a row names every required column."""
    if isinstance(row, Malformed):
        return False
    given = [form.names.get(text.strip(), []) for text in row]
    named = {name for names in given for name in ([names] if isinstance(names, str) else names)}
    return named.union(map(snake_case, row)) >= set(wanted.required)


def _alone(line: bytes | LongLine, form: CsvOptions) -> list[str] | Malformed:
    """A line as a record, whatever stands around it."""
    if isinstance(line, LongLine):
        return Malformed(line.reason, line.text)
    return parsed(line, form, None) if any(mark in line for mark in form.special) else unquoted(line, form, None)


def _fields(lines: list[bytes | LongLine], header: list[str], form: CsvOptions, limits: Limits) -> int:
    """How many fields most lines are written with, of which those behind the columns that have a name are empty."""
    columns = len(header)
    named = next((columns - place for place, name in enumerate(reversed(header)) if name.strip()), columns)
    sample = Lines(BytesIO(b"".join(line for line in lines if isinstance(line, bytes))), limits)
    rows = iter(lambda: next_record(sample, form, None, limits), None)
    found = Counter(len(r) for r in rows if isinstance(r, list) and len(r) >= named and not any(r[columns:]))
    return max(found, key=lambda count: (found[count], count == columns), default=columns)


def _peek(lines: Lines, most: int) -> list[bytes | LongLine]:
    """The next lines, which stay the next ones."""
    taken: list[bytes | LongLine] = []
    begin = lines.place
    while len(taken) < most and lines.place - begin < _BYTES and (line := lines.take()) is not None:
        taken.append(line)
    lines.put_back(taken)
    return taken


def _length(line: bytes | LongLine) -> int:
    return len(line) if isinstance(line, bytes) else 0
