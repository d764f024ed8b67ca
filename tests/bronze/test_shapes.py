"""Columns of a feed that vanish, appear or are renamed are told by run and status, and refused by --strict."""

from __future__ import annotations

from marketpulse.serving.status import status
from marketpulse.settings import Settings
from tests.shop import MiniShop

FIRST = "id,day,qty,amount,discount\n1,2026-01-01,1,1,5\n"
RENAMED = "id,day,qty,amount,rebate\n2,2026-01-02,1,1,5\n"


def shifts(shop: MiniShop, **options: bool) -> list[str]:
    return [f"{shift['file']} {shift['message']}" for shift in shop.run(**options).feeds[1].shifts]


def missing(shop: MiniShop) -> list[str]:
    with shop.open() as context:
        return next(table.missing_columns for table in status(context) if table.name == "bronze.sales")


def test_a_renamed_column_is_told_once_and_stays_in_status(shop: MiniShop) -> None:
    shop.land("sales/a.csv", FIRST)
    assert shifts(shop) == []
    assert missing(shop) == []
    shop.land("sales/b.csv", RENAMED)
    assert shifts(shop) == ["sales/b.csv lacks discount and has the new column rebate"]
    shop.land("sales/c.csv", RENAMED.replace("2,2026", "3,2026"))
    assert shifts(shop) == []
    assert missing(shop) == ["discount"]


def test_what_it_means_is_told_where_a_column_is_gone_and_only_there(shop: MiniShop) -> None:
    hints = []
    for name, text in (
        ("a", FIRST),
        ("b", RENAMED),
        ("it lacks nothing", "id,day,qty,amount,rebate,more\n4,2026-01-02,1,1,5,6\n"),
    ):
        shop.land(f"sales/{name}.csv", text)
        hints += [shift["hint"] for shift in shop.run().feeds[1].shifts]
    assert hints == ["what reads a column that is gone gets nulls", None]


def test_strict_blocks_the_file_and_takes_it_later(shop: MiniShop) -> None:
    shop.land("sales/a.csv", FIRST)
    shop.run()
    shop.land("sales/b.csv", RENAMED)
    report = shop.run(strict=True)
    assert not report.ok
    assert report.feeds[1].blocked[0]["message"] == "lacks discount and has the new column rebate"
    assert len(shop.rows("silver.sales")) == 1
    assert shifts(shop) == ["sales/b.csv lacks discount and has the new column rebate"]
    assert len(shop.rows("silver.sales")) == 2


def test_two_names_of_a_file_that_strict_blocks_are_both_kept_out_and_come_in_later(shop: MiniShop) -> None:
    shop.land("sales/a.csv", FIRST)
    shop.run()
    for name in ("b.csv", "same-as-b.csv"):
        shop.land(f"sales/{name}", RENAMED)
    for _ in range(2):
        report = shop.run(strict=True)
        assert [each["file"] for each in report.feeds[1].blocked] == ["sales/b.csv", "sales/same-as-b.csv"]
        assert report.feeds[1].duplicates == 0
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].duplicates) == (1, 1)
    assert len(shop.rows("silver.sales")) == 2


def test_columns_in_another_order_are_the_same_columns(shop: MiniShop) -> None:
    shop.land("sales/a.csv", FIRST)
    shop.run()
    shop.land("sales/b.csv", "discount,amount,qty,day,id\n5,1,1,2026-01-03,4\n")
    assert shifts(shop, strict=True) == []


def test_json_feeds_have_no_columns_of_their_own(shop: MiniShop) -> None:
    shop.land("clicks/a.ndjson", '{"id": "1", "ts": "2026-01-01T00:00:00"}\n{"other": 1}\n')
    report = shop.run(strict=True)
    assert report.feeds[0].files == 1
    assert report.feeds[0].shifts == []


def test_defaults_follow_the_machine() -> None:
    found = Settings()
    assert found.memory_mb >= 256
    assert found.threads >= 1
