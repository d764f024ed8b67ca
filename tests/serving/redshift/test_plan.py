"""The SQL for Redshift: as it was reviewed, readable to a parser, safe to run again, without personal data."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.project.project import Project, load_project
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.serving.redshift.plan import Options, ddl
from marketpulse.serving.redshift.statement import Statement
from tests.shop import MiniShop, contract

ROLE = "arn:aws:iam::123456789012:role/shop-dev-redshift"
KEY = "arn:aws:kms:us-east-2:123456789012:key/k"
OPTIONS = Options("shop_dev_gold", ROLE, "shop", exports="s3://shop-dev-gold/exports", key=KEY)
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


def test_a_parser_of_redshift_reads_tables_and_loads(packaged: list[Statement], project: Project) -> None:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for text in inner([*packaged, *ddl(project, OPTIONS)]):
        if text.startswith(("create table", "insert", "drop", "delete", "create schema")):
            parsed = sqlglot.parse_one(text, dialect="redshift")
            assert not isinstance(parsed, exp.Command), text


def test_every_statement_may_run_again(packaged: list[Statement]) -> None:
    lines = inner(packaged)
    for place, text in enumerate(lines):
        if made := re.match(r"create table (?!if not exists)(\S+)", text):
            assert f"drop table if exists {made[1]}" in lines[:place], text
        assert not re.match(r"create (external )?schema (?!if not exists)", text)
    assert all("or replace" in s.sql for s in packaged if s.sql.startswith("create") and "procedure" in s.sql)


def test_analysts_read_a_copy_of_every_table_of_gold_in_which_nothing_is_personal(packaged: list[Statement]) -> None:
    gold = {t.name.split(".")[1]: t.contract for t in load_project().tables.values() if t.contract.layer == "gold"}
    lines = inner(packaged)
    copied = {
        m[1]: m[2] for text in lines if (m := re.match(r"insert into shop\.(\w+?)__new \(.*?\) (select .*)", text))
    }
    assert copied.keys() == gold.keys()
    for name, query in copied.items():
        parsed = sqlglot.parse_one(query, dialect="redshift")
        bare = {c.name for c in parsed.expressions if isinstance(c, exp.Column)}  # type: ignore[attr-defined]
        personal = {c.name for c in gold[name].columns if c.classification != "public"}
        assert bare == {c.name for c in gold[name].columns} - personal, name
        masked = [each for each in parsed.expressions if not isinstance(each, exp.Column)]  # type: ignore[attr-defined]
        assert all(isinstance(each, exp.SHA2) for each in masked), query
        assert f"grant select on shop.{name} to group shop_analysts, group shop_stewards" in lines


def test_copies_have_the_pseudonyms_that_queries_show(project: Project, tmp_path: Path) -> None:
    """The statements in DuckDB's words: the secret is given by a call, and without it no copy is made."""
    known, lines = Pseudonyms(str(tmp_path)), inner(ddl(project, OPTIONS))
    (needed,) = [text for text in lines if text.startswith("if not exists (select 1 from shop_private")]
    filled = next(n for n, text in enumerate(lines) if text.startswith("call shop_private.key_pseudonyms(:pseudonyms)"))
    assert (lines.index(needed) > filled, "raise exception" in needed) == (True, True)
    (query,) = [
        m[1] for text in lines if (m := re.match(r"insert into shop\.fct_orders__new \(.*?\) (select .*)", text))
    ]
    (column,) = [e for e in sqlglot.parse_one(query, dialect="redshift").expressions if isinstance(e, exp.SHA2)]
    with duckdb.connect() as engine:
        engine.execute("create schema shop_private; create table shop_private.pseudonyms (secret varchar)")
        engine.execute("insert into shop_private.pseudonyms values (?)", [known.secret])
        asked = f"select {column.sql('duckdb')} from (values ('C-17'), ('Zoë')) as t(customer_id)"
        assert engine.sql(asked).fetchall() == [(known.of("C-17"),), (known.of("Zoë"),)]


def test_what_keys_pseudonyms_is_for_nobody(packaged: list[Statement], tmp_path: Path) -> None:
    assert [text for text in inner(packaged) if re.match(r"grant .*shop_private", text)] == []
    assert Pseudonyms(str(tmp_path)).secret not in "".join(each.sql for each in packaged)


def test_what_analysts_read_needs_no_right_on_the_lake(packaged: list[Statement]) -> None:
    """USAGE on an external schema opens each of its tables whole, and a view over one asks its reader for it."""
    lines = inner(packaged)
    assert [text for text in lines if "shop_external" in text and "shop_analysts" in text] == []
    views = [text for text in lines if re.match(r"create (or replace )?(materialized )?view", text)]
    assert [text for text in views if "shop_external" in text or not text.startswith("create view shop.metric_")] == []
    reached = {
        m[1] for text in lines if (m := re.match(r"grant .* on (?:schema )?(\w+).* to group shop_analysts", text))
    }
    assert reached == {"shop"}


def test_what_is_granted_on_the_lake_stands_in_no_transaction(packaged: list[Statement]) -> None:
    assert [
        s.name for s in packaged if "grant" in s.sql and "shop_external" in s.sql.split("grant", 1)[1].split(";")[0]
    ] == ["stewards_of_the_lake"]


def test_an_export_is_encrypted_with_the_key_of_its_bucket(project: Project) -> None:
    unloads = [s.sql for s in ddl(project, OPTIONS) if s.sql.startswith("unload")]
    assert len(unloads) == 3
    assert all(sql.endswith(f"kms_key_id '{KEY}' encrypted") for sql in unloads)


def test_a_table_of_which_nothing_is_public_loses_its_copy(shop: MiniShop) -> None:
    text = contract("gold.fct_persons", [("born", "date", "key")])
    shop.write("gold/fct_persons/contract.yaml", text.replace("{name: born,", "{name: born, classification: pii,"))
    shop.write("gold/fct_persons/model.sql", "select day as born from silver.sales group by day\n")
    lines = [text for text in inner(ddl(shop.project(), OPTIONS)) if "fct_persons" in text]
    assert lines == ["drop table if exists shop.fct_persons"]


def test_what_changes_a_copy_changes_the_call_that_makes_it(shop: MiniShop) -> None:
    def call() -> str:
        return next(s.sql for s in ddl(shop.project(), OPTIONS) if s.name == "refresh_copies_1")

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
    assert {"refresh_copies_1", "refresh_copies_2"} <= {statement.name for statement in found}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options("shop-dev-gold", ROLE), "is no database"),
        (Options("shop'; drop", ROLE), "is no database"),
        (Options("shop_dev_gold", "redshift"), "is no role"),
        (Options("shop_dev_gold", ROLE, "Shop"), "is no schema"),
        (Options("shop_dev_gold", ROLE, "s" * 120), "too long"),
        (Options("shop_dev_gold", ROLE, exports="/exports"), "is no S3 folder"),
        (Options("shop_dev_gold", ROLE, key="alias/shop"), "is no key"),
        (Options("shop_dev_gold", ROLE, tables=("silver.sales",)), "not in gold"),
        (Options("shop_dev_gold", ROLE, tables=("gold.agg_dayly",)), "no table"),
    ],
)
def test_what_redshift_would_not_take_is_refused(project: Project, options: Options, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ddl(project, options)
