"""A value of a model that does not fit the contract's type stops the table; it was null, with exit 0."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from marketpulse.gold.casts import surely_fits
from tests.shop import MiniShop, contract, result

LINES = ("1,2026-01-01,2,1.5", "2,2026-01-01,3,250.25", "3,2026-01-02,4,")
#: What a model gives, the type of its column in the contract, and the value that does not fit.
UNFIT = [
    ("concat('x', id)", "int", "x1"),
    ("concat('x', id)", "date", "x1"),
    ("concat('x', id)", "timestamp", "x1"),
    ("concat('x', id)", "boolean", "x1"),
    ("concat(id, ',5')", "double", "1,5"),
    ("amount * 1000", "decimal(4,2)", "1500.0000"),
    ("amount + 1", "decimal(3,2)", "251.2500"),
    ("qty * cast(2000000000 as bigint)", "int", "4000000000"),
    ("sum(qty * cast(2000000000 as bigint)) over ()", "int", "18000000000"),
    ("cast(amount as decimal(38,4)) * 100000000000000000000", "long", "150000000000000000000.0000"),
    ("amount * cast('0.33333' as decimal(7,5))", "decimal(18,4)", "0.4999950"),
    ("amount", "long", "1.5000"),
    ("cast(amount as double) * 1e300", "decimal(38,4)", "1.5"),
]


def build(shop: MiniShop, value: str, kind: str, inputs: bool = False, name: str = "agg_v") -> str | None:
    """Build a table of one such column; what kept it from being built."""
    columns = [("id", "string", "key"), ("day", "date", "key bucket"), ("v", kind, "")]
    said = "{property: inputs, value: [{table: silver.sales, column: day}]}" if inputs else ""
    shop.write(f"gold/{name}/contract.yaml", contract(f"gold.{name}", columns, said))
    shop.write(f"gold/{name}/model.sql", f"select\n    id,\n    day,\n    {value} as v\nfrom silver.sales\n")
    found = result(shop.run("+gold." + name), f"gold.{name}")
    assert found.status == ("blocked" if found.message else "built")
    return found.message


@pytest.mark.engines(always=False)
def test_a_value_that_does_not_fit_its_type_blocks_the_table(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *LINES)
    for number, (value, kind, example) in enumerate(UNFIT):
        told = build(shop, value, kind, name=f"agg_v{number}")
        assert told, (value, kind)
        assert f"gold/agg_v{number}/model.sql:4:" in told, told
        assert f"of v are no {kind}; for example '{example}" in told or f"of v is no {kind}; for " in told, told
        assert shop.rows(f"gold.agg_v{number}") == []


@pytest.mark.engines
@pytest.mark.parametrize(
    ("value", "kind", "given"),
    [
        ("id", "int", [1, 2, 3]),
        ("case when id = '1' then '7' end", "int", [7, None, None]),
        ("amount", "decimal(5,2)", ["1.50", "250.25", None]),
        ("qty", "boolean", [True, True, True]),
        ("qty", "long", [2, 3, 4]),
    ],
)
def test_what_fits_and_what_was_null_are_as_they_were(
    shop: MiniShop, value: str, kind: str, given: Sequence[object]
) -> None:
    shop.land_sales("2026-01-01", *LINES)
    assert build(shop, value, kind) is None
    assert [
        row[2] if not kind.startswith("dec") else row[2] and str(row[2]) for row in shop.rows("gold.agg_v")
    ] == given


def test_a_correction_that_does_not_fit_keeps_the_last_good_snapshot(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *LINES)
    assert build(shop, "amount * 2", "decimal(5,2)", inputs=True) is None
    good = shop.rows("gold.agg_v")
    shop.land_sales("2026-01-02", "4,2026-01-02,1,900", "5,2026-01-02,1,800")
    told = build(shop, "amount * 2", "decimal(5,2)", inputs=True)
    assert told
    assert "2 values of v are no decimal(5,2); for example '1600.0000'" in told
    assert shop.rows("gold.agg_v") == good
    shop.land_sales("2026-01-03", "4,2026-01-02,1,9", "5,2026-01-02,1,8")
    assert build(shop, "amount * 2", "decimal(5,2)", inputs=True) is None


def test_a_rebuild_in_steps_finds_a_bucket_that_is_no_day(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *LINES)
    columns = [("id", "string", "key"), ("day", "date", "key bucket")]
    inputs = "{property: inputs, value: [{table: silver.sales, column: day}]}"
    shop.write("gold/agg_v/contract.yaml", contract("gold.agg_v", columns, inputs))
    shop.write(
        "gold/agg_v/model.sql",
        "select id, case id when '2' then 'x' else cast(day as string) end as day from silver.sales\n",
    )
    report = shop.run(chunk_rows=1)
    told = result(report, "gold.agg_v").message
    assert told
    assert "1 value of day is no date; for example 'x'" in told


@pytest.mark.parametrize(
    ("given", "wanted", "sure"),
    [
        ("INTEGER", "int", True),
        ("int", "long", True),
        ("bigint", "int", False),
        ("HUGEINT", "long", False),
        ("VARCHAR", "string", True),
        ("VARCHAR", "date", False),
        ("DECIMAL(18,4)", "decimal(18,4)", True),
        ("decimal(19,6)", "decimal(18,4)", False),
        ("decimal(17,3)", "decimal(18,4)", True),
        ("decimal(38,4)", "decimal(18,4)", False),
        ("INTEGER", "decimal(14,4)", True),
        ("INTEGER", "decimal(13,4)", False),
        ("BIGINT", "decimal(18,4)", False),
        ("DOUBLE", "decimal(18,4)", False),
        ("DOUBLE", "int", False),
        ("timestamp_ntz", "timestamp", True),
        ("DATE", "timestamp", True),
        ("TIMESTAMP", "date", True),
        ("BOOLEAN", "int", True),
        ("BOOLEAN", "date", False),
        ("DECIMAL(18,4)", "double", True),
        ('"NULL"', "int", True),
    ],
)
def test_a_type_says_whether_every_value_fits(given: str, wanted: str, sure: bool) -> None:
    assert surely_fits(given, wanted) is sure


@pytest.mark.engines
def test_digits_are_not_lost_in_silence(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/model.sql", "sum(amount)", "sum(amount * cast('0.5' as decimal(3, 2)))")
    shop.land_sales("2026-01-01", "1,2026-01-01,1,0.0002")
    assert shop.run().ok
    shop.land_sales("2026-01-02", "2,2026-01-02,1,0.0003")
    before = shop.rows("gold.agg_daily")
    report = result(shop.run(), "gold.agg_daily")
    assert report.status == "blocked"
    assert "1 value of amount is no decimal(18,4); for example '0.000150'" in (report.message or "")
    assert "round where digits may go" in (report.hint or "")
    assert shop.rows("gold.agg_daily") == before
    shop.edit("gold/agg_daily/model.sql", "sum(amount *", "cast(sum(amount *")
    shop.edit("gold/agg_daily/model.sql", "3, 2)))", "3, 2))) as decimal(18, 4))")
    assert shop.run().ok
    assert [str(row[3]) for row in shop.rows("gold.agg_daily")] == ["0.0001", "0.0002"]


@pytest.mark.engines
def test_a_sum_of_weights_is_no_whole_number_and_a_double_is_rounded(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "sum(cast('1.5' as decimal(3, 1)) * qty)")
    shop.edit("gold/agg_daily/model.sql", "sum(amount)", "try_divide(cast(1 as double), cast(3 as double))")
    shop.land_sales("2026-01-01", "1,2026-01-01,2,1")
    shop.land_sales("2026-01-02", "2,2026-01-02,1,1", name="later.csv")
    assert "of qty is no long; for example '1.5'" in (result(shop.run(), "gold.agg_daily").message or "")
    shop.edit("silver/sales/from_sales.sql", "<> 'skip'", "<> '2'")
    assert shop.run().ok
    assert [(row[2], str(row[3])) for row in shop.rows("gold.agg_daily")] == [(3, "0.3333")]
