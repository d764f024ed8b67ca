"""One value that cannot be computed with, or is not what it is taken for, is one row's problem."""

from __future__ import annotations

import json

import pytest

from marketpulse.run.validate import validate
from tests.shop import MiniShop, result

#: qty and amount of sales are computed; the last row is the bad one.
MAPPING = """
with lines as (select id, day, amount, cast(qty as bigint) * 1000 as thousandth from bronze.sales)
select id, day, cast(thousandth div 1000 as int) as qty, cast(amount as bigint) * 2 as amount
from lines
where abs(cast(id as bigint)) > 0
"""


def _reasons(shop: MiniShop) -> dict[str, list[str]]:
    rows = shop.rows("silver.quarantine")
    columns = list(shop.project().table("silver.quarantine").contract.types)
    key, errors = columns.index("raw_record"), columns.index("errors")
    return {json.loads(row[key])["id"]: [e["message"] for e in json.loads(row[errors])] for row in rows}


@pytest.mark.engines
def test_a_bad_row_goes_to_quarantine_and_the_others_go_through(shop: MiniShop) -> None:
    shop.write("silver/sales/from_sales.sql", MAPPING)
    bad = ["11,2026-01-01,9223372036854775807,1", "12,2026-01-01,1,9223372036854775807"]
    shop.land_sales("2026-01-01", *[f"{n},2026-01-01,{n},{n}" for n in range(1, 11)], *bad)
    report = shop.run()
    assert report.ok, result(report, "silver.sales")
    assert len(shop.rows("silver.sales")) == 10
    assert {key: reasons[0].split(":")[0] for key, reasons in _reasons(shop).items()} == {
        "11": "thousandth cannot be computed",
        "12": "amount cannot be computed",
    }
    counts = result(report, "silver.sales").feeds[0]
    assert (counts.read, counts.quarantined, counts.filtered) == (12, 2, 0)


def test_a_filter_or_a_rule_that_cannot_be_computed_rejects_its_row(shop: MiniShop) -> None:
    shop.write("silver/sales/from_sales.sql", MAPPING)
    path = "silver/sales/contract.yaml"
    shop.edit(path, "implementation: qty <> 0", "implementation: qty * cast(id as bigint) <> 0")
    lowest = "-9223372036854775808,2026-01-01,1,1"
    shop.land_sales("2026-01-01", *[f"{n},2026-01-01,2,1" for n in range(1, 11)], lowest, f"{2**62},2026-01-01,8,1")
    assert shop.run().ok
    found = _reasons(shop)
    assert [m.split(":")[0] for m in found[str(-(2**63))]] == ["where cannot be computed"]
    assert found[str(2**62)] == ["nothing was sold"]


def test_it_does_not_matter_how_the_rows_came(shop: MiniShop) -> None:
    shop.write("silver/sales/from_sales.sql", MAPPING)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "11,2026-01-01,9223372036854775807,1")
    shop.land_sales("2026-01-02", "2,2026-01-02,1,1", name="b.csv")
    assert shop.run().ok or shop.run(chunk_rows=1)
    split, reasons = shop.rows("silver.sales"), _reasons(shop)
    assert shop.run(full_refresh=True)
    assert (shop.rows("silver.sales"), _reasons(shop)) == (split, reasons)


@pytest.mark.parametrize(
    ("expression", "kind", "hint"),
    [
        ("date_add(day, 1)", "date", "cast(day as date)"),
        ("year(day)", None, None),
        ("datediff(day, day)", "date", "cast(day as date)"),
        ("last_day(day)", "date", "cast(day as date)"),
        ("date_trunc('hour', day)", "timestamp", "cast(day as timestamp)"),
    ],
)
def test_a_text_is_not_taken_for_a_date_unawares(
    shop: MiniShop, expression: str, kind: str | None, hint: str | None
) -> None:
    shop.edit("silver/sales/from_sales.sql", "select id, day,", f"select id, cast({expression} as string) as day,")
    problems = validate(shop.project_dir).problems
    assert problems
    assert all(problem.file and problem.file.endswith("from_sales.sql") and problem.line for problem in problems)
    if kind:
        assert (problems[0].message, problems[0].hint) == (f"takes the text day for a {kind}", hint)


def test_a_mapping_of_a_column_that_the_feed_has_not_is_told_where_it_stands(shop: MiniShop) -> None:
    shop.write("silver/sales/from_sales.sql", "select id, day, qty,\n       amuont as amount\nfrom bronze.sales\n")
    shop.land_sales("2026-01-01", "a,2026-01-01,7,1")
    failed = result(shop.run(), "silver.sales")
    assert (failed.message or "").endswith("silver/sales/from_sales.sql:2: there is no column amuont")
    assert failed.hint == "did you mean amount?"
