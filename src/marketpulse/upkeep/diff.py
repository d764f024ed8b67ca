"""Two warehouses, table by table, as typed multisets: the same rows, each as often, of the same types.

What only says which run wrote a row, and when, is left out: two warehouses are never of one run. So is a table
that tells of nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marketpulse.engines import Engine
from marketpulse.engines.load import load_engine
from marketpulse.engines.views import View
from marketpulse.errors import UsageError
from marketpulse.lake.lake import Lake
from marketpulse.lake.table import LakeTable
from marketpulse.names import BATCH_ID, INGESTED_AT
from marketpulse.project.owned import owned
from marketpulse.settings import Settings


@dataclass(frozen=True)
class RowDiff:
    """A row that one side has `times` more often; `side` is `left` or `right`."""

    side: str
    times: int
    row: dict[str, Any]


@dataclass(frozen=True)
class TableDiff:
    """One table: `equal`, or what differs. Counts are rows that only one side has."""

    table: str
    status: str
    left_rows: int = 0
    right_rows: int = 0
    left_only: int = 0
    right_only: int = 0
    types: list[str] = field(default_factory=list)
    samples: list[RowDiff] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """True when nothing differs."""
        return self.status == "equal"


def diff(settings: Settings, left: Path, right: Path, names: Sequence[str] = (), samples: int = 3) -> list[TableDiff]:
    """Compare the tables of two warehouses (all, or `names`). Raise UsageError for what cannot be compared."""
    lakes = [_lake(settings, folder) for folder in (left, right)]
    known = sorted({name for lake in lakes for name in lake.names() if not _tells_of_runs(name)})
    if of_runs := [name for name in names if _tells_of_runs(name)]:
        raise UsageError(f"{of_runs[0]} tells of runs only", hint="two warehouses are never of one run")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"neither warehouse has {', '.join(unknown)}", hint="known: " + ", ".join(known))
    with TemporaryDirectory(prefix="marketpulse-diff-") as scratch:
        engine = load_engine(settings, Path(scratch), [root for lake in lakes for root in lake.layout.roots])
        try:
            compared = []
            for name in names or known:
                with engine.scope():
                    sides = (name, lakes[0].find(name), lakes[1].find(name))
                    compared.append(_compare(engine, sides, samples, f"{scratch}/{name}"))
            return compared
        finally:
            engine.close()
            for lake in lakes:
                lake.close()


def _tells_of_runs(name: str) -> bool:
    """True for a table that says nothing once the columns of a run are left out."""
    return name in owned() and set(owned()[name].types) == set(owned()[name].run_columns)


def _lake(settings: Settings, folder: Path) -> Lake:
    if not (folder / "catalog.db").is_file():
        raise UsageError(f"there is no warehouse {folder}", hint="name two folders that marketpulse run has filled")
    found = replace(settings, warehouse=folder, catalog={})
    return Lake(found.layout, found.catalog_properties())


def _compare(
    engine: Engine, named: tuple[str, LakeTable | None, LakeTable | None], samples: int, scratch: str
) -> TableDiff:
    name, left, right = named
    if left is None or right is None:
        return TableDiff(name, "only in " + ("right" if left is None else "left"))
    counts = (_rows(left), _rows(right))
    if left.types != right.types:
        told = [f"{c}: {left.types.get(c, 'absent')} | {right.types.get(c, 'absent')}" for c in _differing(left, right)]
        return TableDiff(name, "types differ", *counts, types=told)
    left_out = owned()[name].run_columns if name in owned() else (INGESTED_AT, BATCH_ID)
    columns = [column for column in left.types if column not in left_out]
    sides = (_bound(engine, left), _bound(engine, right))
    paths = engine.write(_surplus(engine.dialect.names(columns), *sides), scratch)
    surplus = engine.bind("surplus", {**{c: left.types[c] for c in columns}, "_surplus": "long"}, paths)
    found = dict(engine.rows(f"select sign(_surplus), sum(abs(_surplus)) from {surplus} group by sign(_surplus)"))
    if not found:
        return TableDiff(name, "equal", *counts)
    rows = engine.rows(f"select * from {surplus} order by all limit {samples}")
    told_rows = [
        RowDiff("left" if row[-1] > 0 else "right", abs(row[-1]), dict(zip(columns, row, strict=False))) for row in rows
    ]
    return TableDiff(name, "rows differ", *counts, int(found.get(1, 0)), int(found.get(-1, 0)), samples=told_rows)


def _rows(table: LakeTable) -> int:
    return sum(file.rows for file in table.files())


def _differing(left: LakeTable, right: LakeTable) -> list[str]:
    return [c for c in {**left.types, **right.types} if left.types.get(c) != right.types.get(c)]


def _bound(engine: Engine, table: LakeTable) -> View:
    return engine.bind("side", table.types, [file.path for file in table.files()])


def _surplus(columns: str, left: View, right: View) -> str:
    """Rows that one side has more often, and how much more: positive on the left."""
    return f"""
        select {columns}, cast(sum(_side) as bigint) as _surplus
        from (select {columns}, 1 as _side from {left} union all select {columns}, -1 as _side from {right}) as sides
        group by {columns} having sum(_side) <> 0"""
