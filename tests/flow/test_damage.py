"""A damaged or missing file of one table's metadata is named, and stops only what needs that table."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.run.report import RunReport
from marketpulse.upkeep.repair import repair
from tests.kept import Kept
from tests.shop import MiniShop, result
from tests.upkeep.warehouses import busy, land, newest

#: What a table's metadata is made of.
PARTS = {"metadata": "*.metadata.json", "manifest list": "snap-*.avro", "manifest": "*-m0.avro"}
#: What needs each table, by name; the rest goes on.
NEED = {
    "bronze.sales": {"silver.sales", "gold.agg_daily", "gold.mart_total"},
    "silver.sales": {"silver.sales", "gold.agg_daily", "gold.mart_total"},
    "gold.agg_daily": {"gold.agg_daily", "gold.mart_total"},
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A shop after two runs with news for each feed, to start each test from."""

    def build(shop: MiniShop) -> None:
        busy(shop, 2)
        land(shop, 3)

    return Kept(tmp_path_factory.mktemp("kept"), build)


@pytest.fixture
def taken(kept: Kept) -> MiniShop:
    """The shop on a warehouse that a test may break."""
    return kept.again()


def _break(file: Path, loss: str) -> None:
    file.unlink() if loss == "gone" else file.write_bytes(b"noise")


def _said(report: RunReport) -> str:
    blocked = [f"{each['file']} {each['message']}" for feed in report.feeds for each in feed.blocked]
    return " ".join([*blocked, *(str(table.message) for table in report.tables)])


@pytest.mark.parametrize("loss", ["gone", "noise"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("table", NEED)
def test_what_does_not_need_a_damaged_table_goes_on(taken: MiniShop, table: str, part: str, loss: str) -> None:
    file = newest(taken, table, PARTS[part])
    _break(file, loss)
    report = taken.run()
    stopped = {each.name for each in report.tables if each.status in ("failed", "skipped")}
    assert result(report, "silver.clicks").status == "built"
    if part == "manifest" and table == "bronze.sales":  # of what was read long ago: nobody needs it now
        assert stopped == set()
        return
    assert stopped == NEED[table]
    assert report.exit_code
    assert table in _said(report)
    assert str(file) in _said(report) or part != "metadata"


@pytest.mark.parametrize("loss", ["gone", "noise"])
def test_a_damaged_ledger_stops_the_feeds_and_no_table(taken: MiniShop, loss: str) -> None:
    _break(newest(taken, "bronze.landed_files", PARTS["metadata"]), loss)
    report = taken.run()
    assert [bool(feed.blocked) for feed in report.feeds] == [True, True]
    assert {table.status for table in report.tables} == {"up to date"}
    repair(taken.settings.layout, taken.settings.catalog_properties())
    assert taken.run().ok
    assert len(taken.rows("bronze.clicks")) == 3
