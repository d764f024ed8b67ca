"""A sample -> the three files of a feed, with the reason of each guess beside it: source, mapping, contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from marketpulse.authoring.column import Column, identifier
from marketpulse.authoring.grouping import Grouping, find_groups
from marketpulse.authoring.keys import find_key
from marketpulse.authoring.moments import guess_moment
from marketpulse.authoring.numbers import ask_of_text, guess_number, is_called, is_measured
from marketpulse.authoring.personal import mark_personal
from marketpulse.authoring.sample import Sample
from marketpulse.authoring.styles import PLAIN, Style, proof_of, style_of
from marketpulse.landing.formats import format_called
from marketpulse.landing.headers import snake_case
from marketpulse.landing.path import steps
from marketpulse.landing.spelling import Spelled
from marketpulse.names import ITEM

#: The column that tells rows apart where nothing in them does.
ROW = "row_id"
_FIRST = (
    "-- One row per record of the files.\n"
    "-- Types are the contract's: no casts are needed here, and what does not fit is quarantined.\n"
)
_ORDERED = "days: a part above 12 in the sample says which it is, or the year stands first"
_BOOLEANS = {"true", "false"}


@dataclass
class Feed:
    """What is thought of a feed: its sample, how it writes numbers, the key and why, the bucket, lines of one thing."""

    name: str
    file: Path
    sample: Sample
    style: Style = PLAIN
    key: list[Column] = field(default_factory=list)
    key_why: str = ""
    partition: Column | None = None
    groups: Grouping | None = None

    @property
    def doubts(self) -> list[str]:
        """What only a person can say, a sentence each."""
        own = [f"{column.name}: {doubt}" for column in self.sample.columns for doubt in _asked(column)]
        lacking = [] if self.key else [f"key: {self.key_why}"]
        grouped = self.groups.asks if self.groups else []
        lists = [self._of(path) for path in self.sample.lists]
        return [*self.sample.look.doubts, *self.sample.notes, *lists, *own, *grouped, *lacking]

    def _of(self, path: str) -> str:
        """What makes rows of the objects in a list."""
        shown = path.removesuffix("[*]")
        if "records" not in format_called(self.sample.look.format).model_fields:
            return f"{shown} holds objects: explode makes rows of them in the SQL (docs/rows.md)"
        last = snake_case(steps(path)[-1]) or "lines"
        command = f"marketpulse new feed {quote(str(self.file))} --records {quote(path)} --name {self.name}_{last}"
        return f"{shown} holds objects: {command} makes a feed of them, of the same files with landing: {self.name}"


def _asked(column: Column) -> list[str]:
    return [*column.doubts, *column.asks]


def guess(name: str, file: Path, sample: Sample) -> Feed:
    """Types, key, bucket and people of a sample."""
    found = Feed(name, file, sample)
    can_say = issubclass(format_called(sample.look.format), Spelled)
    rest = [column for column in sample.columns if not _guessed(column, can_say)]
    counted = [column for column in rest if not column.doubts and not is_called(column)]
    found.style = style_of(counted, can_say)
    for column in rest:
        if not guess_number(column, found.style):
            ask_of_text(column)
    for column in sample.columns:
        _say_nulls(column, can_say)
        mark_personal(column)
        _ask_of_blanks(column)
        if column.is_around and column.type != "string" and is_measured(column):
            column.asks.append("stands around the list, and so on each line of it: a sum of it counts it several times")
    if not format_called(sample.look.format).columns_given:
        found.groups = find_groups(sample.columns)
    if found.groups:
        sample.columns.insert(sample.columns.index(found.groups.by) + 1, found.groups.line)
        found.key = [found.groups.by, found.groups.line]
        found.key_why = f"{found.groups.by.name} and the place of a line in it: {found.groups.why}"
    else:
        found.key, found.key_why = find_key(sample.columns, sample.rows)
    days = [column for column in sample.columns if column.type == "date" and column.is_whole and not column.personal]
    found.partition = days[0] if days else None
    return found


def _guessed(column: Column, can_say: bool) -> bool:
    if column.type != "string":  # it is one of the platform's
        return True
    if not column.sure:
        column.why = "no value in the sample" if not column.said else "a text"
        return True
    if {value.strip().lower() for value in column.sure} <= _BOOLEANS:
        column.type, column.why = "boolean", "true and false"
        return True
    return guess_moment(column, can_say)


def _ask_of_blanks(column: Column) -> None:
    """A text keeps the blanks around it, and `" 7"` is another key than `"7"`."""
    padded = next((value for value in column.said if value != value.strip()), None)
    if column.type == "string" and padded is not None and not column.doubts:
        told = f"trim({column.sql}) in the SQL takes them away"
        column.asks.append(f"blanks stand around values ({padded[:40]!r}): {told}")


def _say_nulls(column: Column, can_say: bool) -> None:
    """Words for nothing in a column of something else than texts; a format that cannot say them leaves a text."""
    if column.type == "string":
        return
    words = {value for value in column.said if value not in column.sure}
    if words and not can_say:
        column.doubts.append(f"is a {column.type} but for {', '.join(sorted(words))}: take these out in the SQL")
        column.type, column.pattern = "string", None
    column.nulls = words if can_say else set()


def source(feed: Feed) -> str:
    """`sources/<name>.yaml`."""
    look = feed.sample.look
    lines = [
        f"# Made from {_one_line(feed.file.name)}: change what is wrong. Every field: docs/sources.md",
        f"name: {feed.name}",
        f"description: What {feed.name} holds, and who sends it how often.   # say it",
        "owner: nobody-yet   # who answers for it",
        f"format: {look.format}",
    ]
    made = feed.groups.line if feed.groups else None
    required = [column.landed for column in feed.key if look.format == "csv" and column is not made]
    required = required or look.needs
    if required and look.options.get("header", True):
        lines.append(f"required: {_yaml(required)}   # a file without them is left out, and told")
    lines += _grouped(feed.groups) if feed.groups else []
    options = [*_said(feed), *_spelled(feed)]
    return "\n".join([*lines, *([f"{look.format}:", *options] if options else [])]) + "\n"


def _grouped(groups: Grouping) -> Iterator[str]:
    yield "groups:   # lines that belong together: docs/rows.md"
    yield f"  by: {_yaml([groups.by.landed])}   # lines below each other that agree in it"
    yield f"  fill_down: {_yaml([column.landed for column in groups.filled])}   # on first lines only"


def _said(feed: Feed) -> Iterator[str]:
    look = feed.sample.look
    for option, value in look.options.items():
        yield f"  {option}: {_yaml(value)}   # {_one_line(look.why[option])}"


def _spelled(feed: Feed) -> Iterator[str]:
    """How numbers, days and words for nothing are written."""
    columns = feed.sample.columns
    decimal, thousands = feed.style
    if decimal != ".":
        counted = [column for column in columns if column.type.startswith(("decimal", "int", "long"))]
        yield f"  decimal: {_yaml(decimal)}   # {_one_line(proof_of(counted, decimal))}"
    if thousands:
        yield f"  thousands: {_yaml(thousands)}   # parts groups of three digits"
    yield from _own_ways(columns, decimal)
    if words := sorted({word for column in columns for word in column.nulls}):
        yield f"  nulls: {_yaml(['', *words])}   # words for no value, in columns of numbers or days"


def _own_ways(columns: Sequence[Column], decimal: str) -> Iterator[str]:
    """How days are written, of all columns together where that is one way; and what is written otherwise than the rest.

    An exponent stands behind a point in every country.
    """
    written = {column.pattern for column in columns if column.type in ("date", "timestamp")}
    kinds = {column.type for column in columns if column.pattern}
    own = {column.landed: "{}" for column in columns if column.type == "double" and decimal != "."}
    if len(written) == 1 and len(kinds) == 1 and None not in written:
        yield f"  {kinds.pop()}: {_yaml(written.pop())}   # {_ORDERED}"
    elif any(written):
        yield f"  # {_ORDERED}"
        own |= {column.landed: f"{{{column.type}: {_yaml(column.pattern)}}}" for column in columns if column.pattern}
    if own:
        yield "  formats:   # columns that are written in their own way"
        yield from (f"    {_yaml(name)}: {how}" for name, how in own.items())


def mapping(feed: Feed) -> str:
    """`silver/<name>/from_<name>.sql`."""
    columns = [_select(column) for column in feed.sample.columns]
    if not feed.key:
        columns.insert(0, f"_ingest_id as {ROW}")
    selected = ",\n    ".join(columns)
    only = f"where {ITEM} is not null\n" if feed.sample.is_of_list else ""
    return f"{_FIRST}select\n    {selected}\nfrom bronze.{feed.name}\n{only}"


def _select(column: Column) -> str:
    return column.sql if column.sql.strip("`") == column.name else f"{column.sql} as {identifier(column.name)}"


def contract(feed: Feed) -> str:
    """`silver/<name>/contract.yaml`, in the short form."""
    key = [column.name for column in feed.key] or [ROW]
    lines = [
        "# The short form: docs/contracts.md; `marketpulse contract` prints it in full.",
        "owner: nobody-yet   # who answers for it",
        f"key: {_yaml(key[0] if len(key) == 1 else key)}   # {feed.key_why}",
    ]
    if feed.partition:
        lines.append(
            f"partition: {_yaml(feed.partition.name)}   # the first day of a row: the bucket that is rebuilt whole"
        )
    lines.append("columns:   # a type; behind it ! where a value must be there (the key's must)")
    if not feed.key:
        lines.append(f"  {ROW}: string Place of the row in its delivery, so rows that land again are new ones.")
    for column in feed.sample.columns:
        lines += _column(column)
    return "\n".join(lines) + "\n"


def _column(column: Column) -> Iterator[str]:
    yield from (f"  # ASK: {_one_line(doubt)}" for doubt in _asked(column))
    said = _one_line(column.header)
    why = column.why + (f"; personal: {column.personal}" if column.personal else "")
    words = f"In the file: {said}."
    if column.personal:
        leads = f", identifies: {column.identifies}" if column.identifies else ""
        more = f"classification: pii{leads}, description: {_yaml(words)}"
        yield f'  {_yaml(column.name)}: {{type: "{column.type}", {more}}}   # {_one_line(why)}'
    else:
        yield f"  {_yaml(column.name)}: {_yaml(f'{column.type} {words}')}   # {_one_line(why)}"


def _yaml(value: Any) -> str:
    """A value as YAML, bare where that is the same."""
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    text = value if isinstance(value, str) else None
    if text and re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", text) and text.lower() not in _WORDS:
        return text
    return json.dumps(value, ensure_ascii=False)


#: What YAML takes for something else than a text.
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def _one_line(text: str) -> str:
    """A text that stays in its line, whatever a file is called or says."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def texts(feed: Feed) -> dict[str, str]:
    """The three files by their paths in the project."""
    folder = f"silver/{feed.name}"
    return {
        f"sources/{feed.name}.yaml": source(feed),
        f"{folder}/contract.yaml": contract(feed),
        f"{folder}/from_{feed.name}.sql": mapping(feed),
    }


def summary(feed: Feed) -> Sequence[tuple[str, str, str, str]]:
    """Of each column: header, name, type, why."""
    return [(c.header, c.name, c.type, c.why + (f"; personal: {c.personal}" if c.personal else ""))
            for c in feed.sample.columns]  # fmt: skip
