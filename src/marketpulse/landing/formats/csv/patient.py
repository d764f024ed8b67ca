"""Records that were read one by one -> batches: those that fit the header, and the rest with their reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marketpulse.landing.formats.csv.head import Head
from marketpulse.landing.formats.csv.plain import read_plain
from marketpulse.landing.formats.csv.repeats import REASON, repeated
from marketpulse.landing.formats.csv.tolerant import Malformed, Plain
from marketpulse.landing.records import BATCH_ROWS, batch, malformed

Row = list[str | None]


@dataclass
class _Batches:
    """Rows that wait for a batch of their own; `number` is the last record's."""

    names: tuple[str, ...]
    header: list[str]
    number: int = 0
    good: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[tuple[int, str, bytes]] = field(default_factory=list)

    def add(self, row: Row | Malformed) -> None:
        """Count one record."""
        self.number += 1
        if isinstance(row, Malformed):
            self.bad.append((self.number, row.reason, row.text))
        else:
            self.good.append(row)
            self.numbers.append(self.number)

    def plain(self, lines: Plain, head: Head) -> pa.RecordBatch:
        """Lines that are read together."""
        found = read_plain(lines.lines, len(self.names), head.form)
        self.bad += [(self.number + place, line.reason, line.text) for place, line in found.bad]
        numbers = found.numbers + self.number
        self.number += found.count
        return self._made(found.columns, numbers, head.form.delimiter)

    def waiting(self, delimiter: str) -> pa.RecordBatch:
        """The rows that wait."""
        columns = [pa.array(column, pa.string()) for column in zip(*self.good, strict=True)]
        numbers = np.array(self.numbers, np.int64)
        self.good, self.numbers = [], []
        return self._made(columns, numbers, delimiter)

    def _made(self, columns: list[pa.Array], numbers: NDArray[np.int64], delimiter: str) -> pa.RecordBatch:
        places = repeated(columns, self.header)
        if len(places):
            text = delimiter.join(self.header).encode()
            self.bad += [(int(numbers[place]), REASON, text) for place in places]
            kept = np.ones(len(numbers), bool)
            kept[places] = False
            columns, numbers = [column.filter(pa.array(kept)) for column in columns], numbers[kept]
        return batch(self.names, columns, pa.array(numbers))


def batches(names: tuple[str, ...], rows: Iterator[Row | Malformed | Plain], head: Head) -> Iterator[pa.RecordBatch]:
    """All records behind the head of a file, and the lines above its header."""
    header = head.header if head.form.header and isinstance(head.header, list) else []
    found = _Batches(names, header)
    for line in head.above:
        found.add(line)
    for row in rows:
        if isinstance(row, Plain):
            yield found.plain(row, head)
            continue
        found.add(row)
        if len(found.good) >= BATCH_ROWS:
            yield found.waiting(head.form.delimiter)
    if found.good:
        yield found.waiting(head.form.delimiter)
    if found.bad:
        yield malformed(names, found.bad)
