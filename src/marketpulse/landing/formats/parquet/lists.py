"""Rows whose lists are taken apart: a record for each element, which stands in the place of its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketpulse.errors import GateError
from marketpulse.landing.formats.parquet.weights import row_weights
from marketpulse.landing.limits import SMALLER, Limits

_Places = NDArray[np.int64]
#: What is around elements is repeated with each: so many bytes at once, or one row.
_AT_ONCE = 64 << 20
#: The records of a row may take so many times its own bytes, if that is more than one record may have.
_TIMES = 10
#: Elements, of which row each is, and its place in its list (null: there is none).
_Taken = tuple[pa.Array, _Places, pa.Array]


class _TooMuchError(Exception):
    """Several rows together take more than is to be in memory at once."""


def unlisted(
    rows: pa.RecordBatch, place: int, path: Sequence[str], limits: Limits
) -> Iterator[tuple[pa.RecordBatch, _Places, pa.Array]]:
    """Rows with one element each of the lists in a column, and of those that `path` leads to in its elements.

    In pieces; with the row that each is of, and the place of the element in its list. One without a list stays a row.
    """
    try:
        values, parents, items = _taken(rows.column(place), path, limits)
        _check(rows, place, np.bincount(parents, minlength=rows.num_rows), limits)
    except _TooMuchError:
        half = rows.num_rows // 2
        yield from unlisted(rows.slice(0, half), place, path, limits)
        for found, of, items in unlisted(rows.slice(half), place, path, limits):
            yield found, of + half, items
        return
    index = pa.array(parents)
    columns = [values if number == place else each.take(index) for number, each in enumerate(rows.columns)]
    yield pa.RecordBatch.from_arrays(columns, names=rows.schema.names), parents, items


def _check(rows: pa.RecordBatch, place: int, counts: _Places, limits: Limits) -> None:
    """Whether what stands beside the list at `place` may be repeated so often."""
    own = row_weights(rows)
    beside = row_weights(rows.drop_columns([rows.schema.names[place]]))
    cost = np.where(counts > 1, counts * beside, 0)
    bad = np.flatnonzero(cost > np.maximum(limits.record, _TIMES * own))
    if len(bad):
        raise GateError(limits.too_often(int(counts[bad[0]]), int(beside[bad[0]])), hint=SMALLER)
    if cost.sum() > _AT_ONCE and rows.num_rows > 1:
        raise _TooMuchError


def _taken(values: pa.Array, path: Sequence[str], limits: Limits) -> _Taken:
    kind = values.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        elements, parents, items = _elements(values)
        if not path:
            return elements, parents, items
        inner, of, items = _taken_inside(elements, path, limits)
        return inner, parents[of], items
    return _taken_inside(values, path, limits)


def _elements(values: pa.Array) -> _Taken:
    lengths = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.maximum(1, lengths)
    parents = np.repeat(np.arange(len(values)), counts)
    rank = np.arange(len(parents)) - np.repeat(np.cumsum(counts) - counts, counts)
    lacks = np.repeat(lengths == 0, counts)
    index = np.cumsum(~lacks) - 1
    elements = pc.list_flatten(values).take(pa.array(index, pa.int64(), mask=lacks))
    return elements, parents, pa.array(rank + 1, pa.int64(), mask=lacks)


def _taken_inside(values: pa.Array, path: Sequence[str], limits: Limits) -> _Taken:
    """The same with the lists in a field of structs."""
    same = np.arange(len(values))
    place = values.type.get_field_index(path[0]) if path and pa.types.is_struct(values.type) else -1
    if place < 0:
        return values, same, pa.nulls(len(values), pa.int64())
    fields = values.flatten()
    inner, parents, items = _taken(fields[place], path[1:], limits)
    rows = pa.RecordBatch.from_arrays(fields, names=[str(number) for number in range(len(fields))])
    _check(rows, place, np.bincount(parents, minlength=len(values)), limits)
    index = pa.array(parents)
    taken = [inner if number == place else each.take(index) for number, each in enumerate(fields)]
    names = [field.name for field in values.type]
    return pa.StructArray.from_arrays(taken, names, mask=pc.is_null(values).take(index)), parents, items
