"""Quantities of several units are never added up, whatever the way from the table to the sum."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.sql.sums import Measure, Promise, Sums, judge

LINES = Promise(
    ("line_id", "product", "store", "day", "quantity", "other_quantity", "unit", "price", "currency", "weight"),
    ("line_id",),
    {"quantity": Measure(unit="unit"), "other_quantity": Measure(unit="unit"), "price": Measure("currency")},
)
ITEMS = Promise(("product", "pack_quantity", "pack_unit"), ("product",), {"pack_quantity": Measure(unit="pack_unit")})
FACTORS = Promise(("unit", "factor"), ("unit",), {})
TABLES = {"gold.lines": LINES, "gold.items": ITEMS, "gold.factors": FACTORS}
SEVERAL = "adds quantities of several units: quantity is in gold.lines.unit"


def judged(text: str, promised: dict[str, Measure] | None = None) -> Sums:
    query = sql.parse(text)
    sql.check(query)
    assert list(sql.unresolved(query, {name: promise.columns for name, promise in TABLES.items()})) == []
    return judge(query, TABLES, None, promised)


@pytest.mark.parametrize(
    "text",
    [
        "select unit, sum(quantity) as q from gold.lines group by unit",
        "select product, sum(quantity) as q from gold.lines where unit = 'piece' group by product",
        "select sum(case when unit = 'piece' and day > 1 then quantity else 0 end) as q from gold.lines",
        "select sum(quantity) filter (where unit = 'kg') as q from gold.lines",
        "select coalesce(unit, 'piece') as u, sum(-quantity) as q from gold.lines group by coalesce(unit, 'piece')",
        "select line_id, sum(quantity) as q from gold.lines group by line_id",
        "select sum(quantity) over (partition by product, unit order by line_id) as q from gold.lines",
        "select quantity + other_quantity as q, unit from gold.lines",
        "select currency, sum(quantity * price) as a from gold.lines group by currency",
        "select sum(quantity * weight) as w, sum(quantity / weight) as n from gold.lines",
        "select sum(quantity / other_quantity) as r from gold.lines",
        "select sum(l.quantity * f.factor) as kg from gold.lines as l join gold.factors as f on f.unit = l.unit",
        "select sum(case unit when 'g' then quantity / 1000 when 'kg' then quantity end) as kg from gold.lines",
        "select count(quantity) as n, max(quantity) as m from gold.lines",
        "with s as (select day, unit as u, sum(quantity) as q from gold.lines group by day, unit)"
        " select u, sum(q) as q from s group by u",
    ],
)
def test_what_is_of_one_unit_is_added(text: str) -> None:
    assert judged(text).problems == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select sum(quantity) as q from gold.lines", SEVERAL),
        ("select product, sum(quantity) as q from gold.lines group by product", SEVERAL),
        ("select day, avg(quantity) as q from gold.lines group by day", "averages quantities of several units"),
        ("select percentile(quantity, 0.5) as q from gold.lines", "ranks quantities of several units"),
        ("select sum(quantity * 2) as q from gold.lines", "adds quantities of several units"),
        ("select sum(quantity) over (partition by product) as q from gold.lines", SEVERAL),
        ("select sum(quantity) as q from gold.lines where unit <> 'kg'", SEVERAL),
        ("select sum(case when day > 1 then quantity end) as q from gold.lines", SEVERAL),
        ("with s as (select day, unit, sum(quantity) as q from gold.lines group by day, unit)"
         " select day, sum(q) as q from s group by day", "adds quantities of several units: q is in gold.lines.unit"),
        ("select l.quantity + i.pack_quantity as q from gold.lines as l join gold.items as i on i.product = l.product",
         "adds quantities of two units"),
        ("select quantity - lag(quantity) over (partition by product order by line_id) as d from gold.lines",
         "subtracts quantities that may be of two units"),
        ("with u as (select unit, quantity from gold.lines union all select pack_unit, pack_quantity from gold.items)"
         " select sum(quantity) as q from u", "adds quantities of several units"),
    ],
)  # fmt: skip
def test_quantities_of_several_units_are_not_added(text: str, words: str) -> None:
    (found,) = judged(text).problems
    assert words in str(found)


def test_both_kinds_are_told_of_one_query() -> None:
    found = judged("select sum(quantity) as q, sum(price) as p from gold.lines").problems
    assert sorted(str(each.hint).split(", or")[0] for each in found) == [
        "add currency to the group by (or partition by), filter one currency",
        "add unit to the group by (or partition by), filter one unit",
    ]


@pytest.mark.parametrize(
    ("text", "promised", "measure"),
    [
        ("select quantity, coalesce(unit, 'piece') as u from gold.lines", {}, Measure(unit="u")),
        ("select sum(quantity) as quantity from gold.lines where unit = 'kg'", {}, Measure()),
        ("select quantity, unit from gold.lines", {"quantity": Measure(additive=True)},
         Measure(additive=True, unit="unit")),
    ],
)  # fmt: skip
def test_the_unit_is_not_lost_from_table_to_table(text: str, promised: dict[str, Measure], measure: Measure) -> None:
    found = judged(text, promised)
    assert (found.problems, found.measures["quantity"]) == ((), measure)


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        (
            "select quantity from gold.lines",
            Measure(),
            "a quantity in gold.lines.unit, and no column says so (give the",
        ),
        ("select quantity, unit, product from gold.lines", Measure(unit="product"), "(its unit is unit)"),
    ],
)
def test_a_column_says_its_unit(text: str, said: Measure, words: str) -> None:
    (found,) = judged(text, {"quantity": said}).problems
    assert words in str(found)
