"""What clients say and hear: queries, parameters, transactions, cursors, errors."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Timer
from typing import Any

import asyncpg
import psycopg
import pytest

from marketpulse.metrics.question import Question, Span
from marketpulse.serving.metrics import ask
from tests.shop import MiniShop
from tests.wire.house import Raw, Wire, peopled, said, wired

SLOW = "select count(*) from range(100000) a, range(100000) b, range(100000) c where a.range + b.range > c.range"


def refused(wire: Wire, query: str, *given: Any) -> psycopg.Error:
    with wire.connect() as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(query, given or None)
    return caught.value


@pytest.mark.parametrize("binary", [False, True])
def test_rows_of_tables_have_their_types(wire: Wire, binary: bool) -> None:
    lines = wire.rows("select id, day, qty, amount from silver.sales order by day, qty", binary=binary)
    assert lines == [
        ("ada", date(2026, 1, 1), 1, Decimal("1.5000")),
        ("eve", date(2026, 1, 2), 2, Decimal("-0.0001")),
        ("bob", date(2026, 1, 2), 7, Decimal("20.2500")),
    ]
    assert all(type(row[3]) is Decimal and row[3].as_tuple().exponent == -4 for row in lines)
    (click,) = wire.rows("select event_at, name from silver.clicks", binary=binary)
    assert click == (datetime(2026, 1, 1, 10, 0, 1, 250_000, tzinfo=UTC), "view")


@pytest.mark.parametrize("binary", [False, True])
def test_parameters_are_values_and_never_text_of_the_query(wire: Wire, binary: bool) -> None:
    query = "select id from silver.sales where day = %b and amount > %b and qty = any(%b) and id <> %b order by id"
    given = (date(2026, 1, 2), Decimal("-0.00005"), [2, 7], "' or 1=1 --")
    if not binary:
        query = query.replace("%b", "%s")
    assert wire.rows(query, *given) == [("bob",)]
    assert wire.rows("select %s, %s::date, %s::int + 1, %s", "it's", date(2026, 1, 1), 1, None) == [
        ("it's", date(2026, 1, 1), 2, None)
    ]
    assert wire.rows("select '%%s $1', count(*) from silver.sales where id = any(%s)", ["ada", 'b"ob', "{eve}"]) == [
        ("%s $1", 1)
    ]


def test_personal_columns_are_hidden_as_query_hides_them_and_that_is_told(wire: Wire, stewards: Wire) -> None:
    told: list[str | None] = []
    with wire.connect() as connection:
        connection.add_notice_handler(lambda found: told.append(found.message_primary))
        cursor = connection.execute("select * from gold.dim_buyer")
    assert [column.name for column in cursor.description or ()] == ["buyer_id", "pieces"]
    assert not any("ada" in str(row) for row in cursor.fetchall())
    assert "not shown of gold.dim_buyer: email" in str(told)
    assert refused(wire, "select email from gold.dim_buyer").sqlstate == "42501"
    assert ("ada@people.example",) in stewards.rows("select email from gold.dim_buyer")


@pytest.mark.parametrize(
    ("query", "sqlstate", "words"),
    [
        ("insert into silver.sales values (1)", "25006", "read-only"),
        ("create table x as select 1", "25006", "read-only"),
        ("copy silver.sales to stdout", "25006", "read-only"),
        ("with a as (select 1) delete from silver.sales", "25006", "read-only"),
        ("select * from silver.slaes", "42P01", "did you mean silver.sales"),
        ("select amuont from silver.sales", "42703", "did you mean amount"),
        ("select smu(1)", "42883", "there is no function smu"),
        ("selec 1", "42000", "syntax error"),
        ("select * from read_text('/etc/passwd')", "42000", "no table of this warehouse"),
        ("select cast('x' as int)", "42000", "Could not convert"),
        ("show nothing", "42704", "no setting"),
        ("set client_encoding to 'latin1'", "0A000", "utf8"),
        ("declare c cursor for select 1", "25P01", "transaction"),
        ("fetch 1 from nothing", "34000", "no cursor"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code_in_the_words_of_query(
    wire: Wire, query: str, sqlstate: str, words: str
) -> None:
    error = refused(wire, query)
    assert error.sqlstate == sqlstate
    assert words.lower() in str(error).lower()


def test_a_metric_has_one_number_here_and_everywhere(wire: Wire, people: MiniShop) -> None:
    with people.open() as context:
        for name in ("lines", "pieces", "sizes", "pieces_per_line"):
            answer = ask(context, Question((name,), grain="day", span=Span(everything=True)))
            days = {line.period: line.values[0] for line in answer.lines}
            whole = "sum" if name in ("lines", "pieces") else "max"
            found = wire.rows(f"select period, {whole}({name}) from metrics.{name} group by period")
            assert dict(found) == days != {}
        (total,) = ask(context, Question(("total",), span=Span(everything=True))).lines
    assert wire.rows("select * from metrics.total") == [total.values]


def test_a_transaction_sees_one_state_until_it_ends(tmp_path: Path) -> None:
    shop = peopled(tmp_path)
    count = "select count(*) from silver.sales"
    with wired(shop) as wire, psycopg.connect(wire.url) as connection:
        assert connection.execute(count).fetchone() == (3,)
        shop.land_sales("2026-01-03", "fay,2026-01-03,1,1")
        shop.run()
        assert connection.execute(count).fetchone() == (3,)
        assert wire.rows(count) == [(4,)]
        connection.commit()
        assert connection.execute(count).fetchone() == (4,)


def test_a_transaction_that_failed_takes_nothing_until_it_ends(wire: Wire) -> None:
    with psycopg.connect(wire.url) as connection:
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("select * from silver.nothing")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="rollback ends it"):
            connection.execute("select 1")
        connection.rollback()
        assert connection.execute("select 1").fetchone() == (1,)


def test_statements_of_one_text_are_answered_in_turn_up_to_one_that_fails(wire: Wire) -> None:
    with Raw(wire) as raw:
        raw.enter()
        raw.message(b"Q", b"begin; select 1 as a; select ';' as b; selec; select 2\0")
        heard = raw.until_ready()
        assert [letter for letter, _ in heard] == [b"C", b"T", b"D", b"C", b"T", b"D", b"C", b"E"]
        assert said(heard[-1][1])["S"] == "ERROR"
        raw.message(b"Q", b" ; -- nothing\n\0")
        assert [letter for letter, _ in raw.until_ready()] == [b"I"]


def test_few_results_may_wait_for_their_reader_those_of_the_catalogue_too(wire: Wire) -> None:
    for query in ("select * from range(9)", "select * from pg_attribute"):
        with Raw(wire) as raw:
            raw.enter()
            for number in range(4):
                name = str(number).encode() + b"\0"
                raw.message(b"P", b"\0" + query.encode() + b"\0" + struct.pack("!h", 0))
                raw.message(b"B", name + b"\0" + struct.pack("!hhh", 0, 0, 0))
                raw.message(b"E", name + struct.pack("!i", 1))
            raw.message(b"S")
            heard = raw.until_ready()
            assert [letter for letter, _ in heard] == [b"1", b"2", b"D", b"s"] * 2 + [b"1", b"E"]
            assert said(heard[-1][1])["C"] == "53000"


def test_after_an_error_everything_up_to_sync_is_skipped(wire: Wire) -> None:
    parse = b"\0select * from silver.nothing\0" + struct.pack("!h", 0)
    bind = b"\0\0" + struct.pack("!hhh", 0, 0, 0)
    with Raw(wire) as raw:
        raw.enter()
        raw.message(b"P", parse)
        raw.message(b"B", bind)
        raw.message(b"E", b"\0" + struct.pack("!i", 0))
        raw.message(b"S")
        assert [letter for letter, _ in raw.until_ready()] == [b"1", b"E"]
        raw.message(b"P", b"\0select 7\0" + struct.pack("!h", 0))
        raw.message(b"B", bind)
        raw.message(b"E", b"\0" + struct.pack("!i", 0))
        raw.message(b"S")
        assert [letter for letter, _ in raw.until_ready()] == [b"1", b"2", b"D", b"C"]


def test_a_result_is_read_piece_by_piece_by_a_cursor_and_by_a_portal(wire: Wire) -> None:
    with psycopg.connect(wire.url) as connection, connection.cursor(name="some") as cursor:
        cursor.itersize = 700
        cursor.execute("select * from range(2500)")
        assert sum(row[0] for row in cursor) == sum(range(2500))
    bound = b"\0\0" + struct.pack("!hhh", 0, 0, 0)
    with Raw(wire) as raw:
        raw.enter()
        raw.message(b"P", b"\0select * from range(5)\0" + struct.pack("!h", 0))
        raw.message(b"B", bound)
        for most in (2, 2, 2):
            raw.message(b"E", b"\0" + struct.pack("!i", most))
        raw.message(b"S")
        letters = b"".join(letter for letter, _ in raw.until_ready())
        assert letters == b"12DDsDDsDC"


def test_a_query_is_stopped_by_who_asked_it_and_by_its_time(wire: Wire) -> None:
    with wire.connect() as connection:
        # `cancel` would hold the interpreter, in which the server runs, too.
        Timer(0.3, connection.cancel_safe).start()
        with pytest.raises(psycopg.errors.QueryCanceled, match="whoever asked it"):
            connection.execute(SLOW)
        connection.execute("set statement_timeout = '200ms'")
        with pytest.raises(psycopg.errors.QueryCanceled, match="stopped after 200 ms"):
            connection.execute(SLOW)
        connection.execute("reset all")
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_result_that_is_too_long_ends_in_an_error_and_not_in_fewer_rows(people: MiniShop) -> None:
    few = replace(people.settings, query_rows=20_000)
    with wired(people, settings=few) as wire, pytest.raises(psycopg.Error, match="more than 20,000 rows") as caught:
        wire.rows("select * from range(100000)")
    assert caught.value.sqlstate == "54000"


def test_what_drivers_say_around_queries_is_answered(wire: Wire) -> None:
    with wire.connect() as connection:
        for text, tag in {
            "begin isolation level serializable read only": "BEGIN",
            "savepoint a": "SAVEPOINT",
            "rollback to savepoint a": "ROLLBACK",
            "release savepoint a": "RELEASE",
            "commit": "COMMIT",
            "set session characteristics as transaction read only": "SET",
            "set extra_float_digits = 3": "SET",
            "deallocate all": "DEALLOCATE",
            "discard all": "DISCARD",
            "reset all": "RESET",
            "close all": "CLOSE CURSOR",
            "unlisten *": "UNLISTEN",
        }.items():
            assert connection.execute(text).statusmessage == tag
        assert connection.execute("show time zone").fetchone() == ("UTC",)
        assert ("gold.agg_daily", 2) in connection.execute("show tables from gold").fetchall()
        prepared = "select %s::int + qty from silver.sales order by 1"
        for number in range(8):
            found = connection.execute(prepared, (number,), prepare=True).fetchone()
            assert found == (number + 1,)


def test_asyncpg_describes_binds_and_reads_in_binary(wire: Wire) -> None:
    async def read() -> list[Any]:
        connection = await asyncpg.connect(wire.url)
        try:
            query = "select id, day, amount, [qty, null] as pair from silver.sales where day = $1::date order by id"
            found = [tuple(row) for row in await connection.fetch(query, date(2026, 1, 2))]
            async with connection.transaction():
                found.append([row[0] async for row in connection.cursor("select * from range(120)")])
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await connection.execute("drop table silver.sales")
            return found
        finally:
            await connection.close()

    bob, eve, numbers = asyncio.run(read())
    assert bob == ("bob", date(2026, 1, 2), Decimal("20.2500"), [7, None])
    assert eve[2] == Decimal("-0.0001")
    assert numbers == list(range(120))
