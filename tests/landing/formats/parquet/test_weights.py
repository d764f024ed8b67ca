"""What a row weighs is about the length of its text, whatever it is made of, without the text being made."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from marketpulse.landing.formats.parquet.weights import row_weights

X, LONG = "x" * 1_000, "y" * 50_000
TEXTS = [X, None, LONG, X, ""]
COLUMNS: dict[str, Any] = {
    "text": pa.array(TEXTS),
    "large": pa.array(TEXTS, pa.large_string()),
    "named": pa.array(TEXTS).dictionary_encode(),
    "bytes": pa.array([t and t.encode() for t in TEXTS]),
    "list": pa.array([[t, t] for t in TEXTS]),
    "list of named": pa.ListArray.from_arrays([0, 2, 3, 3, 5, 5], pa.array(TEXTS).dictionary_encode()),
    "struct": pa.array([{"a": t, "b": 1} for t in TEXTS]),
    "map": pa.array([[(X, t)] for t in TEXTS], pa.map_(pa.string(), pa.string())),
    "nested": pa.array([[{"a": [t]}] * 3 for t in TEXTS]),
    "null lists": pa.array([None, [], [None] * 500, [X], None], pa.list_(pa.string())),
    "days": pa.array([date(2026, 1, 1)] * 5),
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("part", [slice(0, 5), slice(1, 4), slice(4, 5), slice(2, 2)])
def test_a_row_weighs_what_its_text_does(name: str, part: slice) -> None:
    column = COLUMNS[name].slice(part.start, part.stop - part.start)
    wanted = [len(json.dumps(value, default=str)) for value in column.to_pylist()]
    found = row_weights(pa.record_batch([column], ["c"])).tolist()
    assert len(found) == len(wanted)
    assert all(abs(weight - length) <= 60 + length / 2 for weight, length in zip(found, wanted, strict=True))


def test_columns_add_up() -> None:
    batch = pa.record_batch([pa.array([X, LONG]), pa.array([X, None])], ["a", "b"])
    assert row_weights(batch).tolist() == [32 + 1_008 + 1_008, 32 + 50_008 + 8]
