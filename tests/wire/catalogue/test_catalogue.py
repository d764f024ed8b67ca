"""The catalogue, as drivers and psql ask for it: what may be seen, with types, keys and descriptions."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.wire.house import Wire

#: What a person types in psql, and what must stand in the answer.
TYPED = {
    r"\l": ["mini"],
    r"\dn": ["gold", "silver", "metrics"],
    r"\dt": ["dim_buyer", "fct_lines", "sales"],
    r"\dt gold.*": ["dim_buyer", "fct_lines"],
    r"\dv": ["lines", "pieces_per_line"],
    r"\d gold.dim_buyer": ["buyer_id", "pieces", "bigint", "PRIMARY KEY, btree (buyer_id)"],
    r"\d silver.sales": ["amount", "numeric(18,4)", "date", "not null"],
    r"\d+ metrics.lines": ["Lines.", "period", "size"],
    r"\dt+ gold.dim_buyer": ["dim_buyer"],
    r"\du": ["marketpulse"],
    r"\df": ["0 rows"],
    r"\di": ["dim_buyer_pkey"],
    r"\dp": ["dim_buyer"],
    r"\dx": ["0 rows"],
    r"\dT": ["0 rows"],
    r"\conninfo": ['database "mini"'],
}


@pytest.fixture(scope="module")
def engine(wire: Wire) -> Iterator[sa.Engine]:
    found = sa.create_engine(wire.url.replace("postgresql", "postgresql+psycopg"))
    yield found
    found.dispose()


def test_sqlalchemy_reflects_tables_with_types_keys_and_descriptions(engine: sa.Engine) -> None:
    seen = sa.inspect(engine)
    assert {"gold", "silver", "metrics"} <= set(seen.get_schema_names())
    assert "fct_lines" in seen.get_table_names("gold")
    assert set(seen.get_view_names("metrics")) == {"lines", "pieces", "sizes", "total", "pieces_per_line"}
    assert seen.get_pk_constraint("fct_lines", "gold")["constrained_columns"] == ["id"]
    columns = {each["name"]: each for each in seen.get_columns("sales", "silver")}
    assert str(columns["amount"]["type"]) == "NUMERIC(18, 4)"
    assert (columns["id"]["nullable"], columns["amount"]["nullable"]) == (False, True)
    clicked = {each["name"]: each["type"] for each in seen.get_columns("clicks", "silver")}["event_at"]
    assert (type(clicked).__name__, clicked.timezone) == ("TIMESTAMP", True)
    (value,) = [each for each in seen.get_columns("lines", "metrics") if each["name"] == "lines"]
    assert value["comment"] == "Lines. Unit: count; it adds up."
    assert seen.get_table_comment("lines", "metrics")["text"] == value["comment"]
    everything = sa.MetaData()
    everything.reflect(engine, schema="gold")
    table = everything.tables["gold.fct_lines"]
    query = sa.select(table.c.day, sa.func.sum(table.c.qty)).where(table.c.size == "small").group_by(table.c.day)
    with engine.connect() as connection:
        assert sorted(qty for _, qty in connection.execute(query)) == [1, 2]


def test_hidden_columns_and_tables_of_which_nothing_is_public_are_not_in_the_catalogue(
    engine: sa.Engine, wire: Wire, stewards: Wire
) -> None:
    seen = sa.inspect(engine)
    assert [each["name"] for each in seen.get_columns("dim_buyer", "gold")] == ["buyer_id", "pieces"]
    assert "pseudonym" in str(seen.get_columns("dim_buyer", "gold")[0]["comment"])
    assert not seen.has_table("sales", "bronze")
    query = "select count(*) from pg_catalog.pg_attribute where attname = 'email'"
    assert (wire.rows(query), stewards.rows(query)) == ([(0,)], [(1,)])
    query = "select table_name from information_schema.tables where table_schema = 'bronze' and table_name = 'sales'"
    assert (wire.rows(query), stewards.rows(query)) == ([], [("sales",)])


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("select current_database(), current_schema(), current_user", ("mini", "gold", "analyst")),
        ("select 'gold.dim_buyer'::regclass::oid = to_regclass('gold.dim_buyer')", (True,)),
        ("select c.oid::regclass::text from pg_class c where relname = 'dim_buyer'", ("gold.dim_buyer",)),
        ("select format_type(1700, 1179656), 'int8'::regtype::oid", ("numeric(18,4)", 20)),
        ("select format_type(oid, null), typname from pg_type where oid = 20", ("bigint", "int8")),
        ("select obj_description(c.oid, 'pg_class') from pg_class c where relname = 'lines'",
         ("Lines. Unit: count; it adds up.",)),
        ("select count(*) from pg_type where typname = 'numeric' and typnamespace = 11", (1,)),
        ("select typname, typreceive from pg_catalog.pg_type where (typreceive != 0 or typsend != 0) and"
         " typreceive::text != 'array_recv' and oid = 1700", ("numeric", "numeric_recv")),
        ("select current_setting('server_version_num')::int >= 150000", (True,)),
        ("select setting from pg_settings where name = 'max_index_keys'", ("32",)),
        ("select relname from pg_class where relname operator(pg_catalog.~) '^(dim_b.*)$'::text"
         " collate pg_catalog.default and relkind = any(array['r','v'])", ("dim_buyer",)),
        ("select has_table_privilege('gold.x', 'SELECT'), has_table_privilege('gold.x', 'INSERT')", (True, False)),
        ("select numeric_precision, numeric_scale, is_nullable from information_schema.columns"
         " where table_name = 'sales' and column_name = 'amount' and table_schema = 'silver'", (18, 4, "YES")),
    ],
)  # fmt: skip
def test_what_the_catalogue_is_asked_is_answered(wire: Wire, query: str, row: tuple[object, ...]) -> None:
    assert wire.rows(query) == [row]


def test_psql_shows_what_there_is(wire: Wire) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("psql is not installed: apt-get install postgresql-client")
    command = [psql, wire.url, "-X", "-v", "ON_ERROR_STOP=1"]
    for number, typed in enumerate(TYPED):
        command += ["-c", rf"\echo >>>{number}", "-c", typed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split(">>>")[1:]
    for (typed, words), answer in zip(TYPED.items(), answers, strict=True):
        assert [word for word in words if word not in answer] == [], (typed, answer)
    assert "email" not in done.stdout
