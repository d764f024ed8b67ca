"""Names of time zones: one list for both engines."""

from __future__ import annotations

import duckdb
import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.sql.zones import zone_names


def refused(text: str) -> str:
    with pytest.raises(DefinitionError) as caught:
        sql.check(sql.parse(f"select {text} as x from silver.a"))
    return str(caught.value)


def test_every_name_is_one_that_duckdb_knows() -> None:
    with duckdb.connect() as connection:
        known = {row[0] for row in connection.execute("select name from pg_timezone_names()").fetchall()}
    assert set(zone_names()) <= known
    assert list(zone_names()) == sorted(set(zone_names()))
    assert len(zone_names()) == 590


@pytest.mark.parametrize("call", ["from_utc_timestamp(t, {})", "to_utc_timestamp(t, {})", "convert_timezone({}, t)"])
def test_a_zone_that_is_written_down_and_is_none_is_refused(call: str) -> None:
    told = refused(call.format("'Europe/Belin'"))
    assert told.endswith("'Europe/Belin' is not the name of a time zone (did you mean Europe/Berlin?)")


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("+05:30", "write a name such as Europe/Berlin, or UTC"),
        ("", "write a name such as Europe/Berlin, or UTC"),
        ("utc", "did you mean UTC?"),
    ],
)
def test_what_only_one_engine_takes_for_a_zone_is_refused_with_a_way_out(zone: str, hint: str) -> None:
    assert refused(f"from_utc_timestamp(t, '{zone}')").endswith(f"{zone!r} is not the name of a time zone ({hint})")


def test_a_setting_that_is_no_zone_is_named() -> None:
    query = sql.parse("select from_utc_timestamp(t, setting('home')) as x from silver.a")
    with pytest.raises(DefinitionError, match="setting home: 'Berlin' is not the name of a time zone"):
        sql.check(sql.with_settings(query, {"home": "Berlin"}))
    sql.check(sql.with_settings(query, {"home": "Europe/Berlin"}))


def test_the_zone_of_the_machine_is_refused() -> None:
    assert "name the zone" in refused("current_timezone()")


def test_utc_costs_nothing() -> None:
    query = sql.parse("select from_utc_timestamp(t, 'UTC') as x from silver.a")
    assert "timezone" not in sql.translate(query, sql.DUCKDB)
