"""A delivery that was taken back was never there: in bronze, in silver, in gold, and it does not come in again."""

from __future__ import annotations

import os
import zipfile

import pytest

from marketpulse.bronze import takeback
from marketpulse.errors import UsageError
from marketpulse.names import LANDED_FILES
from marketpulse.people.audit import trail
from marketpulse.upkeep.maintain import Policy, maintain
from tests.shop import MiniShop, result
from tests.silver.rejected import statuses

DAY1, DAY2 = "2026-01-01", "2026-01-02"
WRONG = f"sales/ingest_date={DAY2}/wrong.csv"
TABLES = ("silver.sales", "gold.agg_daily")


def wronged(shop: MiniShop) -> dict[str, list[tuple]]:
    """Land what is right, then what is wrong; the tables as they were in between."""
    shop.land_sales(DAY1, f"a,{DAY1},1,1", f"b,{DAY1},2,1")
    shop.run()
    before = {name: shop.rows(name, lineage=True) for name in TABLES}
    shop.land_sales(DAY2, f"a,{DAY2},9,9", f"c,{DAY1},9,9", f"d,{DAY1},no number,1", name="wrong.csv")
    assert shop.run().ok
    assert shop.rows("silver.sales", lineage=True) != before["silver.sales"]
    return before


def forget(shop: MiniShop, name: str = WRONG) -> takeback.TakenBack:
    with shop.open() as context:
        return takeback.take_back(context, takeback.find(context, name), name, "of another shop")


@pytest.mark.engines(always=False)
@pytest.mark.parametrize("is_compacted", [False, True])
def test_it_is_gone_everywhere_and_what_it_had_replaced_is_back(shop: MiniShop, is_compacted: bool) -> None:
    before = wronged(shop)
    if is_compacted:
        with shop.open() as context:
            maintain(context, Policy(snapshot_hours=1, keep=5, orphan_hours=1))
    assert forget(shop) == takeback.TakenBack("sales", [WRONG], 3)
    report = shop.run()
    assert result(report, "silver.sales").reason == "deliveries of bronze.sales were taken back"
    assert {name: shop.rows(name, lineage=True) for name in TABLES} == before
    assert {status for _, status, *_ in statuses(shop)} == {"replayed"}
    assert [t.status for t in shop.run().tables if t.name in TABLES] == ["up to date"] * 2


def test_who_took_it_back_and_why_is_in_the_audit_trail(shop: MiniShop) -> None:
    wronged(shop)
    forget(shop)
    with shop.open() as context:
        (entry,) = trail(context)
    assert (entry.action, entry.reason, entry.what) == ("forget", "of another shop", {"files": {"bronze.sales": 1}})
    assert entry.by


def test_its_bytes_do_not_come_in_again_and_the_right_ones_do(shop: MiniShop) -> None:
    before = wronged(shop)
    forget(shop)
    os.utime(shop.landing / WRONG)
    shop.land(f"sales/ingest_date={DAY2}/copy.csv", (shop.landing / WRONG).read_bytes())
    assert shop.run().feeds[1].files == 0
    assert shop.rows("silver.sales", lineage=True) == before["silver.sales"]
    shop.land(WRONG, f"id,day,qty,amount\nc,{DAY1},3,1\n")
    assert shop.run().feeds[1].files == 1
    assert [row[0] for row in shop.rows("silver.sales")] == ["a", "b", "c"]
    assert forget(shop).records == 1


def test_the_reason_is_on_record_and_nothing_is_taken_back_twice(shop: MiniShop) -> None:
    wronged(shop)
    forget(shop)
    told = [row for row in shop.rows(LANDED_FILES) if "of another shop" in row]
    assert [row[1] for row in told] == [WRONG]
    with pytest.raises(UsageError, match=r"was taken back already, .* UTC: of another shop"):
        forget(shop)
    with pytest.raises(UsageError, match="did you mean") as raised:
        forget(shop, f"sales/ingest_date={DAY1}/sale.csv")
    assert f"sales/ingest_date={DAY1}/sales.csv" in str(raised.value.hint)


def test_of_an_archive_all_files_go(shop: MiniShop) -> None:
    path = shop.landing / "sales" / f"ingest_date={DAY1}" / "all.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in "ab":
            archive.writestr(f"{name}.csv", f"id,day,qty,amount\n{name},{DAY1},1,1\n")
    shop.run()
    assert forget(shop, f"sales/ingest_date={DAY1}/all.zip").records == 2
    shop.run()
    assert shop.rows("silver.sales") == []
    assert shop.run().feeds[1].files == 0


def test_an_archive_that_lands_mended_comes_in_whole(shop: MiniShop) -> None:
    path = shop.landing / "sales" / f"ingest_date={DAY1}" / "all.zip"

    def land(moment: int, **quantities: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name, quantity in quantities.items():
                member = zipfile.ZipInfo(f"{name}.csv", (2026, 1, 1, 0, 0, 0))
                archive.writestr(member, f"id,day,qty,amount\n{name},{DAY1},{quantity},1\n")
        os.utime(path, (moment, moment))

    land(1, a=1, b=9)
    shop.run()
    assert forget(shop, f"sales/ingest_date={DAY1}/all.zip").records == 2
    land(2, a=1, b=9)
    shop.run()
    assert shop.rows("silver.sales") == []
    land(3, a=1, b=2)
    assert shop.run().ok
    assert [(row[0], row[2]) for row in shop.rows("silver.sales")] == [("a", 1), ("b", 2)]
    land(4, a=1, b=3)
    report = shop.run()
    assert (report.ok, [feed.files for feed in report.feeds if feed.source == "sales"]) == (True, [1])
    assert [(row[0], row[2]) for row in shop.rows("silver.sales")] == [("a", 1), ("b", 3)]


def test_a_run_that_was_killed_between_bronze_and_the_ledger_is_finished(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = wronged(shop)
    monkeypatch.setattr("marketpulse.bronze.ledger.Ledger.add", _killed)
    with pytest.raises(KeyboardInterrupt):
        forget(shop)
    monkeypatch.undo()
    assert shop.run().ok
    assert shop.rows("silver.sales", lineage=True) == before["silver.sales"]
    with pytest.raises(UsageError):
        forget(shop)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
