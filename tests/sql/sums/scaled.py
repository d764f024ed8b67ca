"""The cases' tables with rows in three currencies: as they are, or with every amount in a smaller unit of its currency.

Whatever adds amounts of one currency grows by the factor of that currency; a sum over several grows by none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import duckdb

from marketpulse import sql

FACTORS = {"EUR": 2, "USD": 3, "SEK": 5}
TYPES = {"items": "int[]", "is_return": "boolean", "currency": "varchar", "reporting_currency": "varchar"}
#: Amounts and the columns, or codes, of their currencies.
AMOUNTS = {
    "amount": "currency",
    "tax_amount": "currency",
    "reporting_amount": "reporting_currency",
    "list_amount": "EUR",
    "revenue": "currency",
    "price": "currency",
}
Row = Mapping[str, Any]


def rows_of_tables() -> dict[str, list[Row]]:
    """Rows by table, the same each time."""
    dice = Random(7)

    def amount() -> int:
        return dice.randrange(10**6, 10**9)

    def line(number: int) -> Row:
        keys = {"line_id": number, "order_id": number // 3, "store_id": number % 4, "sold_date": number % 5}
        amounts: dict[str, int | None] = {
            name: amount() for name in ("amount", "tax_amount", "reporting_amount", "list_amount")
        }
        if number % 5 == 0:  # a rate that is not known
            amounts["reporting_amount"] = None
        currencies = {name: dice.choice([*FACTORS]) for name in ("currency", "reporting_currency")}
        others = {"quantity": dice.randrange(1, 9), "is_return": bool(number % 2), "exchange_rate": 1, "items": [1, 2]}
        return {**keys, **amounts, **currencies, **others}

    return {
        "gold.lines": [line(number) for number in range(40)],
        "gold.orders": [
            {"order_id": number, "revenue": amount(), "currency": dice.choice([*FACTORS]), "day": number % 5}
            for number in range(2, 16)
        ],
        "gold.rates": [{"day": day, "currency": code, "rate": 1} for day in range(5) for code in FACTORS],
        "gold.prices": [
            {"product": number, "price": amount(), "currency": dice.choice([*FACTORS])} for number in range(9)
        ],
    }


@cache
def engine_with(is_scaled: bool) -> duckdb.DuckDBPyConnection:
    """An engine that has the tables."""
    engine = duckdb.connect()
    engine.execute("set threads = 1")
    for name, rows in rows_of_tables().items():
        columns = ", ".join(f"{column} {TYPES.get(column, 'bigint')}" for column in rows[0])
        engine.execute(f"create table {_called(name)} ({columns})")
        marks = ", ".join("?" * len(rows[0]))
        values = [list((_scaled(row) if is_scaled else row).values()) for row in rows]
        engine.executemany(f"insert into {_called(name)} values ({marks})", values)
    return engine


def answer(text: str, is_scaled: bool) -> list[tuple[Any, ...]]:
    """Rows of a query over the tables, in the order of what is no amount."""
    query = sql.parse(text)
    names = {name: _called(name) for name in sql.inputs(query)}
    found = engine_with(is_scaled).execute(sql.translate(query, sql.DUCKDB, names)).fetchall()
    return sorted(found, key=lambda row: [str(value) for value in row if not _is_large(value)])


def _called(name: str) -> str:
    return name.replace(".", "_")


def odd_growths(text: str) -> Iterator[float]:
    """By how much those numbers of an answer grow that grow by the factor of no currency."""
    for before, after in zip(answer(text, False), answer(text, True), strict=True):
        for small, large in zip(before, after, strict=True):
            if isinstance(small, int | float) and small and large is not None:
                growth = Fraction(large) / Fraction(small)
                if all(abs(growth - factor) > 1e-9 for factor in (1, *FACTORS.values())):
                    yield float(growth)


def _scaled(row: Row) -> Row:
    factors = {name: FACTORS[row.get(of, of)] for name, of in AMOUNTS.items() if name in row}
    return {name: value * factors[name] if value and name in factors else value for name, value in row.items()}


def _is_large(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) > 100
