"""Gold, opened by readers that know nothing of us: each gets the same sums, types and words.

What is not installed is skipped; `make readers` installs all of them and skips none.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog import load_catalog
from pyiceberg.table import StaticTable

from marketpulse.lake.evolving import NOTHING_SAID as NOTHING
from marketpulse.lake.table import LakeTable
from tests.readers import READER, duckdb_with_iceberg, need
from tests.shop import MiniShop
from tests.spark import native

TABLE = "gold.agg_daily"
#: Rows, pieces, and an amount that no double adds up exactly.
Sums = tuple[int, int, Decimal]
ROWS = ("1,2026-01-01,2,0.1001", "2,2026-01-01,3,0.2002", "3,2026-01-02,4,12345678901234.5003", "4,2026-01-03,5,")
WANTED: Sums = (3, 14, Decimal("12345678901234.8006"))


def catalog(warehouse: Path) -> Any:
    """The local catalog, as PyIceberg opens it."""
    return load_catalog("marketpulse", type="sql", uri=f"sqlite:///{warehouse}/catalog.db", warehouse=str(warehouse))


def folder(warehouse: Path) -> Path:
    return warehouse.joinpath(*TABLE.split("."))


def metadata(warehouse: Path) -> str:
    with catalog(warehouse) as found:
        return str(found.load_table(TABLE).metadata_location)


def by_pyiceberg(warehouse: Path) -> Sums:
    with catalog(warehouse) as found:
        rows = found.load_table(TABLE).scan().to_arrow().to_pylist()
    return _sums(rows)


def by_pyiceberg_without_a_catalog(warehouse: Path) -> Sums:
    return _sums(StaticTable.from_metadata(str(folder(warehouse))).scan().to_arrow().to_pylist())


def by_pandas(warehouse: Path) -> Sums:
    pandas = need("pandas")
    properties = {"type": "sql", "uri": f"sqlite:///{warehouse}/catalog.db", "warehouse": str(warehouse)}
    frame = pandas.read_iceberg(TABLE, catalog_name="marketpulse", catalog_properties=properties)
    return len(frame), int(frame.qty.sum()), sum(value for value in frame.amount if value is not None)


def by_polars(warehouse: Path) -> Sums:
    os.environ.setdefault("POLARS_ICEBERG_PLANNER", "pyiceberg")  # else it warns that there is a quicker one
    polars = need("polars")
    frame = polars.scan_iceberg(metadata(warehouse)).collect()
    return len(frame), frame["qty"].sum(), frame["amount"].sum()


def by_duckdb_through_arrow(warehouse: Path) -> Sums:
    with catalog(warehouse) as found, duckdb.connect() as connection:
        rows = found.load_table(TABLE).scan().to_duckdb("daily", connection)
        return rows.sql("select count(*), sum(qty)::bigint, sum(amount) from daily").fetchall()[0]


def by_duckdb_with_its_extension(warehouse: Path) -> Sums:
    query = f"select count(*), sum(qty)::bigint, sum(amount) from iceberg_scan('{folder(warehouse)}')"
    rows, pieces, amount = duckdb_with_iceberg(query)
    return int(rows), int(pieces), Decimal(amount)


def by_daft(warehouse: Path) -> Sums:
    daft = need("daft")
    with catalog(warehouse) as found:
        rows = daft.read_iceberg(found.load_table(TABLE)).to_pydict()
    amounts = [value for value in rows["amount"] if value is not None]
    return len(rows["qty"]), sum(rows["qty"]), sum(amounts, Decimal(0))


def by_chdb(warehouse: Path) -> Sums:
    chdb = need("chdb")
    query = f"select count(), sum(qty), sum(amount) from icebergLocal('{folder(warehouse)}', 'Parquet')"
    with contextlib.chdir(warehouse):  # it reads below its working folder only
        rows, pieces, amount = str(chdb.query(query, "TSV")).split()
    return int(rows), int(pieces), Decimal(amount)


def by_plain_spark(warehouse: Path) -> Sums:
    with native(warehouse) as session:
        row = session.sql(f"select count(*), sum(qty), sum(amount) from marketpulse.{TABLE}").collect()[0]
    return tuple(row)


READERS = [
    by_pyiceberg,
    by_pyiceberg_without_a_catalog,
    by_pandas,
    pytest.param(by_polars, marks=READER),
    by_duckdb_through_arrow,
    pytest.param(by_duckdb_with_its_extension, marks=READER),
    pytest.param(by_daft, marks=READER),
    pytest.param(by_chdb, marks=READER),
    by_plain_spark,
]


def _sums(rows: list[dict[str, Any]]) -> Sums:
    amounts = [row["amount"] for row in rows if row["amount"] is not None]
    return len(rows), sum(row["qty"] for row in rows), sum(amounts, Decimal(0))


def field_ids(path: str) -> dict[str, int | None]:
    """Columns of a file with their field ids."""
    found = {field.name: (field.metadata or {}).get(b"PARQUET:field_id") for field in pq.read_schema(path)}
    return {name: int(number) if number else None for name, number in found.items()}


def land(shop: MiniShop) -> None:
    """Two deliveries, so that a table has files of two runs."""
    shop.land_sales("2026-01-05", *ROWS[:3])
    assert shop.run().ok
    shop.land_sales("2026-01-06", *ROWS[3:], "5,2026-01-04,0,1")  # the last one is rejected
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", LIMIT)
    assert shop.run().ok


LIMIT = "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n"


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    land(shop)
    return shop


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """One for all who only read."""
    found = MiniShop(tmp_path_factory.mktemp("readers"))
    land(found)
    return found


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_every_reader_gets_the_same_sums(built: MiniShop, reader: Callable[[Path], Sums]) -> None:
    assert reader(built.settings.warehouse) == WANTED


@pytest.mark.engines(always=False)
def test_every_file_has_the_field_ids_of_its_table(sold: MiniShop, engine: str) -> None:
    with sold.open(engine="duckdb") as context:
        tables = {name: found for name in context.lake.names() if (found := context.lake.find(name))}
        for name, table in tables.items():
            known = {field.name: field.field_id for field in table.iceberg.schema().fields}
            for file in table.files():
                found = field_ids(file.path)
                # A feed's columns are met while its first file is read: such a file is read by its names.
                unknown = name in ("bronze.sales", "bronze.clicks") and set(found.values()) == {None}
                assert unknown or found == {column: known[column] for column in found}, (name, file.path)
    assert len(tables) > 5


def test_columns_say_what_they_mean_and_which_are_never_null(built: MiniShop) -> None:
    with catalog(built.settings.warehouse) as found:
        fields = {field.name: field for field in found.load_table("silver.sales").schema().fields}
    assert {name: field.required for name, field in fields.items() if not name.startswith("_")} == {
        "id": True, "day": True, "qty": True, "amount": False,
    }  # fmt: skip
    assert fields["qty"].doc == "Test."
    assert fields["_source_file"].doc == "File, as a path inside the landing zone."
    assert not fields["_source_file"].required


def test_a_warehouse_of_a_release_before_gains_words_and_ids_with_its_next_commit(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(LakeTable, "ids", lambda *_: {})
        before.setattr("marketpulse.project.contract.Contract.said", NOTHING)
        shop.land_sales("2026-01-05", *ROWS[:3])
        assert shop.run().ok
    old = shop.snapshots()
    with catalog(shop.settings.warehouse) as found:
        assert {field.doc for field in found.load_table("silver.sales").schema().fields} == {None}
    assert shop.run().ok
    assert shop.snapshots() == old  # nothing is built for it

    shop.land_sales("2026-01-06", *ROWS[3:])
    assert {table.name: table.reason for table in shop.run().tables if table.status == "built"}["gold.agg_daily"]
    for reader in (by_pyiceberg, by_duckdb_through_arrow, by_pyiceberg_without_a_catalog):
        assert reader(shop.settings.warehouse) == WANTED
    with catalog(shop.settings.warehouse) as found:
        fields = {field.name: field for field in found.load_table("silver.sales").schema().fields}
    assert (fields["qty"].doc, fields["qty"].required) == ("Test.", False)  # nobody looked at the old rows for it

    assert shop.run(full_refresh=True).ok
    with catalog(shop.settings.warehouse) as found:
        assert found.load_table("silver.sales").schema().find_field("qty").required
    assert by_pyiceberg(shop.settings.warehouse) == WANTED


def test_a_column_that_need_not_be_there_any_more_is_optional_with_the_rows_that_lack_it(sold: MiniShop) -> None:
    sold.edit("silver/sales/contract.yaml", "physicalType: 'int', required: true", "physicalType: 'int'")
    sold.edit("silver/sales/contract.yaml", "qty <> 0", "(qty is null or qty <> 0)")
    sold.land_sales("2026-01-07", "9,2026-01-03,,1")
    report = sold.run("silver.sales")
    assert report.ok, report.reasons
    with catalog(sold.settings.warehouse) as found:
        table = found.load_table("silver.sales")
        assert not table.schema().find_field("qty").required
        assert None in table.scan().to_arrow()["qty"].to_pylist()
