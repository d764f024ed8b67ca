"""A JSON file in memory, read in small pieces; and what Python's own reader says of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.json import Json
from marketpulse.landing.limits import USUAL, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted

#: (raw, envelope, place, number, item, error, malformed)
Row = tuple[str | None, str | None, str | None, int, int | None, str | None, str | None]


class Dripping(io.BytesIO):
    """Bytes that come a few at a time."""

    def __init__(self, data: bytes, piece: int) -> None:
        super().__init__(data)
        self._piece = piece

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, self._piece))


def rows(
    engine: DuckEngine, data: bytes, path: str | None = None, piece: int = 1 << 20, limits: Limits = USUAL
) -> list[Row]:
    """Records of a file, checked, in the order of their numbers."""
    records = Json(records=path).open(landed(data, piece, limits), Wanted())
    found = checked(engine, records)
    return checked(engine, records.patient()) if records.doubted and records.patient else found


def landed(data: bytes, piece: int = 1 << 20, limits: Limits = USUAL) -> OpenedFile:
    """A file that lies in memory."""
    return OpenedFile(LandedFile("a.json", "a.json", len(data), 0), Dripping(data, piece), limits)  # type: ignore[arg-type]


def checked(engine: DuckEngine, records: Records) -> list[Row]:
    """The records, in the order of their numbers."""
    with engine.scope():
        query = engine.records(engine.receive("landed", records.stream()))
        told = f"select raw, envelope, place, _source_row, _item, _error, _malformed from ({query})"
        return sorted(engine.rows(told), key=lambda row: row[3])


def said(rows: list[Row]) -> list[tuple[Any, Any, int | None]]:
    """What readable rows say: record, what is around it, item."""
    return [(json.loads(r[0]), json.loads(r[1]) if r[1] else None, r[4]) for r in rows if r[0] is not None]


def bad(rows: list[Row]) -> list[tuple[str | None, str | None]]:
    """Reason and text of those that cannot be read."""
    return [(r[5], r[6]) for r in rows if r[5] is not None]


def expected(document: Any, path: list[str]) -> Iterator[tuple[Any, Any, int | None]]:
    """The records of a document, whose arrays on the way are each replaced by one element."""
    if isinstance(document, list):
        for element in document:
            yield from expected(element, path) if isinstance(element, dict) else [(element, None, None)]
        return
    yield from _below(document, document, path, lambda around: around, (document, None))


def _below(home: Any, node: Any, path: list[str], put: Any, alone: tuple[Any, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """`put` puts something in the place of `node` in what is around it; `alone` is the record without the path."""
    inner = node.get(path[0]) if path and isinstance(node, dict) else None
    rest = {key: value for key, value in node.items() if not path or key != path[0]} if isinstance(node, dict) else None
    if isinstance(inner, list) and inner:
        around = put(rest)
        for item, element in enumerate(inner, start=1):
            if len(path) == 1:
                yield element, around, item
            elif not isinstance(element, dict):
                yield element, around, None
            else:
                yield from _below(element, element, path[1:], _putting(put, node, path[0]), (element, around))
    elif isinstance(inner, dict) and len(path) > 1:
        yield from _below(home, inner, path[1:], _putting(put, node, path[0]), alone)
    else:
        yield *alone, None


def _putting(put: Any, node: Any, name: str) -> Any:
    return lambda inner: put({**node, name: inner})
