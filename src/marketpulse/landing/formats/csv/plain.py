"""CSV lines without quotes -> columns: a damaged file is read as quickly as a whole one, but for its damaged lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
from numpy.typing import NDArray

from marketpulse.landing.formats.csv.options import CsvOptions, Shape
from marketpulse.landing.formats.csv.tolerant import Malformed, unquoted
from marketpulse.landing.records import is_text


@dataclass(frozen=True)
class PlainRows:
    """Rows of some lines. Numbers count the lines that are not blank, from 1; `count` is the last."""

    columns: list[pa.Array]
    numbers: NDArray[np.int64]
    bad: list[tuple[int, Malformed]]
    count: int


def read_plain(lines: list[bytes], width: int, form: CsvOptions) -> PlainRows:
    """Columns of the lines that have `width` of them in valid text; the others with their reason."""
    written = [line for line in lines if line.strip(b"\r\n")]
    good = _widths(written, form.delimiter.encode()) == width
    if not is_text(b"".join(written)):
        good &= np.fromiter(map(is_text, written), bool, len(written))
    bad = [(int(i) + 1, _reason(written[i], width, form)) for i in np.flatnonzero(~good)]
    columns = _columns(b"".join(compress(written, good.tolist())), width, form)
    return PlainRows(columns, np.flatnonzero(good) + 1, bad, len(written))


def _widths(lines: list[bytes], delimiter: bytes) -> NDArray[np.int64]:
    """Number of columns of each line."""
    ends = np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)))
    data = np.frombuffer(b"".join(lines), np.uint8)
    found = np.flatnonzero(data == delimiter[0]) if len(delimiter) == 1 else np.array([], np.int64)
    return np.diff(np.searchsorted(found, ends), prepend=0) + 1


def _columns(data: bytes, width: int, form: CsvOptions) -> list[pa.Array]:
    names = [str(place) for place in range(width)]
    if not data:
        return [pa.array([], pa.string()) for _ in names]
    table = pc_csv.read_csv(
        pa.BufferReader(data),
        # One block: a line may be longer than the usual size of one.
        read_options=pc_csv.ReadOptions(column_names=names, use_threads=False, block_size=max(1 << 20, len(data))),
        parse_options=pc_csv.ParseOptions(delimiter=form.delimiter, quote_char=False),
        convert_options=pc_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=form.nulls, strings_can_be_null=True
        ),
    )
    return [column.combine_chunks() for column in table.columns]


def _reason(line: bytes, width: int, form: CsvOptions) -> Malformed:
    found = unquoted(line, form, Shape(width, width))
    if isinstance(found, Malformed):
        return found
    raise AssertionError(f"a line of {width} columns was taken for another: {line!r}")
