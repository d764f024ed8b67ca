"""What JSON cannot say, inside of lists and structs."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.landing.formats.parquet.form import Parquet
from tests.landing.reading import read


def test_values_inside_of_lists_and_structs_are_said_as_those_beside_them() -> None:
    kind = pa.struct([("b", pa.binary()), ("f", pa.float32()), ("d", pa.float64()), ("n", pa.int64())])
    inner = [{"b": b"ab", "f": 0.1, "d": float("nan"), "n": 1}, {"b": b"\xff", "d": float("-inf")}, None]
    target = io.BytesIO()
    pq.write_table(pa.table({"lines": pa.array([inner], pa.list_(kind))}), target)
    found = read(Parquet(), target.getvalue())
    ((text,),) = found.values
    assert json.loads(str(text), parse_constant=lambda word: pytest.fail(f"{word} is no JSON")) == [
        {"b": "ab", "f": 0.1, "d": "NaN", "n": 1},
        {"b": "base64:/w==", "f": None, "d": "-Infinity", "n": None},
        None,
    ]
