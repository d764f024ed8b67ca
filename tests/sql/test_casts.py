"""A value of any kind as the type of a contract, or null."""

from __future__ import annotations

import duckdb
import pytest

from marketpulse import sql


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("' 7 '", "long", 7),
        ("'7.5'", "long", None),
        ("7.5::double", "long", None),
        ("7.0::decimal(3, 1)", "int", 7),
        ("7::bigint", "long", 7),
        ("'1.005'", "decimal(10,2)", None),
        ("1.005::double", "decimal(10,2)", None),
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
    assert sql.SPARK.typed("`v`", "date") == "try_cast(`v` as date)"
