"""A mini shop with people: sales of customers, clicks of visitors, and a byte scan of all that a warehouse has."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from marketpulse.lake.avrofile import decode
from marketpulse.privacy import erase as work
from marketpulse.privacy.erase import Asked, Erasure
from tests.shop import MiniShop, contract
from tests.tables import Rows, everything

#: Everything that names Ada, and what else is hers alone.
ADA = ("ada@1815", "phone-ada")
#: What a landing zone without somebody has otsomebody names and bytes of.
_FILES = {"_source_row", "_ingest_id", "source_row", "ingest_id", "quarantine_id", "content_sha256", "size_bytes"}
_WHO = "classification: pii, customProperties: [{{property: identifies, value: {kind}}}], "
_LINES = [("id", "string", "key"), ("day", "date", "bucket"), ("qty", "int", "required"), ("buyer", "string", "")]
_EVENTS = [
    ("event_id", "string", "key"),
    ("day", "date", "bucket"),
    ("event_at", "timestamp", "required"),
    ("browser", "string", ""),
    ("buyer", "string", ""),
    ("note", "string", ""),
]
_MADE = [("day", "date", "key bucket"), ("buyer", "string", "key"), ("qty", "long", "")]


def named(shop: MiniShop) -> MiniShop:
    """The shop, whose silver says who bought and who clicked; gold counts by buyer, and by day for nobody."""
    shop.write(
        "silver/sales/from_sales.sql", "select id, day, qty, nullif(trim(buyer), '') as buyer from bronze.sales\n"
    )
    rule = (
        "{name: qty_not_zero, type: custom, engine: marketpulse, implementation: qty <> 0, severity: quarantine,"
        " description: nothing was sold}"
    )
    merge = "{property: merge, value: {policy: latest}}"
    _contract(shop, "silver.sales", _LINES, merge, rule, buyer="buyer")
    shop.write(
        "silver/clicks/from_clicks.sql",
        "select e.id as event_id, substring(e.ts, 1, 10) as day, e.ts as event_at, e.browser as browser,"
        " e.buyer as buyer, e.note as note from (select from_json(raw, 'id STRING, ts STRING, browser STRING,"
        " buyer STRING, note STRING') as e from bronze.clicks) as events\n",
    )
    first = "{property: merge, value: {policy: first, orderBy: [event_at]}}"
    _contract(shop, "silver.clicks", _EVENTS, first, "", buyer="buyer", browser="browser")
    shop.write(
        "gold/agg_buyers/model.sql",
        "select day, buyer, sum(qty) as qty from silver.sales where buyer is not null group by day, buyer\n",
    )
    inputs = "{property: inputs, value: [{table: silver.sales, column: day}]}"
    text = contract("gold.agg_buyers", _MADE, inputs)
    shop.write("gold/agg_buyers/contract.yaml", text.replace("name: buyer, ", "name: buyer, classification: pii, "))
    shop.edit("gold/agg_daily/model.sql", ", sum(amount) as amount", ", cast(null as decimal(18, 4)) as amount")
    shop.edit("sources/sales.yaml", "required: [id, day]", "required: [id, day, buyer]")
    return shop


def _contract(
    shop: MiniShop, name: str, columns: list[tuple[str, str, str]], custom: str, rules: str, **kinds: str
) -> None:
    text = contract(name, columns, custom, rules)
    for column, kind in kinds.items():
        text = text.replace(f"name: {column}, ", f"name: {column}, {_WHO.format(kind=kind)}")
    shop.write(f"{name.replace('.', '/')}/contract.yaml", text)


def sales(shop: MiniShop, day: str, *rows: str, name: str = "sales.csv") -> Path:
    """Land lines `id,day,qty,buyer`."""
    return shop.land(f"sales/ingest_date={day}/{name}", "\n".join(["id,day,qty,buyer", *rows]) + "\n")


def clicks(shop: MiniShop, day: str, *events: dict[str, str], name: str = "clicks.json") -> Path:
    """Land events, one a line."""
    return shop.land(f"clicks/ingest_date={day}/{name}", "".join(json.dumps(event) + "\n" for event in events))


def click(number: str, browser: str | None = None, buyer: str | None = None, note: str | None = None) -> dict[str, str]:
    """One event of 2 January."""
    said = {
        "id": number,
        "ts": f"2026-01-02T10:00:{int(number[1:]):02}Z",
        "browser": browser,
        "buyer": buyer,
        "note": note,
    }
    return {key: value for key, value in said.items() if value is not None}


def land(shop: MiniShop, without: tuple[str, ...] = ()) -> None:
    """Three days of a shop; `without` the lines that hold one of these."""

    def kept(*lines: str) -> list[str]:
        return [line for line in lines if not any(name in line for name in without)]

    def events(*found: dict[str, str]) -> list[dict[str, str]]:
        return [event for event in found if not any(name in event.values() for name in without)]

    sales(shop, "2026-01-01", *kept("s1,2026-01-01,1,ada@1815", "s2,2026-01-01,2,bob@1", "s3,2026-01-01,0,ada@1815"))
    clicks(
        shop,
        "2026-01-02",
        *events(
            click("c1", "phone-ada", "ada@1815"),
            click("c2", "phone-ada"),
            click("c3", "tablet", "ada@1815"),
            click("c4", "tablet", "bob@1"),
            click("c5", "tablet"),
        ),
    )
    sales(shop, "2026-01-02", *kept("s2,2026-01-02,5,ada@1815", "s4,2026-01-02,3,bob@1", "s5,2026-01-02,0,bob@1"))
    sales(shop, "2026-01-03", *kept("s6,2026-01-02,1,ada@1815,too,many", "s7,2026-01-03,1,eve@1"))


def erase(shop: MiniShop, kind: str, *names: str, delete_landed: bool = True, only: bool = False) -> Erasure:
    """Erase people, and the landed files that hold them."""
    with shop.open() as context:
        return work.erase(context, Asked(kind, names, "ticket 4711", only), delete_landed)


def look(shop: MiniShop, kind: str, *names: str, only: bool = False) -> Erasure:
    """What an erasure would take."""
    with shop.open() as context:
        return work.look(context, Asked(kind, names, only=only))


def content(shop: MiniShop) -> Rows:
    """Rows of every table but the ledger of files, without what tells of the bytes of a file."""
    found = everything(shop, aside=_FILES)
    return {name: rows for name, rows in found.items() if name != "bronze.landed_files"}


def traces_of(folder: Path, names: Iterable[str]) -> list[str]:
    """Files below a folder that hold one of the names in their bytes, in what they unpack to, or in their paths."""
    files = ((str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*") if path.is_file())
    return traces_in(files, names)


def traces_in(files: Iterable[tuple[str, bytes]], names: Iterable[str]) -> list[str]:
    """The same of files that are given by their names and bytes."""
    wanted = [name.encode() for name in names]
    found = []
    for path, data in files:
        parts = [*_parts(path, data)]  # unpacked once, for however many names
        found += [f"{path}: {name.decode()}" for name in wanted if any(name in part for part in parts)]
    return sorted(found)


def _parts(path: str, data: bytes) -> Iterator[bytes]:
    yield path.encode()
    yield data
    if path.endswith(".parquet"):
        file = pq.ParquetFile(io.BytesIO(data))
        yield str(file.metadata.to_dict()).encode()
        yield from (str(batch.to_pydict()).encode() for batch in file.iter_batches())
    elif path.endswith(".avro"):
        found = decode(data, path)
        yield str(found).encode()
        yield _bytes(found)


def _bytes(value: object) -> bytes:
    """Every text and every bytes inside of a value, one behind the other."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return b"\0".join(_bytes(each) for pair in value.items() for each in pair)
    if isinstance(value, (list, tuple)):
        return b"\0".join(map(_bytes, value))
    return _bytes(vars(value)) if hasattr(value, "__dict__") else str(value).encode()
