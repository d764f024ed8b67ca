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

from marketpulse.cli.render import console, fits, plain, records, table
from marketpulse.errors import UsageError
from marketpulse.serving.query import values
from marketpulse.storage.places import replacing
from marketpulse.visible import no_formula, visible, visible_json

_MOST_SHOWN = 1000


def write(batches: pa.RecordBatchReader, form: str, output: Path | None, exact: bool = False) -> None:
    """Write the result; a table on the screen stops after 1,000 rows and says so.

    In CSV a text that a spreadsheet would compute begins with an apostrophe, unless all is to be `exact`.
    """
    if form == "parquet":
        if output is None:
            raise UsageError("parquet needs a file", hint="add --output result.parquet")
        from marketpulse.serving.query import write_parquet

        console.print(f"wrote {write_parquet(batches, output):,} rows to {output}")
    elif form == "table" and output is None:
        _table(batches)
    else:
        with _opened(output) as stream:
            _csv(batches, stream, exact) if form == "csv" else _json(batches, stream)


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


def _csv(batches: pa.RecordBatchReader, stream: IO[str], exact: bool) -> None:
    cell = _Cells(exact, on_screen=stream.isatty())
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(cell, batches.schema.names))
    for batch in batches:
        for row in zip(*map(values, batch.columns), strict=True):
            writer.writerow(map(cell, row))
    if cell.marked:
        told = f"{cell.marked:,} texts would be formulas in a spreadsheet: they begin with '; --exact leaves them alone"
        print(told, file=sys.stderr)


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
        told = text if self._exact else no_formula(text)
        self.marked += told is not text
        return visible(told) if self._on_screen else told


def _json(batches: pa.RecordBatchReader, stream: IO[str]) -> None:
    """One JSON array, a row an object; decimals as text so that no cent is lost."""
    first = True
    stream.write("[")
    for batch in batches:
        for row in zip(*map(values, batch.columns), strict=True):
            named = dict(zip(batch.schema.names, row, strict=True))
            stream.write(("\n" if first else ",\n") + visible_json(json.dumps(plain(named), ensure_ascii=False)))
            first = False
    stream.write("\n]\n")


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    with replacing(output) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream
