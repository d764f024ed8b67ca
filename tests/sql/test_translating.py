"""Queries and conditions in the SQL of an engine."""

import duckdb
import pytest

from marketpulse import sql

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
