"""What is older than `keep` says goes, is told first, and what is left is what a full refresh makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketpulse.lake.lake import Lake
from marketpulse.people import audit
from marketpulse.privacy import retention
from marketpulse.privacy.tracing import Trace
from tests.privacy.people import click, clicks, content, named, sales, traces_of
from tests.shop import MiniShop
from tests.tables import same

TODAY = datetime.now(UTC).date()
OLD, NEW = (str(TODAY - timedelta(days=days)) for days in (500, 3))


def _keep(shop: MiniShop) -> retention.Retention:
    with shop.open() as context:
        return retention.keep(context)


def _land(shop: MiniShop, *, old: bool = True, buyer: str = "ada@1815") -> None:
    if old:
        lines = (f"s1,{OLD},1,{buyer}", f"s2,{OLD},0,{buyer}", f"s3,{OLD},1,bob@1", f"s5,{OLD},1,{buyer},too,many")
        sales(shop, OLD, *lines)
    sales(shop, NEW, f"s3,{NEW},5,bob@1", f"s4,{OLD},2,bob@1", f"s6,{NEW},0,bob@1")
    clicks(shop, NEW, click("c1", "pc", "bob@1"))


def _of_feed(shop: MiniShop, more: str = "") -> MiniShop:
    named(shop).edit("sources/sales.yaml", "day, buyer]", f"day, buyer]\nkeep: 400 days{more}")
    return shop


def _without_old(shop: MiniShop, root: Path) -> MiniShop:
    other = _of_feed(MiniShop(root / "other", shop.settings.engine))
    _land(other, old=False)
    assert other.run().ok
    return other


@pytest.mark.engines(always=False)
def test_records_of_a_feed_go_by_the_day_they_landed_for(shop: MiniShop, tmp_path: Path) -> None:
    _land(_of_feed(shop))
    assert shop.run().ok
    before = shop.snapshots(runs=True)
    with shop.open() as context:
        assert retention.look(context).tables == (Trace("bronze.sales", 4), Trace("silver.sales", 1))
    assert shop.snapshots(runs=True) == before
    done = _keep(shop)
    told = {trace.table: trace.rows for trace in done.tables}
    assert told == {"bronze.sales": 4, "silver.quarantine": 2, "silver.sales": 1}
    assert done.waits == {}
    same(content(shop), content(_without_old(shop, tmp_path)))
    assert _keep(shop) == retention.Retention()
    assert {table.status for table in shop.run().tables} == {"up to date"}
    assert shop.run(full_refresh=True).ok
    same(content(shop), content(_without_old(shop, tmp_path / "again")))
    with shop.open() as context:
        assert [entry.action for entry in audit.trail(context)] == ["keep"]


def test_of_a_feed_with_columns_to_empty_sums_stay_and_nobody_is_named(shop: MiniShop) -> None:
    _land(_of_feed(shop, "\nerase: [buyer]"))
    assert shop.run().ok
    sums = shop.rows("gold.agg_daily")
    done = _keep(shop)
    assert {trace.table: trace.rows for trace in done.tables}["bronze.sales"] == 4
    assert shop.rows("gold.agg_daily") == sums
    assert [row[3] for row in shop.rows("silver.sales")] == [None, "bob@1", "bob@1"]
    incremental = content(shop)
    assert _keep(shop) == retention.Retention()
    assert shop.run(full_refresh=True).ok
    same(content(shop), incremental)


def test_rows_of_a_table_go_by_their_bucket_with_their_records(shop: MiniShop) -> None:
    said = "customProperties:\n  - {property: keep, value: 400 days}\n  - {property: merge"
    named(shop).edit("silver/sales/contract.yaml", "customProperties:\n  - {property: merge", said)
    _land(shop)
    assert shop.run().ok
    assert [row[0] for row in shop.rows("silver.sales")] == ["s1", "s3", "s4"]
    _keep(shop)
    assert [row[0] for row in shop.rows("silver.sales")] == ["s3"]
    assert [row[0] for row in shop.rows("bronze.sales") if row[0]] == ["s3", "s6"]
    incremental = content(shop)
    assert shop.run(full_refresh=True).ok
    same(content(shop), incremental)


def test_another_table_of_the_same_records_follows(shop: MiniShop) -> None:
    _of_feed(shop)
    for path in ("from_sales.sql", "contract.yaml"):
        text = (shop.project_dir / "silver/sales" / path).read_text().replace("silver.sales", "silver.lines")
        shop.write(f"silver/lines/{path}", text.replace("name: sales", "name: lines"))
    _land(shop)
    assert shop.run().ok
    _keep(shop)
    assert [row[0] for row in shop.rows("silver.lines")] == ["s3", "s4"]


class _Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_a_kill_left_is_finished_by_the_next(
    shop: MiniShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    _land(_of_feed(shop))
    assert shop.run().ok
    left, commit = iter(range(number)), Lake.commit

    def dying(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise _Killed
        return commit(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "commit", dying)
        with pytest.raises(_Killed):
            _keep(shop)
    assert shop.run().ok
    assert _keep(shop).waits == {}
    same(content(shop), content(_without_old(shop, tmp_path)))


def test_nothing_old_is_left_once_older_snapshots_expired(shop: MiniShop) -> None:
    from marketpulse.upkeep.maintain import Policy, maintain

    _land(_of_feed(shop))
    assert shop.run().ok
    _keep(shop)
    with shop.open() as context:
        maintain(context, Policy(snapshot_hours=0, keep=1, orphan_hours=0))
    assert [path for path in traces_of(shop.root / "warehouse", ["ada@1815"]) if ".parquet" in path] == []


def test_where_nothing_says_keep_nothing_is_done(shop: MiniShop) -> None:
    _land(named(shop))
    assert shop.run().ok
    before = shop.snapshots(runs=True)
    assert _keep(shop) == retention.Retention()
    assert shop.snapshots(runs=True) == before
