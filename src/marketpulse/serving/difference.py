"""What two snapshots of a table differ in: rows that came, went, and changed, by the key.

    files of the one that the other does not have -> bound apart -> joined by the key -> counts, and some rows

A file that both have holds the same rows in both, so only the others are read; rows that were written again as they
were are no difference. Columns are as whoever looks may see them; where a row came from is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from marketpulse.engines.limits import Given
from marketpulse.errors import UsageError
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import INGEST_ID, LINEAGE
from marketpulse.run.context import Context
from marketpulse.serving.masking import public, seen_as
from marketpulse.serving.query import Moment, engine
from marketpulse.sql import DUCKDB

_THEN, _NOW = "of_old", "of_new"
#: No column of a contract is called so.
_IS = '"is there"'
#: Changed columns that stand beside each other.
_MOST_COLUMNS = 8


@dataclass(frozen=True)
class Columns:
    """What is compared: the `key` (empty: whole rows), the `others`, those that only one of the two has.

    A column that is of another type now is of both: it went, and another one came.
    """

    key: list[str]
    others: list[str]
    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """Rows `added`, `removed` and `changed` with some of each; `by_column` counts changes of each column.

    `changes` has the key, then of each changed column what it was and what it is. `hidden` are columns that whoever
    looks may not see; they are not compared.
    """

    columns: Columns
    counts: tuple[int, int, int] = (0, 0, 0)
    by_column: Mapping[str, int] = field(default_factory=dict)
    added: pa.Table | None = None
    removed: pa.Table | None = None
    changes: pa.Table | None = None
    changed_columns: Sequence[str] = ()
    hidden: Sequence[str] = ()


def difference(
    context: Context, table: LakeTable, sides: tuple[int, int], moment: Moment, most: int, given: Given
) -> Difference:
    """What came, went and changed from one snapshot to another, at most `most` rows of each.

    Raise UsageError for a snapshot that there is not, or where nothing of the table is public; LimitError.
    """
    for each in sides:
        if not table.has_snapshot(each):
            raise UsageError(f"{table.name} has no snapshot {each}", hint="its page lists them")
    shown = public(table.name, context.contract(table.name)) if moment.masked else None
    columns = _columns(context, table, sides, shown)
    hidden = [] if shown is None else [name for name in table.types if name not in shown]
    pair = _Pair(context, table, sides, shown)
    if pair.is_same:
        return Difference(columns, hidden=hidden)
    found = _keyed(pair, columns, most, given) if columns.key else _whole(pair, columns, most, given)
    return replace(found, hidden=hidden)


def _columns(context: Context, table: LakeTable, sides: tuple[int, int], shown: Mapping[str, bool] | None) -> Columns:
    then, now = (table.types_at(each) for each in sides)
    seen = [name for name in now if shown is None or name in shown]
    same = [name for name in seen if then.get(name) == now[name]]
    contract = context.contract(table.name)
    wanted = list(contract.key) if contract else [INGEST_ID]
    key = wanted if wanted and all(name in same for name in wanted) else []  # else what of it is there is compared
    others = [name for name in same if name not in LINEAGE and name not in key]
    came = [name for name in seen if then.get(name) != now[name]]
    went = [name for name in then if now.get(name) != then[name] and (shown is None or name in shown)]
    return Columns(key, others, came, went)


class _Pair:
    """An engine that reads the files of which each snapshot has what the other has not."""

    def __init__(
        self, context: Context, table: LakeTable, sides: tuple[int, int], shown: Mapping[str, bool] | None
    ) -> None:
        self._reader = engine(context, 0)
        files = [{file.path: file for file in table.files(each)} for each in sides]
        apart = (_beside(*files), _beside(*reversed(files)))
        seen = None if shown is None else seen_as(shown, context.pseudonyms)
        for schema, side, only in zip((_THEN, _NOW), sides, apart, strict=True):
            self._reader.bind(schema, "rows", table.types_at(side), only, seen)
        self._reader.lock([path for only in apart for path in only], context.scratch)
        self.is_same = not any(apart)

    def table(self, query: str, given: Given) -> pa.Table:
        """The result of a query."""
        return self._reader.stream(query, given).read_all()


def _beside(these: Mapping[str, FileRef], those: Mapping[str, FileRef]) -> list[str]:
    return [path for path in these if path not in those]


def _keyed(pair: _Pair, columns: Columns, most: int, given: Given) -> Difference:
    """By the key: a row of which both have one, and not the same, has changed."""
    on = " and ".join(f"t.{name} is not distinct from n.{name}" for name in map(DUCKDB.name, columns.key))
    both = f"from {_marked(_THEN)} as t full join {_marked(_NOW)} as n on {on}"
    differs = {name: f"t.{DUCKDB.name(name)} is distinct from n.{DUCKDB.name(name)}" for name in columns.others}
    came, went, stayed = f"t.{_IS} is null", f"n.{_IS} is null", f"t.{_IS} and n.{_IS}"
    changed = f"{stayed} and ({' or '.join(differs.values()) or 'false'})"
    conditions = (came, went, changed, *(f"{stayed} and {each}" for each in differs.values()))
    (added, removed, both_have), each = _counted(pair, conditions, both, given)
    by_column = {name: count for name, count in zip(columns.others, each, strict=True) if count}
    first = replace(given, first=most)
    new = pair.table(f"select n.* exclude ({_IS}) {both} where {came}", first) if added else None
    old = pair.table(f"select t.* exclude ({_IS}) {both} where {went}", first) if removed else None
    names = sorted(by_column, key=lambda name: -by_column[name])[:_MOST_COLUMNS]
    told = [f"n.{DUCKDB.name(name)}" for name in columns.key]
    told += [f"{side}.{DUCKDB.name(name)}" for name in names for side in ("t", "n")]
    changes = pair.table(f"select {', '.join(told)} {both} where {changed}", first) if both_have else None
    return Difference(columns, (added, removed, both_have), by_column, new, old, changes, names)


def _marked(schema: str) -> str:
    """The rows of one side, each with a word that it is there: a joined row without one is not."""
    return f"(select *, true as {_IS} from {schema}.rows)"


def _counted(pair: _Pair, conditions: Sequence[str], both: str, given: Given) -> tuple[tuple[int, int, int], list[int]]:
    """Rows that came, went, changed; and for each column those in which it has changed."""
    counts = ", ".join(f"count(*) filter (where {each}) as c{n}" for n, each in enumerate(conditions))
    answer = pair.table(f"select {counts} {both}", given)
    came, went, changed, *each = (int(column[0].as_py()) for column in answer.columns)
    return (came, went, changed), each


def _whole(pair: _Pair, columns: Columns, most: int, given: Given) -> Difference:
    """Without a key: rows that the one has more often than the other."""
    names = ", ".join(map(DUCKDB.name, columns.others))
    if not names:
        return Difference(columns)
    found = []
    for these, those in ((_NOW, _THEN), (_THEN, _NOW)):
        query = f"(select {names} from {these}.rows except all select {names} from {those}.rows)"
        count = int(pair.table(f"select count(*) as n from {query}", given).column(0)[0].as_py())
        found.append((count, pair.table(f"select * from {query}", replace(given, first=most)) if count else None))
    (added, some), (removed, others) = found
    return Difference(columns, (added, removed, 0), {}, some, others)
