"""How many bytes of text each row is, without making it: what a dictionary has once counts as often as it is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: What a row costs besides its values, and what a value costs that is no text.
_ROW, _VALUE = 32, 8
_Weights = NDArray[np.int64]
_SIZED = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)


def row_weights(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """Bytes of each row, all columns together."""
    found = np.full(batch.num_rows, _ROW, np.int64)
    for column in batch.columns:
        found += _weights(column)
    return found


def _weights(values: Any) -> _Weights:
    kind = values.type
    if isinstance(values, pa.ExtensionArray):
        return _weights(values.storage)
    if pa.types.is_nested(kind):
        return _of_nested(values)
    if pa.types.is_dictionary(kind):
        inner = np.append(_weights(values.dictionary), _VALUE)
        found: _Weights = inner[pc.fill_null(values.indices, len(inner) - 1).to_numpy(zero_copy_only=False)]
        return found
    if any(is_sized(kind) for is_sized in _SIZED):
        lengths: _Weights = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
        return lengths.astype(np.int64) + _VALUE
    return _same(values, _VALUE)


def _of_nested(values: Any) -> _Weights:
    kind = values.type
    if pa.types.is_struct(kind):
        return sum((_weights(field) for field in values.flatten()), start=_same(values, _VALUE))
    if pa.types.is_map(kind):
        return _of_lists(_weights(values.keys) + _weights(values.items), values.offsets)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _of_lists(_weights(values.values), values.offsets)
    # Of a fixed size, or seen through a list of places: as if each row had as much.
    return _same(values, _VALUE + 4 * (values.nbytes // max(1, len(values))))


def _of_lists(items: _Weights, offsets: Any) -> _Weights:
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(items)))
    places = offsets.to_numpy(zero_copy_only=False)
    found: _Weights = ends[places[1:]] - ends[places[:-1]] + _VALUE
    return found


def _same(values: Any, weight: int) -> _Weights:
    return np.full(len(values), weight, np.int64)
