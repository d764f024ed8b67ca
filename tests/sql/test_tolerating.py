"""A value that cannot be computed with is one row's problem, and the row says of which column."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketpulse import sql
from marketpulse.engines.duckdb import DuckEngine
from marketpulse.errors import ValueStopsError

#: Expressions over texts, and the numbers of the rows that no engine computes; the others keep their value.
STOPPED: list[tuple[str, list[int]]] = [
    ("cast(n as bigint) * 1000", [1, 2]),
    ("cast(n as bigint) + 1", [1]),
    ("-cast(n as bigint)", [2]),
    ("abs(cast(n as bigint))", [2]),
    ("timestamp_millis(cast(n as bigint))", [1, 2]),
    ("timestamp_seconds(cast(n as bigint))", [1, 2]),
    ("date_add(date '2020-01-01', cast(n as int))", [3]),
    ("cast(d as decimal(38,0)) + 1", []),
    ("coalesce(cast(n as bigint) * 1000, 0)", [1, 2]),
    ("case when n = '7' then 7 else cast(n as bigint) * 1000 end", [1, 2]),
    ("cast(n as bigint) * 1000 + 1 > 0", [1, 2]),
    ("lpad(s, 5, s)", [2]),
    ("s like s", [3]),
    ("map(s, 1, d, 2)['a']", [1, 4]),
    ("upper(s)", []),
]
ROWS = [
    ("7", "2020-01-01", "x"),
    ("9223372036854775807", "9999-12-31", "9999-12-31"),
    ("-9223372036854775808", "9999-12-31", ""),
    ("2147483647", "abc", "abc\\"),
    (None, None, None),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    found = DuckEngine.open(256, 1, tmp_path_factory.mktemp("scratch"))
    values = ", ".join(f"({i}, {', '.join('null' if v is None else sql.DUCKDB.text(v) for v in row)})"
                       for i, row in enumerate(ROWS))  # fmt: skip
    found.rows("create table landed as select i, n::varchar as n, d::varchar as d, s::varchar as s"
               f" from (values {values}) as v(i, n, d, s)")  # fmt: skip
    yield found
    found.close()


def _asked(query: str) -> tuple[str, list[str]]:
    tree, unfit = sql.tolerant(sql.parse(query), "bronze.x", sql.DUCKDB)
    return sql.translate(tree, sql.DUCKDB, {"bronze.x": "landed"}), list(dict.fromkeys(each.mark for each in unfit))


@pytest.mark.parametrize(("expression", "stopped"), STOPPED)
def test_rows_that_stop_an_engine_are_marked_and_the_others_are_as_they_were(
    engine: DuckEngine, expression: str, stopped: list[int]
) -> None:
    query = f"select i as i, {expression} as v from bronze.x"
    text, marks = _asked(query)
    rows = engine.rows(f"select * from ({text}) order by i")
    assert marks == ["_unfit_0"]
    assert [row[0] for row in rows if row[2] == "v"] == stopped
    if stopped:
        with pytest.raises(ValueStopsError):
            engine.rows(sql.translate(query, sql.DUCKDB, {"bronze.x": "landed"}))
    kept = f"select * from landed where i not in ({', '.join(map(str, stopped)) or -1})"
    with engine.scope():
        strict = engine.rows(sql.translate(query, sql.DUCKDB, {"bronze.x": engine.define("kept", kept).name}))
    assert [row[:2] for row in rows if row[0] not in stopped] == strict


def test_a_row_that_the_filter_stops_at_is_kept_and_marked(engine: DuckEngine) -> None:
    text, marks = _asked("select i as i from bronze.x where abs(cast(n as bigint)) > 8")
    assert marks == ["_unfit_0"]
    assert engine.rows(f"select * from ({text}) order by i") == [(1, None), (2, "where"), (3, None)]


def test_steps_pass_on_what_they_could_not_compute(engine: DuckEngine) -> None:
    query = """
        with big as (select *, cast(n as bigint) * 1000 as big from bronze.x),
        named as (select i, big, s from big)
        select i as i, coalesce(big, 0) as v, s like s as w from named where i < 4"""
    text, marks = _asked(query)
    assert marks == ["_unfit_0", "_unfit_2"]
    assert engine.rows(f"select i, {', '.join(marks)} from ({text}) order by i") == [
        (0, None, None), (1, None, "big"), (2, None, "big"), (3, "w", None),
    ]  # fmt: skip


def test_what_is_taken_as_it_came_costs_nothing() -> None:
    query = sql.parse("select id, n as qty, 'x' as kind from bronze.x")
    assert sql.tolerant(query, "bronze.x", sql.DUCKDB) == (query, ())


def test_spark_marks_numbers_that_would_wrap_around() -> None:
    tree, unfit = sql.tolerant(
        sql.parse("select trim(id) as id, cast(n as bigint) * 2 as n from bronze.x"), "bronze.x", sql.SPARK
    )
    assert [each.column for each in unfit] == ["n"]
    n = "IF(TYPEOF(n) = 'string', CAST(n AS BIGINT), TRY_CAST(n AS BIGINT))"
    assert sql.translate(tree, sql.SPARK, {}) == (
        f"SELECT TRIM(id) AS id, TRY_MULTIPLY({n}, 2) AS n, "
        f"CASE WHEN (NOT ({n} * 2) IS NULL AND (TRY_MULTIPLY({n}, 2)) IS NULL) THEN 'n' END AS _unfit_0 FROM bronze.x"
    )
