"""A result that is read row by row, as messages: never more of it than a batch is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from marketpulse.errors import UsageError
from marketpulse.wire import types
from marketpulse.wire.encoding import encoded
from marketpulse.wire.messages import BROKEN, Column, rows

#: Rows that are made into messages at a time, and bytes of wide ones.
_ROWS, _BYTES = 1_000, 8 << 20


@dataclass
class Portal:
    """A result; `rows` are its rows as messages, each asked for once. `over` is called when no more can be asked."""

    columns: Sequence[Column]
    formats: Sequence[int]
    rows: Iterator[bytes]
    over: Callable[[], None] = lambda: None
    told: int = 0
    note: str | None = None
    _closed: bool = field(default=False, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it may have more rows, and holds an engine for them."""
        return not self._closed

    def next(self, most: int | None) -> Iterator[bytes]:
        """The next rows, at most so many; None: all."""
        for row in islice(self.rows, most):
            self.told += 1
            yield row

    def close(self) -> None:
        """Give back what it holds."""
        if not self._closed:
            self._closed = True
            self.rows = iter(())
            self.over()


def formats_of(given: Sequence[int], count: int) -> list[int]:
    """The format of each column or parameter, from none, one or all that a client says. Raise UsageError for others."""
    if not {*given} <= {0, 1}:
        raise UsageError("a format is 0 (text) or 1 (binary)", sqlstate=BROKEN)
    if len(given) in (0, 1):
        return [given[0] if given else 0] * count
    if len(given) != count:
        raise UsageError(f"{len(given)} formats, where there are {count} values", sqlstate=BROKEN)
    return [*given]


def columns_of(schema: pa.Schema) -> list[Column]:
    """Columns of a result in Postgres's types."""
    return [types.column(field) for field in schema]


def messages_of(batches: pa.RecordBatchReader, formats: Sequence[int]) -> Iterator[bytes]:
    """Rows of a result, as messages."""
    for batch in batches:
        step = max(1, min(_ROWS, _BYTES * batch.num_rows // max(batch.nbytes, 1)))
        for at in range(0, batch.num_rows, step):
            part = batch.slice(at, step)
            columns = [encoded(each, form == 1) for each, form in zip(part.columns, formats, strict=True)]
            yield from rows(columns, len(columns))
