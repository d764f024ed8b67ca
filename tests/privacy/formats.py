"""Sales lines as every kind of file that lands: for each a feed, its file, and the mapping that reads it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import fastavro
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.landing.packs import PACKERS, zipped
from tests.shop import MiniShop

#: A line: id, day, quantity, buyer.
Line = tuple[str, str, int, str]
COLUMNS = ("id", "day", "qty", "buyer")
_PLAIN = "select id, day, qty, buyer from bronze.{feed}"


@dataclass(frozen=True)
class Kind:
    """One kind of file: what the source says of it, its name, its bytes, and how silver reads it."""

    said: str
    name: str
    data: Callable[[Sequence[Line]], bytes]
    query: str = _PLAIN


def _csv(lines: Sequence[Line]) -> bytes:
    return "".join(",".join(map(str, line)) + "\n" for line in (COLUMNS, *lines)).encode()


def _archive(lines: Sequence[Line]) -> bytes:
    """Each line in a member of its own."""
    return zipped({f"till {line[0]}/a.csv": _csv([line]) for line in lines})


def _german(lines: Sequence[Line]) -> bytes:
    rows = [f"{i};{d[8:]}.{d[5:7]}.{d[:4]};{q};{b}" for i, d, q, b in lines]
    return ("Report of the day\nid;day;qty;buyer\n" + "\n".join(rows) + "\n").encode("utf-16")


def _avro(lines: Sequence[Line]) -> bytes:
    fields = [{"name": name, "type": "int" if name == "qty" else "string"} for name in COLUMNS]
    target = io.BytesIO()
    rows = [dict(zip(COLUMNS, line, strict=True)) for line in lines]
    fastavro.writer(target, fastavro.parse_schema({"type": "record", "name": "r", "fields": fields}), rows)
    return target.getvalue()


def _excel(lines: Sequence[Line]) -> bytes:
    book = openpyxl.Workbook()
    for row in (COLUMNS, *lines):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _fixed(lines: Sequence[Line]) -> bytes:
    return "".join(f"{i:<8}{d:<10}{q:>4}{b:<20}\n" for i, d, q, b in lines).encode()


def _xml(lines: Sequence[Line]) -> bytes:
    rows = "".join(f'<sale id="{i}"><day>{d}</day><qty>{q}</qty><buyer>{b}</buyer></sale>' for i, d, q, b in lines)
    return f"<?xml version='1.0'?><sales>{rows}</sales>".encode()


def _document(lines: Sequence[Line]) -> bytes:
    """Orders of a page: who bought stands around the lines."""
    orders: list[dict[str, Any]] = [
        {"buyer": b, "lines": [{"id": i, "day": d, "qty": q}, {"id": f"{i}-2", "day": d, "qty": q}]}
        for i, d, q, b in lines
    ]
    return json.dumps({"page": 1, "orders": orders}, indent=1).encode()


def _lists(lines: Sequence[Line]) -> bytes:
    rows = [{"buyer": b, "lines": [{"id": i, "day": d, "qty": q}]} for i, d, q, b in lines]
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), target)
    return target.getvalue()


def _path(column: str, path: str) -> str:
    return f"get_json_object({column}, '$.{path}')"


_OF_XML = ", ".join([f"{_path('raw', '_id')} as id", *(f"{_path('raw', name)} as {name}" for name in COLUMNS[1:])])
_OF_RAW = ", ".join(f"{_path('raw', name)} as {name}" for name in COLUMNS[:3])
_OF_LINE = ", ".join(f"{_path('`lines`', name)} as {name}" for name in COLUMNS[:3])
KINDS = {
    "plain": Kind("format: csv", "a.csv", _csv),
    "packed": Kind("format: csv", "a.csv.gz", lambda lines: PACKERS["gz"](_csv(lines))),
    "archive": Kind("format: csv", "day.zip", _archive),
    "german": Kind(
        "format: csv\nrequired: [id]\ncsv: {delimiter: ';', encoding: utf-16, thousands: '.', decimal: ',',"
        " date: dd.MM.yyyy}",
        "a.csv",
        _german,
    ),
    "avro": Kind("format: avro", "a.avro", _avro),
    "workbook": Kind("format: excel", "a.xlsx", _excel),
    "fixed": Kind("format: fixed_width\nfixed_width: {widths: {id: 8, day: 10, qty: 4, buyer: 20}}", "a.txt", _fixed),
    "markup": Kind("format: xml\nxml: {record: sale}", "a.xml", _xml, f"select {_OF_XML} from bronze.{{feed}}"),
    "document": Kind(
        "format: json\njson: {records: 'orders[*].lines'}",
        "a.json",
        _document,
        f"select {_OF_RAW}, {_path('envelope', 'orders.buyer')} as buyer from bronze.{{feed}}",
    ),
    "lists": Kind(
        "format: parquet\nparquet: {records: lines}",
        "a.parquet",
        _lists,
        f"select {_OF_LINE}, buyer from bronze.{{feed}}",
    ),
}


def with_kinds(shop: MiniShop) -> MiniShop:
    """The shop with one feed a kind of file, all of them feeds of its sales."""
    for feed, kind in KINDS.items():
        shop.write(f"sources/{feed}.yaml", f"name: {feed}\ndescription: Lines.\nowner: tills\n{kind.said}\n")
        shop.write(f"silver/sales/from_{feed}.sql", kind.query.format(feed=feed) + "\n")
    return shop


def land(shop: MiniShop, day: str, *buyers: str, first: int = 0) -> None:
    """Land, as every kind of file, one line a buyer."""
    for feed, kind in KINDS.items():
        lines = [(f"{feed[:3]}{first + place}", day, place + 1, buyer) for place, buyer in enumerate(buyers)]
        shop.land(f"{feed}/ingest_date={day}/{kind.name}", kind.data([line for line in lines if line[3]]))
