"""Queries are read-only whatever is typed, and see complete tables only."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.serving.query import stream, write_parquet
from tests.shop import MiniShop

WRITES = """
insert into silver.sales values (1)
update silver.sales set qty = 2
delete from silver.sales
create table t as select 1
create or replace view silver.sales as select 1
drop view silver.sales
alter view silver.sales rename to x
truncate silver.sales
copy silver.sales to '{out}'
copy (select 1) to '{out}' (format parquet)
export database '{out}'
attach '{out}' as other
install httpfs
load httpfs
pragma enable_external_access = true
set enable_external_access = true
set allowed_paths = ['/']
reset allowed_paths
call pragma_version()
checkpoint
begin
prepare p as select 1
use memory
vacuum
select 1; select 2
select 1; copy (select 1) to '{out}'
explain analyze create table t as select 1
explain analyze copy (select 1) to '{out}'
explain analyze copy (select 1) to '{data}' (format parquet)
/* x */ explain /* y */ analyze copy (select 1) to '{data}'
explain (analyze) copy (select 1) to '{data}'
with x as (insert into silver.sales values (1) returning *) select * from x
with x as (delete from silver.sales returning *) select * from x
""".strip().splitlines()
READS = """
select * from read_csv('/etc/passwd')
select * from read_text('/etc/passwd')
select * from read_blob('/etc/hostname')
select * from '/etc/passwd'
select * from glob('/etc/*')
select * from glob('{root}/**')
select * from read_json('{root}/landing/**')
select * from sniff_csv('/etc/passwd')
select * from parquet_metadata('{other}')
select * from read_parquet('{other}')
select * from read_parquet('{data}/../../../../catalog.db')
select * from read_text('{root}/warehouse/catalog.db')
select * from sqlite_scan('{root}/warehouse/catalog.db', 'iceberg_tables')
select * from query('select * from read_text(''/etc/passwd'')')
select * from query_table('/etc/passwd')
from read_csv('/dev/stdin')
select * from read_csv('https://example.org/x.csv')
select getenv('HOME')
select * from text
select * from nowhere
selec
""".strip().splitlines()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    shop = MiniShop(tmp_path_factory.mktemp("served"))
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    shop.run()
    return shop


def ask(shop: MiniShop, text: str, as_of: str | None = None) -> list[dict[str, Any]]:
    with shop.open() as context:
        return stream(context, text, as_of).read_all().to_pylist()


def places(shop: MiniShop) -> dict[str, str]:
    """A data file of the table that is asked for, one that is part of no snapshot, and a file nobody made yet."""
    with shop.open() as context:
        data = context.lake.find("silver.sales").files()[0].path
    other = shutil.copy(data, Path(data).with_name("half-done.parquet"))
    return {"data": data, "other": str(other), "root": str(shop.root), "out": str(shop.root / "out")}


@pytest.mark.parametrize("text", WRITES)
def test_what_changes_anything_is_refused(served: MiniShop, text: str) -> None:
    found = places(served)
    before = Path(found["data"]).read_bytes()
    with pytest.raises(UsageError):
        ask(served, text.format(**found) + " -- silver.sales")
    assert not Path(found["out"]).exists()
    assert Path(found["data"]).read_bytes() == before


@pytest.mark.parametrize("text", READS)
def test_nothing_but_the_tables_can_be_read(served: MiniShop, text: str) -> None:
    with pytest.raises(UsageError):
        ask(served, text.format(**places(served)) + " -- silver.sales")


@pytest.mark.parametrize(
    "text",
    [
        "from silver.sales select count(*) as n",
        "with x as (select * from silver.sales) select count(*) as n from x;",
        "/* a */ select count(*) as n from SILVER.SALES -- b",
        "select count(*) as n from silver.sales join gold.agg_daily using (day)",
    ],
)
def test_selects_of_any_shape_are_answered(served: MiniShop, text: str) -> None:
    assert ask(served, text) == [{"n": 2}]


@pytest.mark.parametrize("text", ["explain select * from silver.sales", "explain analyze from silver.sales"])
def test_a_select_can_be_explained(served: MiniShop, text: str) -> None:
    assert len(ask(served, text)) == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("from gold.agg_dayly", "did you mean gold.agg_daily?"),
        ("from sales", "did you mean silver.sales?"),
        ("from gold.nothing_like_it", "marketpulse status lists the tables"),
    ],
)
def test_a_table_that_is_not_there_is_named_with_the_one_that_was_meant(served: MiniShop, text: str, hint: str) -> None:
    with pytest.raises(UsageError, match="there is no table") as caught:
        ask(served, text)
    assert caught.value.hint == hint


def test_a_query_sees_the_tables_as_they_were(served: MiniShop) -> None:
    with served.open() as context:
        table = context.lake.find("gold.agg_daily")
        snapshot, moment = table.snapshot_id, table.snapshots()[-1][1]
    served.land_sales("2026-01-05", "9,2026-01-02,7,1")
    served.run()
    text = "select sum(qty) as n from gold.agg_daily"
    assert ask(served, text) == [{"n": 10}]
    assert ask(served, text, as_of=str(snapshot)) == [{"n": 3}]
    assert ask(served, text, as_of=datetime.fromtimestamp(moment / 1000, UTC).isoformat()) == [{"n": 3}]
    for wrong in ("1999-01-01", "42", "yesterday"):
        with pytest.raises(UsageError):
            ask(served, text, as_of=wrong)
    with pytest.raises(UsageError, match="is no time"):
        ask(served, "select 1", as_of="junk")  # no table is read


def test_a_query_reads_what_was_committed_and_nothing_else(served: MiniShop) -> None:
    assert Path(places(served)["other"]).exists()
    assert ask(served, "select count(*) - count(distinct id) as n from silver.sales") == [{"n": 0}]


def test_a_snapshot_of_one_table_is_not_asked_of_its_namesakes(served: MiniShop) -> None:
    snapshot = served.snapshots()["silver.sales"]
    with served.open() as context:
        found = stream(context, "select count(*) as n from silver.sales", str(snapshot)).read_all()
        assert found.column("n").to_pylist() == [len(served.rows("silver.sales"))]
        with pytest.raises(UsageError, match="has no snapshot"):
            stream(context, "select count(*) from silver.sales", "1")


def test_a_file_is_replaced_when_all_of_it_is_written_and_not_before(served: MiniShop, tmp_path: Path) -> None:
    target = tmp_path / "result.parquet"
    with served.open() as context:
        assert write_parquet(stream(context, "select 1 as n"), target) == 1
        before = target.read_bytes()
        late = "select case when n < 9000 then n else error('late') end as n from range(20000) as r(n)"
        with pytest.raises(UsageError, match="late"):
            write_parquet(stream(context, late), target)
    assert target.read_bytes() == before
    assert list(tmp_path.glob(".result*")) == []


def test_show_tables_lists_those_of_the_warehouse(served: MiniShop) -> None:
    found = {row["table"]: row["rows"] for row in ask(served, " show all TABLES; ")}
    assert {"bronze.sales", "silver.sales", "gold.agg_daily"} <= set(found)
    assert found["silver.sales"] == len(served.rows("silver.sales"))
    assert {row["table"].split(".")[0] for row in ask(served, "show tables from gold")} == {"gold"}
