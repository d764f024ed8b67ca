"""What a Parquet file will ask of its reader, before any of it is unpacked: the headers of its pages say it.

A page is unpacked whole, so a few packed bytes may become two gigabytes; and a footer may say anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow.parquet as pq

from marketpulse.errors import GateError
from marketpulse.landing.formats.parquet import thrift
from marketpulse.landing.limits import MB, SMALLER, Limits
from marketpulse.landing.records import BATCH_ROWS

#: Pages that are open together may take so many times what one record may.
_RECORDS_OPEN = 64
#: Bytes of rows that are read at once, and what a row and an element of a list cost their reader at least.
_AT_ONCE, _ROW, _ELEMENT = 64 << 20, 32, 6
#: Fields of the header of a page, by the numbers of the format.
_UNPACKED, _PACKED, _DATA, _DATA_2 = 2, 3, 5, 8
_HEADER = 4096
_LONG_HEADER = 16 << 20


@dataclass
class _Pages:
    """Of the pages of one column chunk: their largest, all their elements, the bytes of a row where it has most."""

    largest: int = 0
    dictionary: int = 0
    elements: int = 0
    row: float = 0.0


def examine(footer: pq.FileMetaData, raw: BinaryIO, limits: Limits) -> int:
    """Rows that may be read at once. Raise GateError for a file that asks for more than it may."""
    if footer.num_rows * _ROW > limits.unpacked:
        raise limits.too_large
    widest = 1.0
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        open_together, row = 0, 0.0
        for place in range(group.num_columns):
            pages = _pages(raw, group.column(place), group.num_rows)
            open_together += pages.largest + pages.dictionary
            if footer.schema.column(place).max_repetition_level:
                open_together += pages.elements * _ELEMENT
            row += pages.row
        if open_together > (most := _RECORDS_OPEN * limits.record):
            told = f"{open_together // MB:,} MB at once, more than {_RECORDS_OPEN} times record_mb ({most // MB:,} MB)"
            raise GateError(f"its pages unpack to {told}", hint=SMALLER)
        widest = max(widest, row)
    return max(1, min(BATCH_ROWS, int(_AT_ONCE / widest)))


def _pages(raw: BinaryIO, chunk: Any, rows: int) -> _Pages:
    found = _Pages()
    for header in _headers(raw, chunk):
        size = header.get(_UNPACKED, 0)
        data = header.get(_DATA) or header.get(_DATA_2)
        if data is None:
            found.dictionary += size
            continue
        count = max(1, data.get(1, 0))
        found.largest = max(found.largest, size)
        found.elements += count
        # Of a list that goes over pages only the average is known.
        found.row = max(found.row, size / max(1.0, count * rows / max(rows, chunk.num_values, 1)))
    return found


def _headers(raw: BinaryIO, chunk: Any) -> Iterator[dict[int, Any]]:
    """Headers of the pages of a column, as far as they can be read: what is damaged its reader will tell."""
    begins = [chunk.data_page_offset] + [chunk.dictionary_page_offset] * bool(chunk.has_dictionary_page)
    place = min(begins)
    end = place + chunk.total_compressed_size
    while 0 <= place < end:
        header, length = _header(raw, place)
        if not header or header.get(_PACKED, -1) < 0:
            return
        yield header
        place += length + header[_PACKED]


def _header(raw: BinaryIO, place: int) -> tuple[dict[int, Any], int]:
    for most in (_HEADER, _LONG_HEADER):
        raw.seek(place)
        try:
            return thrift.struct(raw.read(most))
        except (IndexError, ValueError):
            continue
    return {}, 0
