"""Queries and conditions in the SQL of an engine."""

import duckdb
import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError

TABLES = {"silver.clicks": "silver_clicks"}


@pytest.mark.parametrize(
    ("text", "spark", "duck"),
    [
        (
            "select clicks.id from silver.clicks",
            "SELECT clicks.id FROM `silver_clicks` AS clicks",
            'SELECT clicks.id FROM "silver_clicks" AS clicks',
        ),
        (
            "select silver.clicks.id from silver.clicks",
            "SELECT clicks.id FROM `silver_clicks` AS clicks",
            'SELECT clicks.id FROM "silver_clicks" AS clicks',
        ),
        (
            "with clicks as (select * from silver.clicks) select id from clicks order by id",
            "WITH clicks AS (SELECT * FROM `silver_clicks` AS clicks) SELECT id FROM clicks ORDER BY id",
            'WITH clicks AS (SELECT * FROM "silver_clicks" AS clicks) SELECT id FROM clicks ORDER BY id NULLS FIRST',
        ),
        (
            "select date_sub(day, 1) as day, a div 2 as half from silver.clicks as c",
            "SELECT DATE_SUB(day, 1) AS day, a DIV 2 AS half FROM `silver_clicks` AS c",
            "SELECT (cast(day as date) - cast(1 as int)) AS day, cast(trunc((a) // nullif(2, 0)) as bigint) AS half"
            ' FROM "silver_clicks" AS c',
        ),
    ],
)
def test_translate(text, spark, duck):
    assert sql.translate(text, sql.SPARK, TABLES) == spark
    assert sql.translate(sql.parse(text), sql.DUCKDB, TABLES) == duck


def test_a_translation_runs():
    with duckdb.connect() as connection:
        connection.execute("create view silver_clicks as select 1 as id, [1, 2] as items, 'a' as \"order\"")
        text = "select c.id, e.item, c.`order` as kind from silver.clicks as c lateral view explode(items) e as item"
        rows = connection.execute(sql.translate(text, sql.DUCKDB, TABLES)).fetchall()
    assert sorted(rows) == [(1, 1, "a"), (1, 2, "a")]


def test_condition_renames_columns_but_not_the_parameters_of_a_lambda():
    text = "email like '%@%' and exists(items, x -> x.price < total)"
    names = {"email": "_typed_email", "total": "_typed_total", "x": "wrong"}
    assert sql.condition(text, sql.SPARK, names=names) == (
        "`_typed_email` LIKE '%@%' AND EXISTS(items, x -> x.price < `_typed_total`)"
    )
    assert sql.columns_of(text) == {"email", "items", "total"}


def test_conditions_in_duckdb():
    assert sql.condition("dayofweek(day) <> 1", sql.DUCKDB) == "cast(dayofweek(cast(day as date)) + 1 as int) <> 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum(a) > 1", "more than one row"),
        ("count(*) > 1", "more than one row"),
        ("row_number() over (order by a) = 1", "more than one row"),
        ("a in (select 1)", "has a subquery"),
        ("exists (select 1)", "has a subquery"),
        ("a = 1, b = 2", "not one expression"),
        ("a from x", "not one expression"),
        ("a >", "not readable"),
        ("a) or (b", "not readable"),
        ("rand() > a", "another answer each time"),
    ],
)
def test_refused_conditions(text, words):
    with pytest.raises(DefinitionError) as caught:
        sql.condition(text, sql.DUCKDB, "contract.yaml")
    assert str(caught.value).startswith("contract.yaml: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("' 7 '", "long", 7),
        ("'7.5'", "long", None),
        ("7.5::double", "long", 7),
        ("7.5::decimal(3, 1)", "int", 7),
        ("7::bigint", "long", 7),
        ("'1.005'", "decimal(10,2)", "1.01"),
        ("1.005::double", "decimal(10,2)", "1.01"),
        ("7", "decimal(10,2)", "7.00"),
        ("'2024-01-01T10:00:00+02:00'", "timestamp", "2024-01-01 08:00:00"),
        ("date '2024-01-01'", "timestamp", "2024-01-01 00:00:00"),
        ("timestamp '2024-01-01 10:00:00'", "date", "2024-01-01"),
        ("1700000000", "timestamp", "2023-11-14 22:13:20"),
        ("12", "string", "12"),
        ("'yes'", "boolean", True),
        ("1", "boolean", True),
        ("null", "timestamp", None),
    ],
)
def test_typed_values_in_duckdb(value, kind, expected):
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        text = sql.DUCKDB.typed("v", kind)
        answer = connection.execute(f"select {text} from (select {value} as v)").fetchall()[0][0]
    assert (str(answer) if isinstance(expected, str) else answer) == expected


def test_typed_values_in_spark():
    assert sql.SPARK.typed("`v`", "long") == "try_cast(`v` as bigint)"
