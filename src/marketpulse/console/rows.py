"""Rows of a query as a page shows them: columns, texts, which of them are numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from marketpulse.cells import column_texts
from marketpulse.engines.limits import Given
from marketpulse.errors import UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.serving.desk import Look
from marketpulse.serving.query import Moment, stream
from marketpulse.serving.values import values

#: Letters of a text on a page, and bytes of a result in memory.
_LONGEST, _MOST_BYTES = 300, 64_000_000
#: What a page needs of a text: one letter more says that there are more.
SHORT = Given(letters=_LONGEST + 1)
#: What somebody waits for who looks at a whole table.
LOOKING = replace(SHORT, seconds=30)


@dataclass(frozen=True)
class Rows:
    """Some rows of a result; `more` where there are others. `numeric` says which columns stand to the right."""

    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    more: bool = False


def one_table(look: Look, name: str) -> LakeTable:
    """A table of the warehouse by its name. Raise UsageError where there is none, or its first run is not over."""
    found = look.context.lake.find(name) if name in look.context.lake.names() else None
    if found is None or not look.moment.shows(found):
        raise UsageError(f"there is no table {name[:80]}", hint="the page Tables lists them")
    return found


def rows_of(look: Look, query: str, most: int) -> Rows:
    """The first rows of one `select`, masked as whoever looks may see. Raise UsageError or LimitError."""
    return laid_out(*fetched(look, query, most, look.moment, SHORT))


def laid_out(found: pa.Table, more: bool) -> Rows:
    """The rows of a result as texts."""
    texts = [_texts(found.column(n), name) for n, name in enumerate(found.schema.names)]
    columns = list(zip(*texts, strict=True))
    numeric = [_is_number(field.type) for field in found.schema]
    return Rows(found.schema.names, [list(row) for row in columns], numeric, more)


def fetched(look: Look, query: str, most: int, moment: Moment, given: Given) -> tuple[pa.Table, bool]:
    """The first rows of a query as of a moment, as many as fit, and whether there are more.

    Raise UsageError or LimitError.
    """
    reader = stream(look.context, query, moment=moment, given=replace(given, first=most + 1))
    batches: list[pa.RecordBatch] = []
    count = size = 0
    for batch in reader:
        batches.append(batch)
        count += batch.num_rows
        size += batch.nbytes
        if size > _MOST_BYTES:
            break
    found = pa.Table.from_batches(batches, reader.schema)
    return found.slice(0, most), count > most or size > _MOST_BYTES


def _texts(column: Any, name: str) -> list[str]:
    given = values(column)
    texts = ["–" if value is None else text for value, text in zip(given, column_texts(given, name), strict=True)]
    return [text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …" for text in texts]


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
