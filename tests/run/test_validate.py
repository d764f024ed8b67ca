"""`validate` finds, without data, everything that is wrong with a project, and says where and what to do."""

from __future__ import annotations

import pytest

from marketpulse.run.validate import Problem, validate
from tests.shop import MiniShop, result

SALES = "silver/sales/contract.yaml"
MAPPING = "silver/sales/from_sales.sql"
MODEL = "gold/agg_daily/model.sql"
RULE = "qty <> 0"
SQL_RULE = (
    "      - {{name: many, type: sql, engine: marketpulse, query: '{}', mustBeGreaterThan: 0, severity: warn,"
    " description: rows}}\n"
)


def problems(shop: MiniShop) -> tuple[Problem, ...]:
    return validate(shop.project_dir).problems


def only(shop: MiniShop) -> Problem:
    found = problems(shop)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_project_is_ok(shop: MiniShop) -> None:
    found = validate(shop.project_dir)
    assert (found.ok, found.problems, found.feeds) == (True, (), 2)


@pytest.mark.parametrize("rule", ["qty <>", "qty > rand()", "quantity <> 0", "sum(qty) > 0", "qty = (select 1)"])
def test_a_wrong_rule_is_found_in_its_file(shop: MiniShop, rule: str) -> None:
    shop.edit(SALES, RULE, rule)
    found = only(shop)
    assert found.table == "silver.sales"
    assert found.file is not None
    assert found.file.endswith(SALES)
    assert found.line is not None


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from",
        'select count(*) from read_csv("/etc/passwd")',
        'select count(*) from "/etc/passwd"',
        "select count(*) from silver.clicks",
        "select rand() from {table}",
        "select count(*) from {table}; select 1",
    ],
)
def test_a_rule_of_a_table_reads_that_table_and_nothing_else(shop: MiniShop, query: str) -> None:
    shop.edit(SALES, "    quality:\n", "    quality:\n" + SQL_RULE.format(query))
    assert only(shop).table == "silver.sales"


@pytest.mark.parametrize(
    "mapping",
    [
        "select id, min(day) as day, min(qty) as qty, min(amount) as amount from bronze.sales group by id",
        "select id, day, row_number() over (order by id) as qty, amount from bronze.sales",
        "select s.id, s.day, s.qty, s.amount from bronze.sales as s join bronze.sales as t on s.id = t.id",
        "select id, day, explode(split(qty, ',')) as qty, amount from bronze.sales",
        "select distinct id, day, qty, amount from bronze.sales",
    ],
)
def test_a_mapping_that_is_not_row_by_row_is_found(shop: MiniShop, mapping: str) -> None:
    shop.write(MAPPING, mapping + "\n")
    found = problems(shop)
    assert found
    assert {problem.table for problem in found} == {"silver.sales"}
    assert all(problem.file and problem.file.endswith(MAPPING) and problem.hint for problem in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sum(qty) as qty", "sum(quantity) as qty"),
        ("sum(qty) as qty", "collect_list(qty) as qty"),
        ("sum(qty) as qty", "sort_array(collect_list(qty)) as qty"),
        ("from silver.sales", "from silver.sales2"),
        ("count(*) as line_count", "count(*) line_count, 1 as extra"),
    ],
)
def test_a_model_that_cannot_be_is_found(shop: MiniShop, old: str, new: str) -> None:
    shop.edit(MODEL, old, new)
    found = problems(shop)
    assert [problem.table for problem in found if problem.table == "gold.agg_daily"]
    assert all(problem.file for problem in found)


def test_all_errors_are_told_at_once(shop: MiniShop) -> None:
    shop.edit(SALES, RULE, "qty > rand()")
    shop.edit("silver/clicks/from_clicks.sql", "e.name as name", "name as name, rand() as dice")
    shop.write("gold/mart_total/model.sql", "select 1 as total_id, now() as qty, 1 as click_count\n")
    assert {"silver.sales", "silver.clicks", "gold.mart_total"} == {problem.table for problem in problems(shop)}


def test_a_run_counts_the_errors_of_a_table_as_validate_does(shop: MiniShop) -> None:
    shop.edit(SALES, RULE, "nope > 0 and nope < 3 or neither > 1")
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    assert len(problems(shop)) == 3
    assert (result(shop.run(), "silver.sales").hint or "").endswith("; 2 more errors: marketpulse validate")


def test_a_table_that_is_defined_wrongly_stops_only_what_depends_on_it(shop: MiniShop) -> None:
    shop.edit(SALES, RULE, "qty > rand()")
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.land("clicks/a.ndjson", '{"id": "1", "ts": "2026-01-01T00:00:00", "name": "x"}\n')
    report = shop.run()
    assert result(report, "silver.sales").status == "failed"
    assert "rand" in (result(report, "silver.sales").message or "")
    assert result(report, "gold.agg_daily").status == "skipped"
    assert result(report, "silver.clicks").status == "built"
    assert len(shop.rows("silver.clicks")) == 1
