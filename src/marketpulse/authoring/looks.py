"""How a file is read, told by its first bytes: its format, and what the source has to say of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from marketpulse.authoring.elements import record_of
from marketpulse.authoring.widths import find_widths, is_fixed
from marketpulse.errors import UsageError
from marketpulse.landing.encoding import encoding_of
from marketpulse.landing.formats.csv.footer import is_sum
from marketpulse.landing.headers import snake_case
from marketpulse.landing.kinds import ARCHIVES, kind_of

_FORMATS = {
    "a Parquet file": "parquet",
    "an Avro file": "avro",
    "an Excel workbook": "excel",
    "an Excel workbook or another Office file": "excel",
    "JSON": "json",
    "XML": "xml",
}
_DELIMITERS = (",", ";", "\t", "|")
_SEP = re.compile(r'\s*"?sep=(.)"?\s*\n', re.IGNORECASE)
#: A year or a month, as columns are called by.
PERIOD = re.compile(r"(19|20)\d\d([-./]?(0[1-9]|1[0-2]))?", re.ASCII)
_LINES = 200
#: Encodings in which the bytes of a letter come in pairs of high ones, as those of no word of the West do, by their
#: cores: of what these decode the encodings that people use may be meant.
_IN_PAIRS = {"gb2312": "gb18030", "euc_kr": "cp949", "euc_jp": "euc_jp"}
_ASK_FOR = "ask its sender for CSV, JSON, Parquet, Avro, Excel or XML"
_TAKE_OUT = "take out what is in it, and give that: what is packed twice, or so, is not read"


@dataclass
class Look:
    """A format, the `options` that stand under its name, a reason for each, and what only a person can say.

    `needs` are columns without which a file only stands beside those of the feed, in an archive.
    """

    format: str
    options: dict[str, Any] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    def say(self, option: str, value: Any, why: str) -> None:
        """One more option."""
        self.options[option], self.why[option] = value, why


def look(first: bytes, is_whole: bool) -> Look:
    """What a file is that begins so. Raise UsageError for what no feed can read, or nobody can tell.

    `is_whole` says that these are all its bytes.
    """
    kind = kind_of(first)
    if not first.strip():
        raise UsageError("the file holds nothing", hint="give a sample with a few records")
    if kind == "UTF-16 text":
        return _wide(first, is_whole)
    if kind is None and b"\0" in first:
        raise UsageError("the file is no text, and of no kind that is known", hint=_ASK_FOR)
    if kind is None:
        return _text(first, is_whole)
    if kind not in _FORMATS:
        raise UsageError(f"the file is {kind}", hint=_TAKE_OUT if kind in ARCHIVES else _ASK_FOR)
    found = Look(_FORMATS[kind])
    if found.format == "xml":
        _xml(first, found)
    return found


def _wide(first: bytes, is_whole: bool) -> Look:
    """What a text in UTF-16 is; where no mark says so, and XML does not, the source has to."""
    found = look(first.decode(encoding_of(first, "utf-16"), errors="replace").encode(), is_whole)
    if not first.startswith((b"\xff\xfe", b"\xfe\xff")) and found.format != "xml":
        found.say("encoding", "utf-16", "every other byte is zero")
    return found


def _text(first: bytes, is_whole: bool) -> Look:
    found = Look("csv")
    text = _decoded(first, is_whole, found)
    said = _SEP.match(text)
    text = text[said.end() :] if said else text
    lines = text.splitlines()[:_LINES] if is_whole else text.splitlines()[:-1][:_LINES]
    delimiter = _delimiter(lines)
    if delimiter is None and is_fixed(lines):
        _fixed(lines, found)
        return found
    delimiter = delimiter or ","
    if delimiter != ",":
        found.say("delimiter", delimiter, "parts the values of most lines alike")
    _above(_without_last(_rows(lines, delimiter)), found)
    if said and "skip" in found.options:
        found.options["skip"] += 1  # the line that says the delimiter is one of the file too
    last = _rows(text.rstrip().splitlines()[-1:], delimiter) if is_whole else []
    if len(lines) > 1 and last and is_sum(last[0]):
        found.say("footer", 1, "its last line is a sum of those above")
        found.doubts.append("its last line is taken for a sum, and left out: if it is a record, take footer out")
    return found


def _decoded(first: bytes, is_whole: bool, found: Look) -> str:
    whole = first if is_whole else first[: first.rfind(b"\n") + 1] or first
    for name in ("utf-8", "cp1252", "latin-1"):
        try:
            text = whole.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "utf-8":
            found.say("encoding", name, "it is no UTF-8; a file does not say in which encoding it is")
            found.doubts.append(_other_letters(whole, text, name))
        return text.removeprefix("\ufeff")
    raise AssertionError("latin-1 reads everything")


def _other_letters(whole: bytes, text: str, name: str) -> str:
    """What a line is in the encoding that was taken, and in each other one that may be meant."""
    place, strange = next((n, line) for n, line in enumerate(text.split("\n")) if not line.isascii())
    others = {}
    for proof, other in _IN_PAIRS.items():
        with suppress(UnicodeDecodeError):
            whole.decode(proof)
            others[other] = whole.decode(other).split("\n")[place].strip()
    told = "".join(f", as {other} {line[:40]!r}" for other, line in others.items())
    again = f"remove what was written, and call again with --encoding {next(iter(others), 'NAME')}"
    return f"read as {name}, a line is {strange.strip()[:40]!r}{told}: if letters are wrong, {again}"


def _fixed(lines: Sequence[str], found: Look) -> None:
    """Columns of fixed width, where places are blank in every line. Raise UsageError where none is."""
    found.format = "fixed_width"
    widths, named = find_widths(lines)
    if not widths:
        what = f"every line is {len(lines[0])} characters wide, and no place is blank in all: where do values end?"
        hint = "write sources/<feed>.yaml by hand: format: fixed_width, fixed_width: {widths: {receipt: 8, pieces: 5}}"
        raise UsageError(what, hint=f"{hint}, a width for each column (docs/sources.md)")
    found.say("widths", widths, "columns end where all lines looked at are blank")
    if named:
        found.say("skip", 1, "the first line names the columns")
    else:
        found.doubts.append("the columns have no names: name them in widths, then in the SQL and the contract")
    found.doubts.append(
        "columns end where the sample is blank in every line: look at widths, a longer value needs its place"
    )


def _doubled(header: Sequence[str], found: Look) -> None:
    """Names of their own for headers that would be one name."""
    times = Counter(map(snake_case, header))
    taken, names = set(times), dict[str, list[str]]()
    for text in header:
        name = snake_case(text)
        if not name or times[name] == 1:
            continue
        own = name if not any(name in each for each in names.values()) else None
        own = own or next(f"{name}_{n}" for n in range(2, len(header) + 2) if f"{name}_{n}" not in taken)
        taken.add(own)
        names.setdefault(text.strip(), []).append(own)
    if names:
        given = {text: each if len(each) > 1 else each[0] for text, each in names.items()}
        found.say("names", given, "headers that would be one name, in their order")
        told = ", ".join(name for each in names.values() for name in each)
        found.doubts.append(f"headers stand there several times, and are {told} here: give names that say what each is")


def _delimiter(lines: Sequence[str]) -> str | None:
    """What parts most lines into the same number of values, several of them."""
    best, found = 0, ""
    for mark in _DELIMITERS:
        counts = Counter(len(row) for row in _rows(lines, mark) if len(row) > 1)
        width, rows = counts.most_common(1)[0] if counts else (1, 0)
        score = rows * 1_000 + width
        if rows and score > best:
            best, found = score, mark
    return found or None


def _rows(lines: Sequence[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO("\n".join(lines)), delimiter=mark))
    except csv.Error:
        return [line.split(mark) for line in lines]


def _without_last(rows: list[list[str]]) -> list[list[str]]:
    """Rows without the nothing behind a last delimiter, where most have one, also where the header has none."""
    ended = [row for row in rows if len(row) > 1 and not row[-1]]
    width = max(map(len, ended), default=0)
    if len(ended) * 2 <= len(rows) or any(len(row) >= width and row[-1] for row in rows):
        return rows
    return [row[:-1] if len(row) == width else row for row in rows]


def _above(rows: Sequence[Sequence[str]], found: Look) -> None:
    """Titles above the header, and whether there is a header at all."""
    widths = Counter(len(row) for row in rows if row)
    usual = widths.most_common(1)[0][0] if widths else 1
    place = next((n for n, row in enumerate(rows) if len(row) >= usual and sum(map(bool, row)) * 2 > usual), 0)
    if place:
        found.say("skip", place, "lines above the header are titles")
    head = rows[place] if rows else []
    numbers = [n for n, cell in enumerate(head) if re.fullmatch(r"[+-]?\d[\d.,:/ -]*", cell.strip(), re.ASCII)]
    if numbers and _are_periods(rows[place:], numbers):
        shown = head[numbers[0]].strip()
        found.doubts.append(f"its first line is taken for names, and {shown} is one: if it is a record, header: false")
    elif numbers and len(rows) > place + 1:
        found.say("header", value=False, why="its first line holds numbers, which are no names")
        found.say("columns", [f"column_{n}" for n in range(1, len(head) + 1)], "nobody said what they are called")
        found.doubts.append("the columns have no names: name them in csv.columns, then in the SQL and the contract")
    if "header" not in found.options:
        _doubled(head, found)


def _are_periods(rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> bool:
    """Whether the numbers of a first line are years or months above columns of something else, beside names."""
    head, *below = rows
    values = [row[n].strip() for row in below for n in numbers if n < len(row)]
    written = all(PERIOD.fullmatch(head[n].strip()) for n in numbers)
    return written and len(numbers) < len(head) and bool(values) and not any(map(PERIOD.fullmatch, values))


def _xml(first: bytes, found: Look) -> None:
    """The element that is a record."""
    record = record_of(first)
    if record is None:
        raise UsageError("the file names no element that could be a record", hint="write its source by hand")
    name, why, asked = record
    found.say("record", name, why)
    found.doubts += [asked] if asked else []
