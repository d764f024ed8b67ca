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


def says(shop: MiniShop, *words: str) -> bool:
    """Whether each of some words is told, by an error of its own, and nothing else is."""
    told = [f"{problem.message} ({problem.hint})" for problem in problems(shop)]
    assert len(told) == len(words), told
    assert [word for word in words if not any(word in each for each in told)] == [], told
    return True


def test_a_model_is_checked_where_the_columns_of_a_wrong_input_are_known(shop: MiniShop) -> None:
    shop.edit(SALES, RULE, "qty > rand()")
    shop.edit(MODEL, "sum(qty) as qty", "sum(quantity) as qty")
    shop.write(
        "gold/mart_total/model.sql", "select 1 as total_id, amount as qty, 'x' as click_count from silver.sales\n"
    )
    shop.edit("gold/mart_total/contract.yaml", "physicalType: 'int'", "physicalType: 'date'")
    assert says(
        shop, "rand() ", "no column quantity", "logically a integer and physically a date", "total_id is a integer"
    )


def test_what_was_not_looked_at_is_told(shop: MiniShop) -> None:
    shop.edit(SALES, "physicalType: 'int'", "physicalType: 'integer'")
    found = validate(shop.project_dir).unchecked
    assert [(each.table, each.reason) for each in found] == [
        ("gold.agg_daily", "silver.sales is wrong"),
        ("silver.sales", "its contract is wrong"),
    ]
    shop.edit(SALES, "physicalType: 'integer'", "physicalType: 'int'")
    shop.edit(MODEL, "sum(qty)", "foo(qty)")
    assert [(each.table, each.reason) for each in validate(shop.project_dir).unchecked] == [
        ("gold.agg_daily", "model.sql is wrong")
    ]
    shop.edit(MODEL, "foo(qty)", "sum(qty)")
    assert validate(shop.project_dir).unchecked == ()


def test_an_unknown_field_hides_nothing_else_of_its_contract(shop: MiniShop) -> None:
    shop.edit(SALES, "status: active", "status: activ\ncolour: red")
    shop.edit(SALES, "{name: qty, logicalType: integer", "{name: qty, color: 1, logicalType: integr")
    shop.edit(SALES, "customProperties:", "customProperties:\n  - {property: mrege, value: 1}")
    shop.edit(SALES, RULE, "quantity <> 0")
    shop.edit(MAPPING, "amount from", "amount, extra from")
    assert says(
        shop,
        "status is 'activ' (did you mean active?)",
        "there is no field colour (known here: apiVersion, ",
        "there is no field color (known here: classification, ",
        "logicalType is 'integr' (did you mean integer?)",
        "there is no customProperty mrege (did you mean merge?)",
        "there is no column quantity",
        "the query adds extra",
    )


def test_wrong_values_of_customproperties_hide_nothing_and_say_what_to_do(shop: MiniShop) -> None:
    daily = "gold/agg_daily/contract.yaml"
    shop.edit(daily, "column: day}", "column: dya, before: -1}")
    shop.edit(SALES, "{policy: latest}", "{policy: lates, orderBy: [quantity]}")
    shop.edit(SALES, "customProperties:", "customProperties:\n  - {property: rejectedShareLimit, value: 20}")
    assert says(
        shop,
        "inputs.before is -1, which cannot be (0 or more)",
        "dya is not the partition of silver.sales",
        "merge.policy is 'lates' (did you mean latest?)",
        "unknown column 'quantity'",
        "rejectedShareLimit is 20, which cannot be (1.0 or less)",
    )


def test_rules_are_checked_one_by_one(shop: MiniShop) -> None:
    rule = "{{name: {}, type: custom, implementation: {}, severity: warn, description: x}}"
    rules = [rule.format("many", "quantity > 0"), rule.format("many", "idd = '1'"), rule.format("sum", "qty + 1")]
    rules += [rule.format("odd", "length(day) = 1").replace("severity: warn", "severity: wran")]
    rules += [rule.format("time", "amount like 3")]
    shop.edit(SALES, "    quality:\n", "    quality:\n" + "".join(f"      - {each}\n" for each in rules))
    assert says(
        shop,
        "no column quantity",
        "two rules are called 'many'",
        "no column idd",
        "condition 'qty + 1' gives a integer",
        "severity is 'wran' (did you mean warn?)",
        "cannot be of (decimal(18,4), integer, ",
    )


def test_a_function_that_is_not_there_hides_no_table_that_is_not_there(shop: MiniShop) -> None:
    shop.edit(MODEL, "sum(qty) as qty", "foo(qty) as qty")
    shop.edit(MODEL, "from silver.sales", "from silver.saless")
    assert says(
        shop,
        "foo() is not in the list",
        "reads silver.saless (did you mean silver.sales?)",
        "inputs names silver.sales, which the model does not read",
    )


def test_a_field_of_a_feed_hides_no_other(shop: MiniShop) -> None:
    shop.write("sources/sales.yaml", "name: sale\nrequird: [id]\nowner: x\nformat: csvv\nlanding: ..\n")
    assert says(
        shop,
        "there is no field requird (did you mean required?)",
        "description is missing",
        "name is 'sale'",
        "unknown format 'csvv' (did you mean csv?)",
        "leaves the landing zone",
    )
    shop.write(
        "sources/sales.yaml",
        "name: sales\nrequired: [Id]\nowner: x\nformat: csv\ncsv: {delimitr: ';', header: false}\n",
    )
    assert says(
        shop, "description is missing", "no column is called 'Id'", "no field csv.delimitr", "needs its column names"
    )


@pytest.mark.parametrize(
    ("path", "is_error", "hint"),
    [
        ("sources/web/visits.yaml", True, "a feed is sources/<feed>.yaml"),
        ("silver/x.sql", True, "a table is silver/<table>/contract.yaml"),
        ("silver/sales/old/from_sales.sql", True, "a table is silver/<table>/contract.yaml"),
        ("gold/agg_daily/contracts.yaml", True, "a table is gold/<table>/contract.yaml with model.sql"),
        ("source/visits.yaml", False, "did you mean sources/?"),
        ("golds/x.sql", False, "did you mean gold/?"),
        ("golds/agg_x/contract.yaml", False, "did you mean gold/?"),
        ("headline.yaml", False, "did you mean headlines.yaml?"),
        ("headlines.yml", False, "did you mean headlines.yaml?"),
        ("model.sql", False, "a query belongs in silver/<table>/ or gold/<table>/"),
    ],
)
def test_a_file_that_nobody_reads_is_told(shop: MiniShop, path: str, is_error: bool, hint: str) -> None:
    shop.write(path, "name: x\n")
    found = validate(shop.project_dir)
    told = found.problems if is_error else found.warnings
    assert [(each.file, each.message) for each in told] == [(str(shop.project_dir / path), "nobody reads this file")]
    assert str(told[0].hint).startswith(hint)
    assert (found.ok, len(found.problems) + len(found.warnings)) == (not is_error, 1)


@pytest.mark.parametrize(
    "path", ["docker-compose.yaml", ".github/ci.yaml", "landing/source/x.sql", "reference/bots.yaml"]
)
def test_files_that_are_no_definitions_are_nobodys_business(shop: MiniShop, path: str) -> None:
    shop.write(path, "name: x\n")
    assert validate(shop.project_dir).warnings == ()


def test_a_feed_that_no_mapping_reads_and_a_project_of_nothing_are_told(shop: MiniShop) -> None:
    shop.write("sources/visits.yaml", "name: visits\ndescription: Visits.\nowner: web\nformat: csv\n")
    found = validate(shop.project_dir)
    assert (found.ok, [each.message for each in found.warnings]) == (
        True,
        ["no mapping reads bronze.visits: what lands there goes no further"],
    )
    empty = shop.root / "empty"
    empty.mkdir()
    (empty / "project.yaml").write_text("name: empty\n", encoding="utf-8")
    told = validate(empty).warnings
    assert [each.message for each in told] == ["the project has no feed and no table"]
    assert str(told[0].file).endswith("project.yaml")


def test_columns_that_a_mapping_leaves_out_are_told(shop: MiniShop) -> None:
    shop.edit(MAPPING, "qty, amount from", "qty from")
    found = validate(shop.project_dir)
    assert (found.ok, [(each.file, each.message) for each in found.warnings]) == (
        True,
        [(str(shop.project_dir / MAPPING), "gives no amount: null in silver.sales")],
    )
    shop.edit(MAPPING, "qty from", "qty, cast(null as string) as amount from")
    assert validate(shop.project_dir).warnings == ()


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("id = 'B-7' and 1", "takes a number for a boolean"),
        ("not length(id)", "takes a number for a boolean"),
        ("qty", "gives a number"),
        ("qty > 0 or qty", "takes the number qty for a boolean"),
        ("case when qty then true else false end", "takes the number qty for a boolean"),
        ("day is null or day", "takes the date day for a boolean"),
        ("id = 'x' and 'true'", "takes a text for a boolean"),
        ("if(amount, true, false)", "takes the number amount for a boolean"),
    ],
)
def test_what_holds_is_a_boolean_in_rules_and_models(shop: MiniShop, condition: str, says: str) -> None:
    shop.edit("silver/sales/contract.yaml", "implementation: qty <> 0", f'implementation: "{condition}"')
    assert any(says in problem.message and problem.line for problem in validate(shop.project_dir).problems)
    shop.edit("silver/sales/contract.yaml", f'implementation: "{condition}"', "implementation: qty <> 0")
    shop.edit("gold/agg_daily/model.sql", "from silver.sales", f"from silver.sales where {condition}")
    found = validate(shop.project_dir).problems
    assert [problem.table for problem in found] == ["gold.agg_daily"]
    assert "for a boolean" in found[0].message
    assert (found[0].file or "").endswith("model.sql")


@pytest.mark.parametrize("condition", ["id = 'x' and null", "not (qty > 0)", "true or qty > 1", "id is null and true"])
def test_what_holds_may_be_unknown(shop: MiniShop, condition: str) -> None:
    shop.edit("gold/agg_daily/model.sql", "from silver.sales", f"from silver.sales where {condition}")
    assert validate(shop.project_dir).ok


@pytest.mark.parametrize(
    "expression",
    [
        "9223372036854775807 + 1", "split(id, '[')", "regexp_extract(id, '[', 0)", "regexp_replace(id, 'a', '$5')",
        "id rlike '('", "lpad(id, 10, '')", "id like 'a\\\\'", "id like 'a%' escape '||'", "date_add(day, 2147483647)",
        "day + interval 'abc' day", "day > 'abc'", "greatest(1, 'a')", "map('a', 1, 'a', 2)['a']",
        "ntile(0) over (order by id)", "nth_value(id, 0) over (order by id)", "repeat(id, 100000000000)",
        "lpad(id, 1000000000, 'a')", "size(sequence(1, 1000000000))", "timestamp_millis(9223372036854775807)",
    ],
)  # fmt: skip
def test_constants_that_no_data_makes_right_are_told_before(shop: MiniShop, expression: str) -> None:
    value = expression if " over " in expression else f"max({expression})"
    group = "" if " over " in expression else "group by day"
    model = f"select day, cast({value} as string) as line_count, 1 as qty, 1 as amount from silver.sales {group}"
    shop.write("gold/agg_daily/model.sql", f"-- One row a day.\n{model}\n")
    found = validate(shop.project_dir).problems
    assert [problem.table for problem in found] == ["gold.agg_daily"]
    assert (found[0].line, (found[0].file or "").endswith("model.sql")) == (2, True)
    assert "\n" not in found[0].message


@pytest.mark.parametrize(
    "expression",
    ["lpad(id, qty, '0')", "map(id, 1, cast(qty as string), 2)['a']", "repeat(id, qty)", "size(sequence(1, qty))",
     "date_add(day, qty)", "lpad(id, 20, id)"],
)  # fmt: skip
def test_what_only_some_data_makes_wrong_is_not_told_before(shop: MiniShop, expression: str) -> None:
    model = f"select day, cast(max(cast({expression} as string)) as bigint) as line_count, 1 as qty, 1 as amount"
    shop.write("gold/agg_daily/model.sql", f"{model} from silver.sales group by day\n")
    assert validate(shop.project_dir).ok
