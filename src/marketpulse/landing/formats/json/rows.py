"""Texts -> batches of records with their numbers, for the engine to check (`Engine.records`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.formats.json.strings import Places
from marketpulse.landing.formats.json.unfold import Found
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.records import batch, is_text, malformed

#: Columns of a batch: the record, what is around it, and where it is, if its number does not say it.
NAMES = ("record", "around", "place")
NOT_UTF8 = "not valid UTF-8"


def whole_records(
    records: pa.StringArray, rows: Places | pa.Array, places: pa.StringArray | None = None
) -> pa.RecordBatch:
    """Records that have nothing around them."""
    nothing = pa.nulls(len(records), pa.string())
    return batch(NAMES, [records, nothing, nothing if places is None else places], pa.array(rows, pa.int64()))


def broken(
    rows: Places, reasons: list[str], texts: list[bytes], places: pa.StringArray | None = None
) -> pa.RecordBatch:
    """Records that cannot be read."""
    found = list(zip(rows.tolist(), reasons, texts, strict=True))
    return malformed(NAMES, found, [] if places is None else [places])


def found_records(found: Found, rows: Places, places: pa.StringArray, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Records from inside of texts; `rows` are their numbers, `places` those of their texts."""
    where = pc.binary_join_element_wise(places, found.places, "")
    lengths = pc.binary_length(found.records)
    long = pc.greater(lengths, limits.record)
    if found.reasons.null_count == len(rows) and not pc.any(long).as_py():
        yield batch(NAMES, [found.records, found.envelopes, where], pa.array(rows), found.items)
        return
    reasons = pc.coalesce(found.reasons, pc.if_else(long, "", pa.scalar(None, pa.string())))
    bad = pc.is_valid(reasons)
    if pc.any(bad).as_py():
        told = [
            reason or limits.too_long(length)
            for reason, length in zip(reasons.filter(bad).to_pylist(), lengths.filter(bad).to_pylist(), strict=True)
        ]
        texts = [text.encode() for text in found.records.filter(bad).to_pylist()]
        texts = [text if len(text) <= limits.record else start(text) for text in texts]
        yield broken(rows[bad.to_numpy(zero_copy_only=False)], told, texts, where.filter(bad))
    good = pc.invert(bad)
    columns = [each.filter(good) for each in (found.records, found.envelopes, where)]
    yield batch(NAMES, columns, pa.array(rows).filter(good), found.items.filter(good))


def whole_texts(
    texts: pa.StringArray, rows: Places, places: pa.StringArray, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Texts that are records as they are."""
    lengths = pc.binary_length(texts)
    long = pc.greater(lengths, limits.record)
    if pc.any(long).as_py():
        told = [limits.too_long(length) for length in lengths.filter(long).to_pylist()]
        starts = [start(text.encode()) for text in texts.filter(long).to_pylist()]
        yield broken(rows[long.to_numpy(zero_copy_only=False)], told, starts, places.filter(long))
    kept = pc.invert(long)
    yield whole_records(texts.filter(kept), pa.array(rows).filter(kept), places.filter(kept))


def are_text(texts: pa.StringArray) -> np.ndarray | None:
    """Which texts are UTF-8; None when all are."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raw = texts.cast(pa.binary())
        return np.array([is_text(each.as_py()) for each in raw])
    return None
