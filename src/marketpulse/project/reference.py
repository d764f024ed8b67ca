"""Reference data of a project: `reference/<name>.csv`; `<name>.yaml` beside it says what it is (docs/contracts.md)."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field
from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, Place
from marketpulse.project.folders import overlay
from marketpulse.project.problems import ByName
from marketpulse.project.textfile import read_text
from marketpulse.project.yamlfile import YamlFile, read_yaml
from marketpulse.strict import Strict

#: The rows are part of a query's text: what is larger is a feed.
MOST_ROWS, MOST_LETTERS = 10_000, 250_000
_FEED = "what is larger than a list of rules is a feed: docs/add-a-feed.md"


class ReferenceModel(Strict):
    """`reference/<name>.yaml`: columns by their names, in the order of the file, and what each says."""

    description: str = Field(min_length=1)
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    key: list[str] = Field(min_length=1)
    columns: dict[str, str] = Field(min_length=1)


@dataclass(frozen=True)
class Reference:
    """A small table that comes with the definitions; models read it as `reference.<name>`. Every column is a text."""

    name: str
    path: Path
    description: str
    source: str
    licence: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[tuple[str | None, ...], ...]

    @cached_property
    def text(self) -> str:
        """The rows as one literal."""
        return sql.rows_as_text([*self.columns], self.rows)

    @cached_property
    def query(self) -> exp.Query:
        """A query that gives the rows."""
        return sql.relation([*self.columns], self.text)

    @cached_property
    def fingerprint(self) -> str:
        """Changes when a row does, or the order of the columns; not with the order of the rows."""
        rows = sorted(self.rows, key=str)
        return hashlib.sha256(repr(([*self.columns], rows)).encode()).hexdigest()[:16]


def read_references(folders: Sequence[Path], problems: ByName) -> dict[str, Reference]:
    """All reference data that can be read, by its full name (`reference.<name>`)."""
    files = overlay(folders, f"{sql.REFERENCE}/*.csv")
    words = overlay(folders, f"{sql.REFERENCE}/*.yaml")
    found: dict[str, Reference] = {}
    for stem in sorted({Path(place).stem for place in (*files, *words)}):
        name = f"{sql.REFERENCE}.{stem}"
        with problems.told(name):
            place = f"{sql.REFERENCE}/{stem}"
            found[name] = _read(stem, files.get(f"{place}.csv"), words.get(f"{place}.yaml"))
    return found


def _read(stem: str, path: Path | None, words: Path | None) -> Reference:
    if path is None or words is None:
        ending, what = ("yaml", "description, source, licence, key, columns") if words is None else ("csv", "its rows")
        raise DefinitionError(f"no {stem}.{ending} stands beside it", where=path or words, hint=f"with {what}")
    file = read_yaml(words)
    model = file.into(ReferenceModel)
    if unknown := [name for name in model.key if name not in model.columns]:
        hint = "columns: " + ", ".join(model.columns)
        raise file.error(f"key: there is no column {unknown[0]}", ("key",), hint)
    rows = _rows(path, file, model)
    texts = (model.description, model.source, model.licence)
    found = Reference(stem, path, *texts, tuple(model.key), model.columns, rows)
    if len(rows) > MOST_ROWS or len(found.text) > MOST_LETTERS:
        size = f"{len(rows):,} rows, {len(found.text):,} letters as JSON"
        raise DefinitionError(f"too much for reference data: {size}", where=path, hint=_FEED)
    return found


def _rows(path: Path, words: YamlFile, model: ReferenceModel) -> tuple[tuple[str | None, ...], ...]:
    """Rows of the file, an empty value as null. Raise DefinitionError for all lines that do not fit, together."""
    lines = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    try:
        numbered = [(lines.line_num, line) for line in lines if line]
    except csv.Error as error:
        raise DefinitionError(f"not readable as CSV: {error}", where=Place(str(path), lines.line_num)) from None
    header = numbered[0][1] if numbered else []
    if header != [*model.columns]:
        told = f"its columns are {', '.join(header) or 'not named'}"
        hint = f"{words.where(('columns',))} says {', '.join(model.columns)}"
        raise DefinitionError(told, where=Place(str(path), 1), hint=hint)
    wrong = list(_wrong(path, model, numbered[1:]))
    if wrong:
        raise DefinitionError.together(wrong)
    return tuple(tuple(value or None for value in line) for _, line in numbered[1:])


def _wrong(path: Path, model: ReferenceModel, lines: list[tuple[int, list[str]]]) -> Iterator[DefinitionError]:
    columns = [*model.columns]
    places = [columns.index(name) for name in model.key]
    seen: dict[tuple[str, ...], int] = {}
    for number, line in lines:
        where = Place(str(path), number)
        if len(line) != len(columns):
            yield DefinitionError(f"{len(line)} values for {len(columns)} columns", where=where)
            continue
        key = tuple(line[place] for place in places)
        if odd := [value for value in line if value != value.strip()]:
            yield DefinitionError(f"a space around {odd[0].strip()!r}", where=where, hint="remove it")
        if key in seen:
            told = f"{', '.join(model.key)} {', '.join(key)} stands in line {seen[key]} already"
            yield DefinitionError(told, where=where, hint="keep one of them")
        seen.setdefault(key, number)
