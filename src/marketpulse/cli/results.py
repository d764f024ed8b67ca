"""A query's result as a table, CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from marketpulse.cells import plain
from marketpulse.cli.problems import told
from marketpulse.cli.render import console, fits, records, table
from marketpulse.errors import UsageError
from marketpulse.serving.noted import note_of
from marketpulse.serving.values import named, values
from marketpulse.storage.places import replacing
from marketpulse.visible import no_formula, visible, visible_json

_MOST_SHOWN = 1000
#: Files that can be written, by how they are called.
_FORMS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}


def form_of(output: Path | None, asked: str | None) -> str:
    """How a result is written: as asked, else as the file is called; on the screen a table.

    Raise UsageError for a file whose name says no kind, or another one than what was asked.
    """
    known = _FORMS.get(output.suffix.lower()) if output else "table"
    if known is None and asked in (None, "table"):
        raise UsageError(f"{output} says no kind of file", hint="call it .csv, .json or .parquet, or say --format")
    if output and known and asked and asked != known:
        raise UsageError(f"{output} is no name for {asked}", hint="leave --format out, or call it otherwise")
    return asked or known or "table"


def write(batches: pa.RecordBatchReader, form: str, output: Path | None, exact: bool = False) -> None:
    """Write the result; a table on the screen stops after 1,000 rows and says so.

    In CSV a text that a spreadsheet would compute begins with an apostrophe, unless all is to be `exact`.
    """
    if hidden := note_of(batches.schema):
        told("note", hidden)
    if form == "parquet":
        if output is None:
            raise UsageError("parquet needs a file", hint="add --output result.parquet")
        from marketpulse.serving.query import write_parquet

        _wrote(write_parquet(batches, output), output)
    elif form == "table":
        _table(batches)
    else:
        with _opened(output) as stream:
            rows = _csv(batches, stream, exact) if form == "csv" else _json(batches, stream)
        if output:
            _wrote(rows, output)


def _wrote(rows: int, output: Path) -> None:
    console.print(f"wrote {rows:,} row{'s' * (rows != 1)} to {output}", markup=False, soft_wrap=True)


def _table(batches: pa.RecordBatchReader) -> None:
    rows: list[tuple[Any, ...]] = []
    more = False
    for batch in batches:
        rows += zip(*map(values, batch.columns), strict=True)
        if len(rows) > _MOST_SHOWN:
            more, rows = True, rows[:_MOST_SHOWN]
            break
    numeric = [i for i, f in enumerate(batches.schema) if not _is_text(f.type)]
    if fits(batches.schema.names, rows):
        table("", batches.schema.names, rows, right=numeric)
    else:
        records(batches.schema.names, rows)
    console.print(f"[dim]{'the first ' if more else ''}{len(rows):,} row{'s' * (len(rows) != 1)}[/]")


def _is_text(kind: pa.DataType) -> bool:
    return not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _csv(batches: pa.RecordBatchReader, stream: IO[str], exact: bool) -> int:
    cell = _Cells(exact, on_screen=stream.isatty())
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(cell, batches.schema.names))
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        for row in zip(*map(values, batch.columns), strict=True):
            writer.writerow(map(cell, row))
    if cell.marked:
        what = f"{cell.marked:,} texts would be formulas in a spreadsheet"
        told("note", f"{what}: they begin with '; --exact leaves them alone")
    return rows


class _Cells:
    """Values as CSV has them, and how many of them were marked as no formula."""

    def __init__(self, exact: bool, on_screen: bool) -> None:
        self._exact, self._on_screen = exact, on_screen
        self.marked = 0

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value:f}"
        if not isinstance(value, str | dict | list):
            return value
        text = value if isinstance(value, str) else str(value)
        safe = text if self._exact else no_formula(text)
        self.marked += safe is not text
        return visible(safe) if self._on_screen else safe


def _json(batches: pa.RecordBatchReader, stream: IO[str]) -> int:
    """One JSON array, a row an object; decimals as text so that no cent is lost."""
    rows = 0
    stream.write("[")
    for batch in batches:
        for row in named(batch):
            stream.write((",\n" if rows else "\n") + visible_json(json.dumps(plain(row), ensure_ascii=False)))
            rows += 1
    stream.write("\n]\n")
    return rows


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    with replacing(output) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream
