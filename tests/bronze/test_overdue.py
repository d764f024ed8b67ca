"""A feed that stopped is told by the run and by the status of its table; with --strict it is an error."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from marketpulse.bronze.takeback import find, take_back
from marketpulse.serving.runs import runs
from marketpulse.serving.status import status
from tests.clock import set_clock
from tests.shop import MiniShop

NOW = datetime(2026, 3, 10, 12)
TODAY = NOW.date()
OLD = TODAY - timedelta(days=7)


@pytest.fixture
def expecting(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> MiniShop:
    """A shop whose sales are expected each day by midnight, one file of two rows; it is noon."""
    set_clock(monkeypatch, NOW)
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\nexpect: {by: '00:00', rows: 2}\n")
    return shop


def told(shop: MiniShop, strict: bool = False) -> tuple[str | None, int]:
    report = shop.run(strict=strict)
    return next(feed.overdue for feed in report.feeds if feed.source == "sales"), report.exit_code


def test_what_did_not_come_is_told_and_is_an_error_where_that_was_asked_for(expecting: MiniShop) -> None:
    expecting.land_sales(str(OLD), f"a,{OLD},1,1", f"b,{OLD},1,1")
    words = f"0 of 1 files of {TODAY} came, expected daily by 00:00 UTC"
    assert told(expecting) == (words, 0)
    assert told(expecting, strict=True) == (words, 1)
    with expecting.open() as context:
        assert {table.overdue for table in status(context) if table.name == "bronze.sales"} == {words}
        assert words in str(runs(context, 1)[0])
    expecting.land_sales(str(TODAY), f"c,{TODAY},1,1", name="one.csv")
    assert told(expecting) == (f"1 of 2 rows of {TODAY} came, expected daily by 00:00 UTC", 0)
    expecting.land_sales(str(TODAY), f"d,{TODAY},1,1", name="two.csv")
    assert told(expecting, strict=True) == (None, 0)


def test_the_day_of_a_file_is_in_its_name_or_when_it_was_written(expecting: MiniShop) -> None:
    expecting.land(f"sales/sales_{TODAY:%Y%m%d}.csv", "id,day,qty,amount\na,2026-01-01,1,1\n")
    assert "1 of 2 rows" in str(told(expecting)[0])
    written = expecting.land("sales/sales.csv", "id,day,qty,amount\nb,2026-01-01,1,1\n")
    os.utime(written, (NOW.replace(tzinfo=UTC).timestamp(),) * 2)
    assert told(expecting)[0] is None


def test_what_was_taken_back_did_not_come(expecting: MiniShop) -> None:
    expecting.land_sales(str(TODAY), f"c,{TODAY},1,1", f"d,{TODAY},1,1", name="one.csv")
    assert told(expecting)[0] is None
    name = f"sales/ingest_date={TODAY}/one.csv"
    with expecting.open() as context:
        take_back(context, find(context, name), name, "of another shop")
    assert "0 of 1 files" in str(told(expecting)[0])
    expecting.land_sales(str(TODAY), f"c,{TODAY},2,1", f"d,{TODAY},1,1", name="one.csv")
    assert told(expecting)[0] is None


def test_an_empty_file_is_told(shop: MiniShop) -> None:
    shop.land(f"sales/ingest_date={OLD}/empty.csv", "id,day,qty,amount\n")
    report = shop.run()
    assert next(feed.empty for feed in report.feeds if feed.source == "sales") == [f"sales/ingest_date={OLD}/empty.csv"]
