"""Values of any type as text: JSON for lists and structs. What has none is told of its record alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketpulse.landing.formats.parquet.inner import is_bytes, sayer
from marketpulse.landing.records import batch, is_text, lossless, malformed

#: Values as text, and for each place whose value has none the reason.
Texts = tuple[pa.Array, dict[int, str]]


def in_words(
    names: tuple[str, ...], found: pa.RecordBatch, rows: NDArray[np.int64], items: pa.Array | None = None
) -> Iterator[pa.RecordBatch]:
    """Records as text, `rows` are their numbers; a record with a value that has no text is malformed."""
    columns = [_texts(column) for column in found.columns]
    bad: dict[int, str] = {}
    for name, (_, wrong) in zip(names, columns, strict=True):
        for place, reason in wrong.items():
            bad.setdefault(place, f"{name} {reason}")
    good = np.ones(found.num_rows, bool)
    good[list(bad)] = False
    kept = [texts.filter(pa.array(good)) for texts, _ in columns] if bad else [texts for texts, _ in columns]
    yield batch(names, kept, pa.array(rows[good]), items.filter(pa.array(good)) if items is not None else None)
    if bad:
        places = sorted(bad)
        yield malformed(names, [(int(rows[each]), bad[each], _readable(names, columns, each)) for each in places])


def _readable(names: tuple[str, ...], columns: list[Texts], place: int) -> bytes:
    """What can be read of a record, as JSON."""
    found = {name: texts[place].as_py() for name, (texts, _) in zip(names, columns, strict=True)}
    return json.dumps(found, ensure_ascii=False).encode()


def _texts(column: pa.Array) -> Texts:
    """All at once; one by one where some value has no text: then only its record is bad."""
    if pa.types.is_dictionary(column.type):  # whose values many records share
        column = column.dictionary_decode()
    try:
        return _as_text(column), {}
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        return _one_by_one(column)


def _one_by_one(column: pa.Array) -> Texts:
    found: list[str | None] = []
    wrong: dict[int, str] = {}
    texts = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    raw = column.cast(pa.large_binary()) if texts else column
    for place in range(len(raw)):
        try:
            found.append(_as_text(raw.slice(place, 1))[0].as_py())
            # What is no text is kept as base64 where bytes are expected, and is bad where text is.
            reason = "is not valid UTF-8" if texts and _is_base64(raw[place].as_py()) else None
        except (pa.ArrowException, ValueError, OverflowError, TypeError) as error:
            found.append(None)
            reason = f"cannot be read: {error}"
        if reason:
            wrong[place] = reason
    return pa.array(found, pa.string()), wrong


def _is_base64(value: bytes | None) -> bool:
    return value is not None and not is_text(value)


def _as_text(column: pa.Array) -> pa.Array:
    """Values as text: JSON for lists and structs, base64 for bytes that are no text."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.array([v if v is None else json.dumps(v, default=str) for v in _within(column)], pa.string())
    if is_bytes(kind):
        return pa.array([v if v is None else lossless(v) for v in column.to_pylist()], pa.string())
    column.validate(full=True)
    return pc.cast(column, pa.string())


def _within(column: pa.Array) -> list[Any]:
    """Lists and structs of values that JSON can say."""
    say, found = sayer(column.type), column.to_pylist()
    return [value if value is None else say(value) for value in found] if say else found
