"""Gold tables in memory, brought up to date as the platform does it: the buckets that a change reaches, each whole.

Neighbours are computed apart, from just the buckets of their inputs that the contract names, so a contract that says
too little shows. `whole` computes the same tables in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import duckdb

from marketpulse import sql
from marketpulse.project.table import Table
from tests.retail.lab import Row, fill, packaged, typed

Rows = dict[str, list[tuple[Any, ...]]]


class Gold:
    """Gold tables over the rows of silver tables; `add` brings rows, and everything up to date."""

    def __init__(self, tables: Sequence[str], sources: Sequence[str]) -> None:
        self.connection = duckdb.connect()
        self.tables = [packaged().table(name) for name in tables]
        for table in self.tables:
            for name in (*table.inputs, *sources):
                self._have(name)
            self._have(table.name)

    def _have(self, name: str) -> None:
        if not self.connection.execute("select 1 from duckdb_tables() where table_name = ?", [_bound(name)]).fetchall():
            fill(self.connection, name, ())

    def add(self, source: str, rows: Iterable[Row]) -> None:
        """Rows of a silver table arrive."""
        self._replace(source, lambda: self._insert(source, rows))
        changed = {source}
        for table in self.tables:
            if not changed & set(table.inputs):
                continue
            days = self._touched(table, changed)
            self._replace(table.name, lambda table=table, days=days: self._build(table, days))
            changed.add(table.name)
        for name in changed:
            self.connection.execute(f"drop table before_{_bound(name)}")

    def rows(self) -> Rows:
        """What the tables hold, in order."""
        return {table.name: self._sorted(_bound(table.name)) for table in self.tables}

    def whole(self) -> Rows:
        """What building every table whole, one after the other, gives."""
        for table in self.tables:
            self._build(table, None)
        return self.rows()

    def _sorted(self, name: str) -> list[tuple[Any, ...]]:
        return sorted(self.connection.execute(f"select * from {name}").fetchall(), key=repr)

    def _insert(self, name: str, rows: Iterable[Row]) -> None:
        fill(self.connection, name, rows, "arrived")
        self.connection.execute(f"insert into {_bound(name)} select * from arrived")
        self.connection.execute("drop table arrived")

    def _replace(self, name: str, change: Any) -> None:
        self.connection.execute(f"create table before_{_bound(name)} as from {_bound(name)}")
        change()

    def _touched(self, table: Table, changed: set[str]) -> set[date] | None:
        """Buckets that the changes reach; None for all."""
        found: set[date] = set()
        for name in changed & set(table.inputs):
            rule = table.contract.input_rule(name)
            if not self._compare(name):
                continue
            if rule is None or table.contract.partition is None:
                return None
            if rule.touches:
                found |= self._asked(rule.touches)
            else:
                days = self.connection.execute(f"select distinct {rule.column} from changed").fetchall()
                found |= _shifted({day for (day,) in days}, rule.after, rule.before)
        return found

    def _compare(self, name: str) -> bool:
        """Make `added`, `removed` and `changed` of a table; whether there is a change."""
        now, before = _bound(name), f"before_{_bound(name)}"
        self.connection.execute(f"create or replace temp table added as from {now} except all from {before}")
        self.connection.execute(f"create or replace temp table removed as from {before} except all from {now}")
        self.connection.execute("create or replace temp table changed as from added union all from removed")
        return self.connection.execute("select count(*) from changed").fetchall() != [(0,)]

    def _asked(self, touches: str) -> set[date]:
        query = sql.parse(touches)
        views = ("added", "removed", "changed")
        names = {name: name if name in views else _bound(name) for name in sql.inputs(query, views)}
        for name in set(names) - set(views):
            self._have(name)
        return {row[0] for row in self.connection.execute(sql.translate(query, sql.DUCKDB, names)).fetchall()}

    def _build(self, table: Table, days: set[date] | None) -> None:
        target, partition = _bound(table.name), table.contract.partition
        if days is None or partition is None:
            self.connection.execute(f"create or replace temp table built as {self._query(table, None)}")
            self.connection.execute(f"delete from {target}")
            self.connection.execute(f"insert into {target} from built")
            return
        for part in range(3):
            chosen = sorted(days)[part::3]
            within = f"{partition} in ({_days(chosen)})"
            query = f"select * from ({self._query(table, chosen)}) where {within}"
            self.connection.execute(f"create or replace temp table built as {query}")
            self.connection.execute(f"delete from {target} where {within}")
            self.connection.execute(f"insert into {target} from built")

    def _query(self, table: Table, days: list[date] | None) -> str:
        """The model over its inputs, or over the buckets of them that some buckets read."""
        names = {}
        for name in table.queries["model"].inputs:
            rule = table.contract.input_rule(name)
            names[name] = _bound(name)
            if days is not None and rule is not None and rule.column:
                read = _days(_shifted(set(days), rule.before, rule.after))
                names[name] = f"read_{_bound(name)}"
                view = f"create or replace temp view {names[name]} as select * from {_bound(name)}"
                self.connection.execute(f"{view} where {rule.column} in ({read})")
        return _translated(table.name, tuple(names.items()))


def _days(days: Iterable[date]) -> str:
    return ", ".join(f"date '{day}'" for day in sorted(days)) or "null"


@cache
def _translated(table: str, names: tuple[tuple[str, str], ...]) -> str:
    found = packaged().table(table)
    return typed(found.contract.types, sql.translate(found.queries["model"].query, sql.DUCKDB, dict(names)))


def _bound(name: str) -> str:
    return name.replace(".", "_")


def _shifted(days: set[date], back: int, on: int) -> set[date]:
    return {day + timedelta(days=n) for day in days for n in range(-back, on + 1)}
