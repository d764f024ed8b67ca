"""Gold tables in memory, brought up to date as the platform does it: the buckets that a change reaches, each whole, or
of a table that comes apart the rows of the values that changed, wherever that is known.

Neighbours are computed apart, from just the buckets of their inputs that the contract names, so a contract that says
too little shows. `whole` computes the same tables in one go, `alone` each bucket of one by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

import duckdb

from marketpulse import sql
from marketpulse.project.project import Project
from marketpulse.project.table import Table
from tests.retail.lab import Row, fill, packaged, typed

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Reached:
    """Days to build whole, and those of which only the rows of some `values` are."""

    whole: set[date] = field(default_factory=set)
    partly: set[date] = field(default_factory=set)
    values: set[Any] = field(default_factory=set)


class Gold:
    """Gold tables over the rows of silver tables; `add` brings rows, and everything up to date.

    `project` is another than the packaged one, with settings of its own; ask for it once.
    """

    def __init__(self, tables: Sequence[str], sources: Sequence[str] = (), project: Project | None = None) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 1")
        self.project = project or packaged()
        self.tables = [self.project.table(name) for name in tables]
        #: Tables of which only rows of some values were built.
        self.renewed: set[str] = set()
        for table in self.tables:
            for name in (*table.inputs, *sources):
                self._have(name)
            self._have(table.name)

    def _have(self, name: str) -> None:
        if not self.connection.execute("select 1 from duckdb_tables() where table_name = ?", [_bound(name)]).fetchall():
            fill(self.connection, name, ())

    def add(self, source: str, rows: Iterable[Row]) -> None:
        """Rows of a silver table arrive."""
        self.arrive({source: rows})

    def arrive(self, sources: Mapping[str, Iterable[Row]]) -> None:
        """Rows of silver tables arrive together."""
        self._change({name: partial(self._insert, name, rows) for name, rows in sources.items()})

    def leave(self, source: str, condition: str) -> None:
        """Rows of a silver table that meet a condition go, as those of a file that is taken back."""
        gone = f"delete from {_bound(source)} where {condition}"
        self._change({source: lambda: self.connection.execute(gone)})

    def _change(self, changes: Mapping[str, Callable[[], object]]) -> None:
        for name, change in changes.items():
            self._replace(name, change)
        changed = set(changes)
        for table in self.tables:
            if not changed & set(table.inputs):
                continue
            reached = self._touched(table, changed)
            if reached is not None and not reached.whole and not reached.partly:
                continue
            self._replace(table.name, lambda table=table, reached=reached: self._bring(table, reached))
            changed.add(table.name)

    def bring(self, sources: Mapping[str, Iterable[Row]]) -> None:
        """Rows of silver tables arrive together; build every table whole."""
        for name, rows in sources.items():
            self._insert(name, rows)
        self.whole()

    def rows(self) -> Rows:
        """What the tables hold, in order."""
        return {table.name: self._sorted(_bound(table.name)) for table in self.tables}

    def whole(self) -> Rows:
        """What building every table whole, one after the other, gives."""
        for table in self.tables:
            self._build(table, None)
        return self.rows()

    def alone(self, name: str) -> list[date]:
        """Buckets of a table, and those beside them, that are not alone what they are in the whole table."""
        table = self.project.table(name)
        partition, target = table.contract.partition, _bound(name)
        found = self.connection.execute(f"select distinct {partition} from {target}").fetchall()
        return [day for day in sorted(_shifted({day for (day,) in found}, 1, 1)) if self._differs(table, day)]

    def _differs(self, table: Table, day: date) -> bool:
        within = f"{table.contract.partition} = date '{day}'"
        whole = f"select * from {_bound(table.name)} where {within}"
        self.connection.execute(
            f"create or replace temp table built as select * from ({self._query(table, [day])}) where {within}"
        )
        differ = f"(from built except all {whole}) union all ({whole} except all from built)"
        return bool(self.connection.execute(differ).fetchall())

    def _sorted(self, name: str) -> list[tuple[Any, ...]]:
        return sorted(self.connection.execute(f"select * from {name}").fetchall(), key=repr)

    def _insert(self, name: str, rows: Iterable[Row]) -> None:
        """Rows of a silver table, of one key the last."""
        key = self.project.table(name).contract.key
        fill(self.connection, name, {tuple(row[each] for each in key): row for row in rows}.values(), "arrived")
        same = " and ".join(f"old.{each} = new.{each}" for each in key)
        self.connection.execute(f"delete from {_bound(name)} as old using arrived as new where {same}")
        self.connection.execute(f"insert into {_bound(name)} select * from arrived")
        self.connection.execute("drop table arrived")

    def _replace(self, name: str, change: Callable[[], object]) -> None:
        """Change a table, and keep what came and went."""
        now = _bound(name)
        self.connection.execute(f"create or replace temp table before as from {now}")
        change()
        for kind, one, other in (("added", now, "before"), ("removed", "before", now)):
            self.connection.execute(f"create or replace temp table {kind}_{now} as from {one} except all from {other}")

    def apart(self, name: str, most: int = 4) -> list[Any]:
        """Values by which a table comes apart whose rows, made alone, are not those of the whole table."""
        table = self.project.table(name)
        own, target = table.contract.apart, _bound(name)
        found = self.connection.execute(f"select distinct {own} from {target} order by 1 limit {most}").fetchall()
        return [value for (value,) in found if self._differs_of(table, value)]

    def _differs_of(self, table: Table, value: Any) -> bool:
        self._choose([value])
        self.connection.execute(f"create or replace temp table built as {self._query(table, None, chosen=True)}")
        whole = f"select * from {_bound(table.name)} where {_chosen(table.contract.apart)}"
        differ = f"(from built except all {whole}) union all ({whole} except all from built)"
        return bool(self.connection.execute(differ).fetchall())

    def _touched(self, table: Table, changed: set[str]) -> Reached | None:
        """What the changes reach; None for all."""
        found = Reached()
        for name in changed & set(table.inputs):
            rule = table.contract.input_rule(name)
            if not self._compare(name):
                continue
            if rule is None or table.contract.partition is None:
                return None
            own = table.contract.apart
            if rule.touches:
                rows = self._asked(rule.touches)
                known = own is not None and any(len(row) > 1 for row in rows)
                days = {row[0] for row in rows}
                values = {row[1] for row in rows if len(row) > 1}
            else:
                rows = self.connection.execute(f"select distinct {rule.column} from changed").fetchall()
                known = own is not None and rule.apart is not None
                days = _shifted({day for (day,) in rows}, rule.after, rule.before)
                asked = f"select distinct {rule.apart} from changed" if known else "select 1 where false"
                values = {value for (value,) in self.connection.execute(asked).fetchall()}
            (found.partly if known else found.whole).update(days)
            found.values |= values
        found.partly -= found.whole
        self.renewed |= {table.name} if found.partly else set()
        return found

    def _compare(self, name: str) -> bool:
        """Call `added`, `removed` and `changed` what came and went of a table; whether anything did."""
        for kind in ("added", "removed"):
            self.connection.execute(f"create or replace temp view {kind} as from {kind}_{_bound(name)}")
        self.connection.execute("create or replace temp view changed as from added union all from removed")
        return self.connection.execute("select count(*) from changed").fetchall() != [(0,)]

    def _asked(self, touches: str) -> list[tuple[Any, ...]]:
        inputs, query = _touching(touches)
        for name in inputs:
            self._have(name)
        return self.connection.execute(query).fetchall()

    def _bring(self, table: Table, reached: Reached | None) -> None:
        """Build what is reached; of some days only the rows of some values."""
        if reached is None:
            self._build(table, None)
            return
        self._build(table, reached.whole)
        if not reached.partly:
            return
        own, target, days = table.contract.apart, _bound(table.name), sorted(reached.partly)
        self._choose(reached.values)
        within = f"{table.contract.partition} in ({_days(days)})"
        query = f"select * from ({self._query(table, days, chosen=True)}) where {within}"
        self.connection.execute(f"create or replace temp table built as {query}")
        others = self.connection.execute(f"select count(*) from built where not {_chosen(own)}").fetchall()
        assert others == [(0,)], f"{table.name} does not come apart"
        self.connection.execute(f"delete from {target} where {within} and {_chosen(own)}")
        self.connection.execute(f"insert into {target} from built")

    def _choose(self, values: Iterable[Any]) -> None:
        self.connection.execute("create or replace temp table chosen (value varchar)")
        for value in values:
            self.connection.execute("insert into chosen values (?)", [value])

    def _build(self, table: Table, days: set[date] | None) -> None:
        target, partition = _bound(table.name), table.contract.partition
        if days is None or partition is None:
            self.connection.execute(f"create or replace temp table built as {self._query(table, None)}")
            self.connection.execute(f"delete from {target}")
            self.connection.execute(f"insert into {target} from built")
            return
        for part in range(2):
            chosen = sorted(days)[part::2]
            within = f"{partition} in ({_days(chosen)})"
            query = f"select * from ({self._query(table, chosen)}) where {within}"
            self.connection.execute(f"create or replace temp table built as {query}")
            self.connection.execute(f"delete from {target} where {within}")
            self.connection.execute(f"insert into {target} from built")

    def _query(self, table: Table, days: list[date] | None, chosen: bool = False) -> str:
        """The model over its inputs, or over the buckets of them that some buckets read, or over `chosen` values."""
        names = {}
        for name in table.queries["model"].inputs:
            rule = table.contract.input_rule(name)
            names[name] = _bound(name)
            read = []
            if days is not None and rule is not None and rule.column:
                read.append(f"{rule.column} in ({_days(_shifted(set(days), rule.before, rule.after))})")
            if chosen and rule is not None and rule.apart:
                read.append(_chosen(rule.apart))
            if read:
                names[name] = f"read_{_bound(name)}"
                view = f"create or replace temp view {names[name]} as select * from {_bound(name)}"
                self.connection.execute(f"{view} where {' and '.join(read)}")
        return _translated(id(self.project), table, names)


def _chosen(column: str | None) -> str:
    """Condition that a column has one of the chosen values."""
    return f"exists (select 1 from chosen as c where c.value is not distinct from {column})"


def _days(days: Iterable[date]) -> str:
    return ", ".join(f"date '{day}'" for day in sorted(days)) or "null"


@cache
def _touching(touches: str) -> tuple[list[str], str]:
    """Tables that a query for buckets reads, and what DuckDB gets."""
    query, views = sql.parse(touches), ("added", "removed", "changed")
    names = {name: name if name in views else _bound(name) for name in sql.inputs(query, views)}
    return [name for name in names if name not in views], sql.translate(query, sql.DUCKDB, names)


#: Queries by project, table and what is bound to their names: there are few, and each takes a while.
_QUERIES: dict[tuple[object, ...], str] = {}


def _translated(project: int, table: Table, names: dict[str, str]) -> str:
    key = (project, table.name, *names.items())
    if key not in _QUERIES:
        _QUERIES[key] = typed(table.contract.types, sql.translate(table.queries["model"].query, sql.DUCKDB, names))
    return _QUERIES[key]


def _bound(name: str) -> str:
    return name.replace(".", "_")


def _shifted(days: set[date], back: int, on: int) -> set[date]:
    return {day + timedelta(days=n) for day in days for n in range(-back, on + 1)}
