"""Run one packaged model on a handful of rows: what goes in and what must come out stand side by side.

`build` fills each input of the model with the given rows (columns that a row does not name are null), runs the model
on DuckDB as the platform does, and gives the wanted columns as tuples in the order of the table's key.
Dates and timestamps are texts on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import yaml

from marketpulse import sql
from marketpulse.project.project import Project, load_project

Row = Mapping[str, Any]
_KINDS = {"long": "bigint", "string": "varchar"}


@cache
def packaged() -> Project:
    """The project that ships with the package."""
    return load_project()


@cache
def shop(**settings: str | int) -> Project:
    """The packaged project for a shop with settings of its own."""
    with TemporaryDirectory() as folder:
        text = yaml.safe_dump({"name": "shop", "extends": "retail", "settings": settings})
        (Path(folder) / "project.yaml").write_text(text, encoding="utf-8")
        return load_project(Path(folder))


def rows_of(table: str, inputs: Mapping[str, Iterable[Row]], project: Project | None = None) -> list[Row]:
    """Every row of a gold table built from these rows, as an input of another."""
    names = list(packaged().table(table).contract.types)
    return [dict(zip(names, row, strict=True)) for row in build(table, ", ".join(names), inputs, project)]


def sessions(columns: str, *clicks: Row, **others: tuple[Row, ...]) -> list[tuple[Any, ...]]:
    """Sessions in the order they started, of one moment by visitor; other inputs of gold by their names."""
    names = f"started_at, visitor_id, {columns}"
    arrivals = rows_of("gold.fct_arrivals", {"silver.clicks": clicks})
    inputs = {"silver.clicks": clicks, "gold.fct_arrivals": arrivals}
    rows = build("gold.fct_sessions", names, inputs | {f"gold.{name}": rows for name, rows in others.items()})
    return [row[2:] for row in sorted(rows, key=lambda row: row[:2])]


def build(
    table: str, columns: str, inputs: Mapping[str, Iterable[Row]], project: Project | None = None
) -> list[tuple[Any, ...]]:
    """Wanted columns of a gold table built from these rows; inputs that are not named are empty.

    `project` is another than the packaged one, with settings of its own.
    """
    found = (project or packaged()).table(table)
    model = found.queries["model"]
    assert set(inputs) <= set(model.inputs), f"{table} reads {model.inputs}"
    with duckdb.connect(config={"threads": 1}) as connection:
        names = {name: fill(connection, name, inputs.get(name, ())) for name in model.inputs}
        query = sql.translate(model.query, sql.DUCKDB, names)
        connection.execute(f"create temp table built as {typed(found.contract.types, query)}")
        broken = [rule for rule in found.contract.row_rules("fail") if _breaks(connection, "built", rule.condition)]
        assert broken == []
        key = ", ".join(found.contract.key)
        rows = connection.execute(f"select {columns} from built order by {key}").fetchall()
    return [tuple(_plain(value) for value in row) for row in rows]


def noted(title: str, inputs: Mapping[str, Iterable[Row]]) -> list[tuple[Any, ...]]:
    """Notes of a headline of the pack over these rows."""
    query = next(each for each in packaged().headlines if each.title == title).notes
    assert query is not None
    with duckdb.connect(config={"threads": 1}) as connection:
        names = {name: fill(connection, name, inputs[name]) for name in sql.inputs(query)}
        rows = connection.execute(sql.translate(query, sql.DUCKDB, names)).fetchall()
    return [tuple(_plain(value) for value in row) for row in rows]


def touched(table: str, source: str, before: Sequence[Row], after: Sequence[Row], inputs: Mapping[str, Iterable[Row]]):
    """Buckets of `table` that its contract rebuilds when `source` goes from the rows `before` to those `after`."""
    rule = packaged().table(table).contract.input_rule(source)
    assert rule is not None
    query = sql.parse(rule.touches or "")
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, rows in {"rows_before": before, "rows_after": after}.items():
            fill(connection, source, rows, name)
        connection.execute("create table added as from rows_after except all from rows_before")
        connection.execute("create table removed as from rows_before except all from rows_after")
        connection.execute("create table changed as from added union all from removed")
        changes = ("added", "removed", "changed")
        names = {
            name: fill(connection, name, after if name == source else inputs.get(name, ()))
            for name in sql.inputs(query, changes)
            if name not in changes
        }
        rows = connection.execute(sql.translate(query, sql.DUCKDB, names)).fetchall()
    return sorted({_plain(row[0]) for row in rows})


def fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[Row], view: str | None = None) -> str:
    """Make the table `name` with these rows; the name it is bound as."""
    types = packaged().table(name).contract.types
    bound = view or name.replace(".", "_")
    columns = ", ".join(f"{column} {_KINDS.get(kind, kind)}" for column, kind in types.items())
    connection.execute(f"create table {bound} ({columns})")
    for named, alike in groupby(rows, tuple):
        assert set(named) <= set(types), f"{name} has no {set(named) - set(types)}"
        places = ", ".join("?" for _ in named)
        values = [list(row.values()) for row in alike]
        connection.executemany(f"insert into {bound} ({', '.join(named)}) values ({places})", values)
    return bound


def typed(types: Mapping[str, str], query: str) -> str:
    """The query with the contract's types; an error where a decimal would lose digits, as the platform stops there."""
    columns = []
    for name, kind in types.items():
        cast = f"cast({name} as {_KINDS.get(kind, kind)})"
        lost = f"typeof({name}) like 'DECIMAL%' and {name} <> {cast}"
        columns.append(f"case when {lost} then error('{name} would lose digits') else {cast} end as {name}")
    return f"select {', '.join(columns)} from ({query})"


def _breaks(connection: duckdb.DuckDBPyConnection, table: str, condition: str | None) -> bool:
    holds = sql.condition(condition or "true", sql.DUCKDB)
    return connection.execute(f"select count(*) from {table} where not ({holds})").fetchall() != [(0,)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if value.microsecond == 0 else "microseconds")
    return value.isoformat() if isinstance(value, date) else value
