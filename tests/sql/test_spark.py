"""What the cases say Spark answers is what Spark answers, in the text that MarketPulse gives it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.engines.load import load_engine
from marketpulse.settings import Settings
from marketpulse.sql.zones import zone_names
from tests.spark import CONF, need_spark
from tests.sql.cases import CASES

ALL = [(text, expected) for cases in CASES.values() for text, expected in cases]
BATCHES = [ALL[start : start + 80] for start in range(0, len(ALL), 80)]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    need_spark()
    engine = load_engine(Settings(Path("x"), Path("x"), engine="spark", spark=CONF), tmp_path_factory.mktemp("s"))
    yield engine
    engine.close()


def scalar(text: str) -> str:
    value, source, rest = text.partition(" from (select ")
    query = sql.parse(f"select {value} as answer{source}{rest}")
    translated = sql.translate(query, sql.SPARK)
    if not source:  # Spark 4.0 fails on a scalar subquery that is a constant date
        return translated.removeprefix("SELECT ").removesuffix(" AS answer")
    return f"({translated} limit 1)"


@pytest.mark.parametrize("batch", BATCHES, ids=range(len(BATCHES)))
def test_spark_answers_as_the_cases_say(spark: Engine, batch: list[tuple[str, object]]) -> None:
    query = "select " + ", ".join(f"{scalar(text)} as a{place}" for place, (text, _) in enumerate(batch))
    for (text, expected), answer in zip(batch, spark.rows(query)[0], strict=True):
        if isinstance(expected, float) and isinstance(answer, float):
            assert math.isclose(answer, expected, rel_tol=1e-12), text
        else:
            assert (type(answer), answer) == (type(expected), expected), text


@pytest.mark.parametrize(
    "text",
    [
        "cast(9223372036854775807 as bigint) + 1",
        "cast(9223372036854775807 as bigint) * 2",
        "cast(-9223372036854775808 as bigint) - 1",
        "cast(3000000000 as int)",
        "cast(cast(1e30 as double) as bigint)",
        "cast(cast(1e30 as double) as int)",
        "sum(x) from (select 9223372036854775807 as x union all select 1 as x) as t",
    ],
)
def test_a_whole_number_that_does_not_fit_is_null_and_never_another_number(spark: Engine, text: str) -> None:
    assert spark.rows(f"select {scalar(text)}") == [(None,)]


#: A clock for each zone of the list and quarter of a year, as one number a zone.
_CLOCKS = """
with zones as (select explode(array({names})) as zone),
days as (select explode(sequence(date '1980-01-15', date '2026-01-15', interval 3 months)) as day),
clocks as (
    select zone, datediff(day, date '1980-01-01') as number,
        timestampdiff(second, cast(day as timestamp), from_utc_timestamp(cast(day as timestamp), zone)) as seconds
    from zones cross join days
)
select zone, sum(number % 997 * seconds) as checksum from clocks group by zone
"""


def test_every_zone_has_the_same_clock_on_both_engines(spark: Engine) -> None:
    query = sql.parse(_CLOCKS.format(names=", ".join(f"'{name}'" for name in zone_names())))
    sql.check(query)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        expected = connection.execute(sql.translate(query, sql.DUCKDB)).fetchall()
    assert sorted(spark.rows(sql.translate(query, sql.SPARK))) == sorted(expected)
    assert len(expected) == len(zone_names())


def test_names_of_other_scripts_are_quoted_as_spark_wants_them() -> None:
    text = sql.translate(sql.parse("select 编号 as `größe`, plain from bronze.goods"), sql.SPARK)
    assert text == "SELECT `编号` AS `größe`, plain FROM bronze.goods"
