"""The query of a question, run on a handful of rows: on DuckDB, and on Spark in the long proofs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.engines.load import load_engine
from marketpulse.errors import UsageError
from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import Calendar, Dimension, Entity, Measured, Metric, Ratio, Unit
from marketpulse.metrics.rows import Asked
from marketpulse.settings import Settings
from marketpulse.sql.aggregating import parsed_aggregate
from tests.spark import CONF

#: Lines: day, shop, customer, amount, currency.
LINES = """
    ('2026-03-01', 'a', 'ann', 10, 'EUR'), ('2026-03-01', 'b', 'ann', 5, 'EUR'), ('2026-03-02', 'a', 'bob', 7, 'SEK'),
    ('2026-03-02', 'a', 'ann', 1, 'EUR'), ('2026-03-09', 'b', 'cid', 4, 'EUR'), ('2026-03-09', 'x', 'cid', null, null)
"""
#: Versions of shops: the newest says where each is.
SHOPS = "('a', 'north', '2026-01-01'), ('a', 'south', '2026-02-01'), ('b', 'north', '2026-01-01')"
WEEKS = "('2026-03-01', '2026-03-01'), ('2026-03-02', '2026-03-01'), ('2026-03-09', '2026-03-08')"
LOOKS = "('2026-03-01', 8), ('2026-03-02', 0), ('2026-03-03', 2)"

SHOP = Entity("shop", "gold.shops", "shop_id", "since")
CALENDAR = Calendar(Entity("calendar", "gold.weeks", "day"), {"sunday-week": "week"})
DIMENSIONS = {
    "shop_id": Dimension("shop_id", "shop_id", "string"),
    "shop_region": Dimension("shop_region", "region", "string", SHOP, "shop_id"),
}


def metric(name: str, expression: str, unit: Unit = "count", **more: Any) -> Measured:
    plain = {"source": "gold.lines", "time": "day", "calendar": CALENDAR, "dimensions": DIMENSIONS}
    return Measured(name, "", unit, expression=parsed_aggregate(expression)[0], **{**plain, **more})


LINE_COUNT = metric("line_count", "count(*)", currency="currency", is_zero=True)
CUSTOMERS = metric("customers", "count(distinct customer)")
REVENUE = metric("revenue", "sum(amount)", "money", currency="currency")
CONVERTED = metric("converted", "sum(amount * 2)", "money", currency="EUR")
VIEWS = metric("views", "sum(looks)", source="gold.looks", dimensions={})
MEAN = Ratio("mean", "", "money", numerator=REVENUE, denominator=LINE_COUNT)
RATE = Ratio("rate", "", "share", numerator=LINE_COUNT, denominator=VIEWS)


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.fixture
def tables(engine: str, tmp_path: Path) -> tuple[Engine, dict[str, str]]:
    settings = Settings(tmp_path, tmp_path / "w", tmp_path, engine=engine, memory_mb=512, spark=dict(CONF))
    made = load_engine(settings, tmp_path)
    day = "cast(v1 as date)"
    texts = {
        "gold.lines": f"select {day} as day, v2 as shop_id, v3 as customer, v4 as amount, v5 as currency"
        f" from (values {LINES}) as t(v1, v2, v3, v4, v5)",
        "gold.shops": f"select v1 as shop_id, v2 as region, v3 as since from (values {SHOPS}) as t(v1, v2, v3)",
        "gold.weeks": f"select {day} as day, cast(v2 as date) as week from (values {WEEKS}) as t(v1, v2)",
        "gold.looks": f"select {day} as day, v2 as looks from (values {LOOKS}) as t(v1, v2)",
    }
    return made, {name: made.define(name.replace(".", "_"), text).name for name, text in texts.items()}


Tables = tuple[Engine, dict[str, str]]


def rows(tables: Tables, metrics: list[Metric], *by: str, **more: Any) -> list[tuple[str, ...]]:
    """Rows of an answer as text, sorted."""
    engine, names = tables
    where = more.pop("where", None)
    condition = sql.parsed_condition(where)[0] if where else None
    query = compiled(metrics, Asked(by=by, where=condition, apart=is_apart(metrics, by), **more))
    sql.check(query)
    used = {name: names[name] for name in sql.inputs(query)}
    found = engine.rows(sql.translate(query, engine.dialect, used))
    return sorted(tuple("–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
                        for value in row) for row in found)  # fmt: skip


@pytest.mark.engines(always=False)
def test_amounts_stand_by_their_currency_and_counts_do_not(tables: Tables) -> None:
    assert rows(tables, [REVENUE]) == [("EUR", "20"), ("SEK", "7"), ("unknown", "–")]
    assert rows(tables, [LINE_COUNT]) == [("6",)]
    assert rows(tables, [LINE_COUNT], "shop_id") == [("a", "3"), ("b", "2"), ("x", "1")]


@pytest.mark.engines(always=False)
def test_distinct_things_are_counted_from_their_rows_at_every_grain(tables: Tables) -> None:
    assert rows(tables, [CUSTOMERS]) == [("3",)]
    assert rows(tables, [CUSTOMERS], grain="month") == [("2026-03-01", "3")]
    assert rows(tables, [CUSTOMERS], grain="day") == [("2026-03-01", "1"), ("2026-03-02", "2"), ("2026-03-09", "1")]
    assert rows(tables, [CUSTOMERS], grain="week") == [("2026-02-23", "1"), ("2026-03-02", "2"), ("2026-03-09", "1")]
    assert rows(tables, [CUSTOMERS], grain="sunday-week") == [("2026-03-01", "2"), ("2026-03-08", "1")]


@pytest.mark.engines(always=False)
def test_an_entity_with_versions_repeats_no_row_and_one_that_is_not_there_loses_none(tables: Tables) -> None:
    assert rows(tables, [LINE_COUNT], "shop_region") == [("north", "2"), ("south", "3"), ("–", "1")]
    assert rows(tables, [LINE_COUNT], where="shop_region = 'north' and shop_id <> 'z'") == [("2",)]


@pytest.mark.engines(always=False)
def test_a_window_is_made_of_its_rows(tables: Tables) -> None:
    days = period("2026-03-02", "2026-03-04")
    found = rows(tables, [CUSTOMERS], grain="day", rolling=2, period=days)
    assert found == [("2026-03-02", "2"), ("2026-03-03", "2")]


@pytest.mark.engines(always=False)
def test_a_ratio_divides_within_a_currency_and_has_no_value_without_a_divisor(tables: Tables) -> None:
    assert rows(tables, [MEAN]) == [("EUR", "5.0000"), ("SEK", "7.0000"), ("unknown", "–")]
    assert rows(tables, [RATE], grain="day") == [
        ("2026-03-01", "0.25"),
        ("2026-03-02", "–"),  # nobody looked
        ("2026-03-03", "0"),  # nothing was sold
        ("2026-03-09", "–"),  # no looks are there
    ]


@pytest.mark.engines(always=False)
def test_lines_of_no_currency_and_of_one_that_says_so_are_one(tables: Tables) -> None:
    """One of the two would take the other's place in an answer."""
    engine, names = tables
    text = f"select * from {names['gold.lines']} union all select day, shop_id, customer, 3, 'unknown' from {{}}"
    more = engine.define("untold", text.format(f"(select * from {names['gold.lines']} where currency = 'SEK') as s"))
    found = rows((engine, {**names, "gold.lines": more.name}), [REVENUE, LINE_COUNT])
    assert found == [("EUR", "20", "4"), ("SEK", "7", "1"), ("unknown", "3", "2")]
    assert rows((engine, {**names, "gold.lines": more.name}), [LINE_COUNT], "currency") == [
        ("EUR", "4"), ("SEK", "1"), ("unknown", "2"),
    ]  # fmt: skip


@pytest.mark.engines(always=False)
def test_what_has_no_currency_stands_whole_beside_each(tables: Tables) -> None:
    found = rows(tables, [REVENUE, CUSTOMERS, VIEWS], grain="month", period=period("2026-03-01", "2026-03-02"))
    assert found == [("2026-03-01", "EUR", "16", "2", "8"), ("2026-03-01", "SEK", "7", "2", "8")]
    alone = rows(tables, [REVENUE, VIEWS], grain="day", period=period("2026-03-03", "2026-03-03"))
    assert alone == [("2026-03-03", "–", "–", "2")]


@pytest.mark.engines(always=False)
def test_what_is_counted_by_one_currency_stands_whole_beside_amounts_in_another(tables: Tables) -> None:
    assert rows(tables, [REVENUE, LINE_COUNT]) == [("EUR", "20", "4"), ("SEK", "7", "1"), ("unknown", "–", "1")]
    assert rows(tables, [CONVERTED, LINE_COUNT]) == [("EUR", "54", "6")]


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match="not known by 'colour'"):
        compiled([LINE_COUNT], Asked(by=("colour",)))
    with pytest.raises(UsageError, match="no grain 'moon'"):
        compiled([LINE_COUNT], Asked(grain="moon"))
    with pytest.raises(UsageError, match="has no days"):
        compiled([metric("m", "count(*)", time=None)], Asked(grain="day"))


def test_values_of_a_question_are_no_sql() -> None:
    odd = sql.parsed_condition("shop_id = 'x\\' or 1=1 --'")[0]
    text = sql.translate(compiled([LINE_COUNT], Asked(where=odd)), sql.DUCKDB)
    assert """= 'x'' or 1=1 --'""" in text
