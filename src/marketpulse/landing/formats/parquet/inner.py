"""Values inside of lists and structs: what JSON cannot say of them is said as beside them, or as Avro's are."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from marketpulse.landing.records import lossless

Say = Callable[[Any], Any]


def is_bytes(kind: pa.DataType) -> bool:
    """Whether values are bytes, which may be no text."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def sayer(kind: pa.DataType) -> Say | None:
    """What makes a value (never null) one that JSON can say; None where all values of the type are.

    >>> sayer(pa.list_(pa.float32()))([0.10000000149011612, float("nan"), None])
    [0.1, 'NaN', None]
    >>> sayer(pa.struct([("a", pa.binary()), ("b", pa.int64())]))({"a": b"x", "b": 1})
    {'a': 'x', 'b': 1}
    """
    if pa.types.is_dictionary(kind):
        return sayer(kind.value_type)
    if pa.types.is_struct(kind):
        return _of_fields({field.name: say for field in kind if (say := sayer(field.type))})
    if pa.types.is_map(kind):
        return _of_pairs(sayer(kind.key_type), sayer(kind.item_type))
    if pa.types.is_nested(kind):
        return _of_items(sayer(kind.value_type))
    return lossless if is_bytes(kind) else _FLOATS.get(kind)


def _double(value: float) -> Any:
    return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


_FLOATS: dict[pa.DataType, Say] = {
    pa.float64(): _double,
    pa.float32(): lambda value: _double(float(str(np.float32(value)))),
    pa.float16(): lambda value: _double(float(str(np.float16(value)))),
}


def _of_fields(says: dict[str, Say]) -> Say | None:
    if not says:
        return None
    return lambda value: {name: _said(says.get(name), each) for name, each in value.items()}


def _of_pairs(key: Say | None, item: Say | None) -> Say | None:
    return (lambda value: [[_said(key, k), _said(item, v)] for k, v in value]) if key or item else None


def _of_items(say: Say | None) -> Say | None:
    return (lambda value: [_said(say, each) for each in value]) if say else None


def _said(say: Say | None, value: Any) -> Any:
    return value if say is None or value is None else say(value)
