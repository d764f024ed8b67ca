"""How a CSV file is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from marketpulse.landing.encoding import unknown_encoding
from marketpulse.landing.headers import snake_case
from marketpulse.landing.spelling import Problem, Spelled
from marketpulse.names import LANDED, LINEAGE


class CsvOptions(Spelled):
    """How a CSV file is written."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    header: bool = True
    columns: list[str] = []
    names: dict[str, str | list[str]] = {}
    quote: str = Field(default='"', min_length=1, max_length=1)
    escape: str | None = Field(default=None, min_length=1, max_length=1)
    nulls: list[str] = [""]
    skip: int = Field(default=0, ge=0, le=1000)
    footer: int = Field(default=0, ge=0, le=1000)

    @property
    def special(self) -> tuple[bytes, ...]:
        """What makes a line more than values between delimiters."""
        return tuple(mark.encode() for mark in (self.quote, self.escape) if mark)

    @property
    def in_names(self) -> list[str]:
        """Names that the feed gives to headers of its files."""
        return [name for names in self.names.values() for name in ([names] if isinstance(names, str) else names)]


@dataclass(frozen=True)
class Shape:
    """How many `columns` a file has, and how many `fields` its lines are written with.

    They differ where the lines end with delimiters that the header lacks, or the other way round.
    """

    columns: int
    fields: int

    @property
    def is_plain(self) -> bool:
        """Whether a line has a field a column."""
        return self.columns == self.fields

    def fitted(self, row: list[str]) -> list[str] | None:
        """The values of a row, one a column; None when it has too many or too few."""
        if len(row) == self.fields and not any(row[self.columns :]):
            return row[: self.columns] + [""] * (self.columns - self.fields)
        # Where lines end with a delimiter, one that ends with an empty value may lack a value before it.
        least = min(self.columns, self.fields)
        return row if len(row) == self.columns and row[least - 1] and not any(row[least:]) else None


def problems_of(form: CsvOptions) -> Iterator[Problem]:
    """What no option can say alone: (option, what is wrong, what to do)."""
    yield from _wrong_header(form)
    yield from _wrong_names("columns", form.columns)
    yield from _wrong_names("names", form.in_names)
    marks = {"delimiter": form.delimiter, "quote": form.quote, "escape": form.escape}
    for option, mark in marks.items():
        if mark and (not mark.isascii() or mark in "\r\n\0"):
            yield option, f"{mark!r} cannot part values", "one ASCII character that ends no line"
    if form.delimiter == form.quote:
        yield "quote", "delimiter and quote are the same", "choose two"
    if form.escape == form.delimiter:
        yield "escape", "delimiter and escape are the same", "choose two"
    if form.escape == form.quote:
        yield "escape", "a quote inside of quotes is written twice anyway", "take escape out"
    yield from unknown_encoding(form.encoding)
    yield from form.wrong_spelling(tuple(map(snake_case, form.columns)))


def _wrong_header(form: CsvOptions) -> Iterator[Problem]:
    if not form.header and not form.columns:
        yield "columns", "a CSV without a header needs its column names", "list them in csv.columns"
    if form.header and form.columns:
        yield "columns", "the files name their columns themselves", "take it out, or say header: false"
    if not form.header and form.names:
        yield "names", "files without a header have nothing to name", "list the columns in csv.columns"
    for name in form.in_names:
        if not name or snake_case(name) != name:
            yield "names", f"no column can be called {name!r}", f"write {snake_case(name) or 'a name of letters'}"


def _wrong_names(option: str, names: list[str]) -> Iterator[Problem]:
    for name in names:
        if name.strip().lower() in {*LANDED, *LINEAGE}:
            yield option, f"{name} is a column of the platform", f"{snake_case(name)} can be one of a feed"
    known = list(map(snake_case, names))
    if twice := sorted({name for name in known if known.count(name) > 1}):
        yield option, f"two columns are called {', '.join(twice)}", "rename one of them"
