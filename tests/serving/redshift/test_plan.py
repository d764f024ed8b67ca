"""The SQL for Redshift: as it was reviewed, readable to a parser, safe to run again, without personal data."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.project.project import Project, load_project
from marketpulse.serving.redshift.plan import Options, ddl
from marketpulse.serving.redshift.statement import Statement
from tests.shop import MiniShop, contract

ROLE = "arn:aws:iam::123456789012:role/shop-dev-redshift"
OPTIONS = Options("shop_dev_gold", ROLE, "shop", exports="s3://shop-dev-gold/exports")
GOLDEN = Path(__file__).with_name("plan.sql")

_COLUMNS = [
    ("order", "string", "key"),
    ("day", "date", "key bucket"),
    ("customer_id", "string", ""),
    ("email", "string", ""),
    ("note", "string", ""),
    ("at", "timestamp", ""),
    ("amount", "decimal(18,4)", ""),
    ("n", "int", ""),
    ("big", "long", ""),
    ("share", "double", ""),
    ("is_new", "boolean", ""),
]


@pytest.fixture
def project(shop: MiniShop) -> Project:
    """The mini project with a fact that has every type, a reserved word, personal data and a quote in its grain."""
    text = contract("gold.fct_orders", _COLUMNS, "{property: inputs, value: [{table: silver.sales, column: day}]}")
    for column in ("customer_id", "email"):
        text = text.replace(f"{{name: {column},", f"{{name: {column}, classification: pii,")
    shop.write("gold/fct_orders/contract.yaml", text.replace("One row per key.", "One row per till's order."))
    shop.write(
        "gold/fct_orders/model.sql",
        "select id as `order`, day, id as customer_id, id as email, id as note, cast(day as timestamp) as at,"
        " amount, qty as n, qty as big, amount as share, qty > 0 as is_new from silver.sales\n",
    )
    return shop.project()


def tables_only(statements: list[Statement]) -> list[str]:
    """The views of tables; those of metrics have a test of their own."""
    views = [text for text in inner(statements) if text.startswith("create view")]
    return [text for text in views if not text.startswith("create view shop.metric_")]


def inner(statements: list[Statement]) -> list[str]:
    """Every statement, those inside procedures one by one."""
    found = []
    for statement in statements:
        body = re.search(r"\$\$\nbegin\n(.*)end;\n\$\$", statement.sql, re.DOTALL)
        lines = body[1].split(";\n") if body else [statement.sql]
        found += [line.strip() for line in lines if line.strip()]
    return found


def test_the_statements_are_the_reviewed_ones(project: Project) -> None:
    shown = "".join(f"-- {s.name} ({s.when}): {s.reason}\n{s.sql};\n\n" for s in ddl(project, OPTIONS))
    assert GOLDEN.read_text(encoding="utf-8") == shown


@pytest.fixture(scope="module")
def packaged() -> list[Statement]:
    return ddl(load_project(), OPTIONS)


def test_a_parser_of_redshift_reads_tables_views_and_loads(packaged: list[Statement], project: Project) -> None:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for text in inner([*packaged, *ddl(project, OPTIONS)]):
        if text.startswith(("create table", "create view", "insert", "drop", "delete", "create schema")):
            parsed = sqlglot.parse_one(text, dialect="redshift")
            assert not isinstance(parsed, exp.Command), text


def test_every_statement_may_run_again(packaged: list[Statement]) -> None:
    lines = inner(packaged)
    for place, text in enumerate(lines):
        made = re.match(r"create (table|view) (?!if not exists)(\S+)", text)
        if made:
            assert f"drop {made[1]} if exists {made[2]}" in lines[:place], text
        assert not re.match(r"create (external )?schema (?!if not exists)", text)
    assert all("or replace" in s.sql for s in packaged if s.sql.startswith("create") and "procedure" in s.sql)


def test_every_table_of_gold_has_a_view_and_no_view_shows_personal_data(packaged: list[Statement]) -> None:
    gold = {t.name.split(".")[1]: t.contract for t in load_project().tables.values() if t.contract.layer == "gold"}
    views = {v.this.name: v for text in tables_only(packaged) for v in [parsed(text)]}
    assert views.keys() == gold.keys()
    for name, view in views.items():
        for column in gold[name].columns:
            bare = [c for c in view.expression.expressions if isinstance(c, exp.Column) and c.name == column.name]
            assert bool(bare) == (column.classification == "public"), f"{name}.{column.name}"


def parsed(text: str) -> exp.Expression:
    return sqlglot.parse_one(text.removesuffix(" with no schema binding"), dialect="redshift")


def test_analysts_are_granted_no_personal_column_of_a_mart_and_nothing_of_the_lake(packaged: list[Statement]) -> None:
    grants = [text for text in inner(packaged) if text.startswith("grant") and "shop_analysts" in text]
    personal = {
        c.name for t in load_project().tables.values() for c in t.contract.columns if c.classification != "public"
    }
    for text in grants:
        assert "shop_external" not in text
        columns = re.match(r"grant select \((.*?)\) on shop_internal\.", text)
        if " on shop_internal." in text:
            assert columns, text
            assert not personal & {name.strip() for name in columns[1].split(",")}, text


def test_what_changes_a_view_changes_the_call_that_makes_it(shop: MiniShop) -> None:
    def call() -> str:
        return next(s.sql for s in ddl(shop.project(), OPTIONS) if s.name == "make_views_1")

    before = call()
    assert call() == before
    shop.edit("gold/mart_total/contract.yaml", "One row per key.", "One row.")
    assert call() != before


def test_many_tables_are_split_so_that_no_statement_is_too_long(shop: MiniShop) -> None:
    columns = [("id", "string", "key"), *[(f"a_rather_long_name_of_a_column_{i}", "long", "") for i in range(150)]]
    named = ", ".join(f"1 as {name}" for name, _, _ in columns[1:])
    for number in range(20):
        shop.write(f"gold/wide_{number}/contract.yaml", contract(f"gold.wide_{number}", columns))
        shop.write(f"gold/wide_{number}/model.sql", f"select id, {named} from silver.sales\n")
    found = ddl(shop.project(), OPTIONS)
    assert max(len(statement.sql) for statement in found) < 100_000
    assert {"make_views_1", "make_views_2"} <= {statement.name for statement in found}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options("shop-dev-gold", ROLE), "is no database"),
        (Options("shop'; drop", ROLE), "is no database"),
        (Options("shop_dev_gold", "redshift"), "is no role"),
        (Options("shop_dev_gold", ROLE, "Shop"), "is no schema"),
        (Options("shop_dev_gold", ROLE, "s" * 120), "too long"),
        (Options("shop_dev_gold", ROLE, exports="/exports"), "is no S3 folder"),
        (Options("shop_dev_gold", ROLE, marts=("silver.sales",)), "not in gold"),
        (Options("shop_dev_gold", ROLE, marts=("gold.agg_dayly",)), "no table"),
    ],
)
def test_what_redshift_would_not_take_is_refused(project: Project, options: Options, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ddl(project, options)
