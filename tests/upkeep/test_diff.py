"""Two warehouses are equal as typed multisets, or the first difference is shown."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.upkeep.diff import TableDiff, diff
from tests.shop import MiniShop


def compare(left: MiniShop, right: MiniShop, *tables: str) -> dict[str, TableDiff]:
    found = diff(left.settings, left.settings.warehouse, right.settings.warehouse, tables)
    return {table.table: table for table in found}


def test_how_the_rows_came_makes_no_difference(twins: tuple[MiniShop, MiniShop]) -> None:
    found = compare(*twins, "gold.agg_daily", "gold.mart_total")
    assert [(table.status, table.left_rows) for table in found.values()] == [("equal", 2), ("equal", 1)]


def test_a_row_that_differs_is_shown_from_both_sides(twins: tuple[MiniShop, MiniShop]) -> None:
    left, right = twins
    right.land_sales("2026-01-03", "2,2026-01-02,3,2")
    right.run()
    found = compare(left, right)["gold.agg_daily"]
    assert (found.status, found.left_only, found.right_only) == ("rows differ", 1, 1)
    assert sorted((s.side, s.times, s.row["qty"]) for s in found.samples) == [("left", 1, 2), ("right", 1, 3)]


def test_another_type_is_a_difference_whatever_the_rows_say(twins: tuple[MiniShop, MiniShop]) -> None:
    left, right = twins
    right.edit("gold/mart_total/contract.yaml", "physicalType: 'int'", "physicalType: 'long'")
    right.run()
    found = compare(left, right)["gold.mart_total"]
    assert (found.status, found.types) == ("types differ", ["total_id: int | long"])


def test_a_table_of_one_side_only_is_a_difference(twins: tuple[MiniShop, MiniShop]) -> None:
    left, right = twins
    right.land_sales("2026-01-09", "x,2026-01-01,0,1", "y,2026-01-01,1,1")
    right.run()
    assert compare(left, right)["silver.quarantine"].status == "only in right"


def test_a_table_that_nobody_has_is_named(twins: tuple[MiniShop, MiniShop]) -> None:
    with pytest.raises(UsageError, match=r"neither warehouse has gold.agg_daly"):
        compare(*twins, "gold.agg_daly")
